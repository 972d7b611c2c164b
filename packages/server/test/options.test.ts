import { createServer, type IncomingMessage } from 'node:http';
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

describe('what cannot be meant', () => {
  it.each(['maxPayload', 'resumeWindow', 'heartbeat'])('throws a TypeError that names it: %s', (name) => {
    for (const value of [-1, NaN, 'much']) {
      expect(() => resolve({ [name]: value })).toThrow(TypeError);
      expect(() => resolve({ [name]: value })).toThrow(name);
    }
    expect(() => resolve({ [name]: 1 })).not.toThrow();
  });

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
    for (const place of [{ server }, { port: 0 }, { noServer: true }]) {
      expect(() => resolveOptions(place)).not.toThrow();
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
      { origin: '', secure: false, req: program, auth: 'token' },
    ]);
  });

  it('is let in or not by what is returned', () => {
    expect(ask(() => true)).toEqual([undefined]);
    expect(ask(() => false)).toEqual([{ code: 3000, reason: 'Unauthorized' }]);
  });

  it('is let in or not once, whatever is called', () => {
    expect(
      ask((_, done) => {
        done(false);
        done(true);
      }),
    ).toEqual([{ code: 3000, reason: 'Unauthorized' }]);
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
  ])('is not let in if the question fails %s, which is told', async (_, verifyClient) => {
    const told: Error[] = [];
    const options = resolveOptions({ noServer: true, verifyClient }, (error) => told.push(error));
    const refusal = await new Promise((resolve) => {
      options.authorize('', request(), resolve);
    });
    expect(refusal).toEqual({ code: 3000, reason: 'Unauthorized' });
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
    ).toEqual([{ code: 3000, reason: 'Unauthorized' }]);
    expect(
      ask((_, done) => {
        done(false, 403);
      }),
    ).toEqual([{ code: 3003, reason: 'Forbidden' }]);
    expect(
      ask((_, done) => {
        done(false, 403, 'not you');
      }),
    ).toEqual([{ code: 3003, reason: 'not you' }]);
    expect(
      ask((_, done) => {
        done(false, 402, 'pay first');
      }),
    ).toEqual([{ code: 3000, reason: 'pay first' }]);
    expect(ask((_, _done) => undefined)).toEqual([]);
  });
});
