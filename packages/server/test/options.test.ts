import { createServer, STATUS_CODES, type IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import {
  resolveOptions,
  type ClientInfo,
  type HoldfastServerOptions,
  type Refusal,
  type VerifyClient,
} from '../src/options.ts';

const resolve = (options: HoldfastServerOptions = {}) => resolveOptions({ noServer: true, ...options });
const request = (headers: IncomingMessage['headers'] = {}, socket: object = {}): IncomingMessage =>
  ({ headers, socket }) as unknown as IncomingMessage;

it('has a default for everything', () => {
  expect(resolve()).toMatchObject({
    closeTimeout: 30_000,
    maxPayload: 16 * 1024 * 1024,
    maxBatch: 4 * 1024 * 1024,
    resumeWindow: 60_000,
    heartbeat: 25_000,
    maxBuffered: { maxMessages: 65_536, maxBytes: 64 * 1024 * 1024 },
  });
  expect(resolve({ maxBuffered: { maxMessages: 3 } }).maxBuffered).toEqual({
    maxMessages: 3,
    maxBytes: 64 * 1024 * 1024,
  });
});

it('has no limit for messages but that of ws if it is 0, or beyond', () => {
  for (const maxPayload of [0, 2 ** 40, Infinity])
    expect(resolve({ maxPayload }).maxPayload).toBe(2 ** 31 - 2);
  expect(resolve({ maxPayload: 5 }).maxPayload).toBe(5);
});

describe('what cannot be meant', () => {
  it.each(['maxPayload', 'resumeWindow', 'heartbeat', 'closeTimeout'])(
    'throws a TypeError that names it: %s',
    (name) => {
      for (const value of [-1, NaN, 'much']) {
        expect(() => resolve({ [name]: value })).toThrow(TypeError);
        expect(() => resolve({ [name]: value })).toThrow(name);
      }
      expect(() => resolve({ [name]: 1 })).not.toThrow();
    },
  );

  it('throws for a heartbeat without a pause', () => {
    expect(() => resolve({ heartbeat: 0 })).toThrow(TypeError);
    expect(() => resolve({ maxPayload: 0, resumeWindow: 0 })).not.toThrow();
  });

  it('throws unless there is exactly one place to serve at', () => {
    const server = createServer();
    for (const places of [
      {},
      { server, port: 0 },
      { server, noServer: true },
      { noServer: true, port: 0 },
      { noServer: false },
    ]) {
      expect(() => resolveOptions(places)).toThrow('exactly one');
    }
    const none = { server: null, noServer: null, port: null };
    expect(() => resolveOptions(none as unknown as HoldfastServerOptions)).toThrow('exactly one');
    for (const place of [{ server }, { port: 0 }, { noServer: true }, { ...none, port: 0 }]) {
      expect(() => resolveOptions(place as HoldfastServerOptions)).not.toThrow();
    }
  });
});

describe('a subprotocol', () => {
  it('is the first that the client names, or none', () => {
    const { chooseProtocol } = resolve();
    expect(chooseProtocol(new Set(['chat', 'v2']), request())).toBe('chat');
    expect(chooseProtocol(new Set(), request())).toBe('');
  });

  it('is chosen by a function, which is not asked about nothing', () => {
    const asked: unknown[] = [];
    const { chooseProtocol } = resolve({
      handleProtocols: (protocols, from) => {
        asked.push([...protocols], from);
        return protocols.has('v2') ? 'v2' : false;
      },
    });
    const from = request();
    expect(chooseProtocol(new Set(['chat', 'v2']), from)).toBe('v2');
    expect(chooseProtocol(new Set(['chat']), from)).toBe('');
    expect(chooseProtocol(new Set(), from)).toBe('');
    expect(asked).toEqual([['chat', 'v2'], from, ['chat'], from]);
  });
});

/** What refuses a client, said and answered. */
const refused = (code: number, status: number, reason = STATUS_CODES[status], headers?: object): object => ({
  code,
  status,
  reason,
  headers,
});

describe('a client', () => {
  const ask = (
    verifyClient: HoldfastServerOptions['verifyClient'],
    from = request(),
  ): (Refusal | undefined)[] => {
    const answers: (Refusal | undefined)[] = [];
    resolve(verifyClient ? { verifyClient } : {}).authorize('token', from, (refusal) =>
      answers.push(refusal),
    );
    return answers;
  };

  it('is let in if nobody wants to know', () => {
    expect(ask(undefined)).toEqual([undefined]);
  });

  it('is shown as in ws, with its token', () => {
    const infos: ClientInfo[] = [];
    const verify = (info: ClientInfo): boolean => infos.push(info) > 0;
    const page = request({ origin: 'https://app.example' }, { encrypted: true });
    const program = request();
    ask(verify, page);
    ask(verify, program);
    expect(infos).toEqual([
      { origin: 'https://app.example', secure: true, req: page, auth: 'token' },
      { origin: undefined, secure: false, req: program, auth: 'token' },
    ]);
  });

  it('is let in or not by what is returned', () => {
    expect(ask(() => true)).toEqual([undefined]);
    expect(ask(() => 'yes' as unknown as boolean)).toEqual([undefined]);
    expect(ask(() => undefined as unknown as boolean)).toEqual([refused(3000, 401)]);
    expect(ask(() => false)).toEqual([refused(3000, 401)]);
  });

  it('is let in or not by what a promise of any kind comes to', async () => {
    const comesTo = (value: unknown): Promise<unknown> => {
      const thenable = {
        then: (done: (value: unknown) => void) => {
          done(value);
        },
      };
      const { authorize } = resolve({ verifyClient: () => thenable as unknown as Promise<boolean> });
      return new Promise((done) => {
        authorize('', request(), done);
      });
    };
    expect(await comesTo(true)).toBeUndefined();
    expect(await comesTo('a user')).toBeUndefined();
    expect(await comesTo(0)).toEqual(refused(3000, 401));
  });

  it('is let in or not once, whatever is called', () => {
    expect(
      ask((_, done) => {
        done(false);
        done(true);
      }),
    ).toEqual([refused(3000, 401)]);
  });

  it.each<[string, VerifyClient]>([
    [
      'at once',
      () => {
        throw new Error('no answer');
      },
    ],
    ['later', () => Promise.reject(new Error('no answer'))],
    [
      'instead of calling back',
      (_, _done) => {
        throw new Error('no answer');
      },
    ],
    ['later, instead of calling back', (_, _done) => Promise.reject(new Error('no answer'))],
  ])('is not let in if the question fails %s, which is told', async (_, verifyClient) => {
    const told: Error[] = [];
    const options = resolveOptions({ noServer: true, verifyClient }, (error) => told.push(error));
    const refusal = await new Promise((resolve) => {
      options.authorize('', request(), resolve);
    });
    expect(refusal).toEqual(refused(3000, 401));
    expect(told).toEqual([new Error('no answer')]);
  });

  it('is let in or not by what is called', () => {
    expect(
      ask((_, done) => {
        done(true);
      }),
    ).toEqual([undefined]);
    expect(
      ask((_, done) => {
        done(false);
      }),
    ).toEqual([refused(3000, 401)]);
    expect(
      ask((_, done) => {
        done(false, 403);
      }),
    ).toEqual([refused(3003, 403)]);
    expect(
      ask((_, done) => {
        done(false, 403, 'not you');
      }),
    ).toEqual([refused(3003, 403, 'not you')]);
    expect(
      ask((_, done) => {
        done(false, 402, 'pay first');
      }),
    ).toEqual([refused(3000, 402, 'pay first')]);
    expect(
      ask((_, done) => {
        done(false, 429, undefined, { 'Retry-After': 120 });
      }),
    ).toEqual([refused(3000, 429, 'Too Many Requests', { 'Retry-After': 120 })]);
    expect(ask((_, _done) => undefined)).toEqual([]);
  });
});
