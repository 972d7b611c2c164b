/** Who may come in, end to end: identities, thieves, renewed tokens, and that no id is told to anybody. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { inspect } from 'node:util';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { Refused, type Authenticate } from '../src/identity.ts';
import type { HoldfastServerOptions } from '../src/options.ts';
import { prometheus } from '../src/prometheus.ts';
import type { HoldfastServerSocket } from '../src/socket.ts';
import { batch, begin, connect, endOf, hear, nextText, plain, post, serve } from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const ways = ['websocket', 'streaming', 'polling'] as const;
const tokenOf = (text: string): string => Buffer.from(text).toString('base64url');
const ADA = tokenOf('ada');
const EVE = tokenOf('eve');

/** A token is the name of its user, and what it is renewed by: `ada.2`. */
const byName: Authenticate = (_, auth) => Promise.resolve({ name: auth.split('.')[0] });
const byToken: Authenticate = async (request, auth) => auth && byName(request, auth);

/** Ada's session over HTTP, and the key that her requests show. */
async function session(url: string): Promise<string> {
  const { lines, bytes } = await post(url, [`attach ${ID} 1 new ${ADA}`]);
  expect(lines).toEqual(['welcome 0']);
  const key = /"key":"([\w-]+)"/.exec(Buffer.from(bytes).toString())?.[1];
  if (!key) throw new Error('no key');
  return key;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a page', () => {
  const cookie = 'user=ada';
  const byCookie = vi.fn<Authenticate>(({ headers }) => headers.cookie);
  /** How a POST that needs no preflight is answered, and an upgrade: both bring the user's cookies. */
  const tries = async (url: string, headers: Record<string, string>): Promise<unknown[]> => {
    const statuses: unknown[] = [];
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const sent = { ...headers, cookie, 'content-type': type };
      statuses.push(
        (await post(url, [`attach ${ID} 1 new -`, batch(1, 'forged')], { headers: sent })).status,
      );
    }
    for (const protocols of [['holdfast.1', `holdfast.attach.${ID}.1.new.-`], []]) {
      const socket = plain(url, protocols, { headers: { ...headers, cookie } });
      const refused = once(socket, 'unexpected-response').then(
        (args) => (args[1] as IncomingMessage).statusCode,
        () => undefined,
      );
      const opened = new Promise((resolve) => socket.once('open', () => resolve(101)));
      statuses.push(await Promise.race([refused, opened]));
    }
    return statuses;
  };
  const REFUSED = [403, 403, 403, 403, 403];
  const LET_IN = [200, 200, 200, 101, 101];

  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: '' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
  ])(
    'of another site does not come in with the user’s cookies, and is not even read: %o',
    async (headers) => {
      byCookie.mockClear();
      const { url, accepted, received } = await serve({ authenticate: byCookie });
      expect(await tries(url, headers as Record<string, string>)).toEqual(REFUSED);
      expect(byCookie).not.toHaveBeenCalled();
      expect([accepted, received]).toEqual([[], []]);
    },
  );

  it('of the server’s own origin does, and what is no page', async () => {
    const { url } = await serve({ authenticate: byCookie });
    expect(await tries(url, { origin: new URL(url.replace('ws', 'http')).origin })).toEqual(LET_IN);
    expect(await tries(url, {})).toEqual(LET_IN);
  });

  it('of an origin that an async function, a list or a pattern lets in does', async () => {
    const headers = { origin: 'https://one.app.example' };
    for (const origins of [
      (origin: string) => Promise.resolve(origin === headers.origin),
      [headers.origin],
      [/https:\/\/[\w-]+\.app\.example/],
    ]) {
      const { url } = await serve({ authenticate: byCookie, origins });
      expect(await tries(url, headers)).toEqual(LET_IN);
      expect(await tries(url, { origin: 'https://evil.example' })).toEqual(REFUSED);
      expect(await tries(url, { origin: 'null' })).toEqual(REFUSED);
    }
  });
});

describe('a client that authenticates', () => {
  it.each(ways)('is known to the application over %s', async (transport) => {
    const { url, accepted, received } = await serve({ authenticate: byToken });
    const socket = connect(url, { transports: [transport], auth: 'ada' });
    socket.send('hello');
    await expect.poll(() => received).toEqual(['hello']);
    const heard: unknown[] = [];
    socket.addEventListener('message', ({ data }) => heard.push(data));
    accepted[0]?.send('back');
    await expect.poll(() => heard).toEqual(['back']);
    socket.send('again');
    await expect.poll(() => received).toEqual(['hello', 'again']);
    expect(accepted).toMatchObject([{ identity: { name: 'ada' }, auth: 'ada' }]);
  });

  it('is known as a plain WebSocket too, by what its request holds', async () => {
    const authenticate = ({ headers }: IncomingMessage, auth: string): unknown => !auth && headers.cookie;
    const { url, accepted } = await serve({ authenticate });
    const stranger = plain(url);
    const [, answer] = (await once(stranger, 'unexpected-response')) as [unknown, IncomingMessage];
    expect(answer.statusCode).toBe(401);
    await once(plain(url, [], { headers: { cookie: 'ada' } }), 'open');
    expect(accepted.map(({ identity }) => identity)).toEqual(['ada']);
  });

  const refusals: [string, Authenticate, object][] = [
    ['nobody', () => undefined, { code: 3000, reason: 'Unauthorized' }],
    [
      'Refused',
      () => {
        throw new Refused(403, 'not you');
      },
      { code: 3003, reason: 'not you' },
    ],
  ];
  describe.each(refusals)('and is answered with %s', (_, answer, close) => {
    it.each(ways)('closes over %s, and does not come back', async (transport) => {
      const authenticate = vi.fn(answer);
      const { url, accepted } = await serve({ authenticate });
      const socket = connect(url, { transports: [transport] });
      expect(await once(socket, 'close')).toMatchObject([close]);
      expect(authenticate).toHaveBeenCalledTimes(1);
      expect(accepted).toEqual([]);
    });
  });

  it.each(ways)('tries again over %s if nobody could be asked', async (transport) => {
    let isUp = false;
    const authenticate = (): string => {
      if (!isUp) throw new Error('the database is away');
      return 'ada';
    };
    const { url, server, accepted } = await serve({ authenticate });
    const errors: unknown[] = [];
    server.on('error', (error) => {
      errors.push(error);
      isUp = true;
    });
    const socket = connect(url, { transports: [transport], reconnect: { minDelay: 1, maxDelay: 10 } });
    await Promise.race([once(socket, 'open'), once(socket, 'close')]);
    expect(socket.readyState).toBe(1);
    expect(errors).toEqual([new Error('the database is away')]);
    expect(accepted).toHaveLength(1);
  });

  it('is let in by both, if there is a verifyClient', async () => {
    const authenticate = vi.fn(byToken);
    const { url } = await serve({ authenticate, verifyClient: ({ auth }) => auth !== 'eve' });
    expect((await post(url, [`attach ${ID} 1 new ${EVE}`])).lines).toEqual(['refused 3000 Unauthorized']);
    expect(authenticate).not.toHaveBeenCalled();
    await session(url);
  });
});

describe('a session', () => {
  it('is not taken, read, written, superseded or ended by who has its id and attempt alone', async () => {
    const { url, accepted, received } = await serve({ authenticate: byToken });
    const key = await session(url);
    const { answer } = await begin(url, [`poll ${ID} 1 1 20000 stream ${key}`]);
    for (const [auth, verdict] of [
      ['-', 'refused 3000 Unauthorized'],
      [EVE, 'gone'],
    ] as const) {
      for (const [attempt, has] of [
        [0, 'new'],
        [1, 'new'],
        [2, 'new'],
        [9, 0],
        [999_999, 0],
      ] as const) {
        const stolen = `attach ${ID} ${attempt} ${has} ${auth}`;
        expect(
          (await post(url, [stolen, batch(1, 'stolen'), 'from 2 0', 'close 4000 stolen'])).lines,
        ).toEqual([verdict]);
        const offer = `holdfast.attach.${ID}.${attempt}.${has}.${auth}`;
        const socket = plain(url, ['holdfast.1', offer]);
        expect(await nextText(socket)).toBe(`␐${verdict}`);
        // In band, on a WebSocket that stands by.
        if (auth === EVE) {
          socket.send(`\u0010${stolen}`);
          socket.send('stolen');
          expect(await nextText(socket)).toBe('␐gone');
        }
      }
    }
    for (const shown of ['', ` ${ID}`, ` ${'A'.repeat(key.length)}`]) {
      expect((await post(url, [`poll ${ID} 1 1 0 poll${shown}`])).lines).toEqual(['gone']);
      expect((await post(url, [`poll ${ID} 1 2 0 poll${shown}`])).lines).toEqual(['gone']);
      const stolen = [batch(1, 'stolen'), 'ack 0', 'from 2 0', 'close 4000 stolen'];
      expect((await post(url, [`send ${ID} 1${shown}`, ...stolen])).lines).toEqual(['gone']);
      expect((await post(url, [`send ${ID} 2${shown}`, ...stolen])).lines).toEqual(['gone']);
    }
    expect((await post(url, [`send ${ID} 1 ${key}`, batch(1, 'mine')])).lines).toEqual(['ack 1']);
    accepted[0]?.send('for Ada');
    accepted[0]?.close(1000);
    expect((await answer).lines).toEqual(['probe 1', '1: for Ada', 'close 1000']);
    expect(received).toEqual(['mine']);
    expect(accepted).toHaveLength(1);
  });

  it('that has ended tells others neither that it has ended, nor how', async () => {
    const { url } = await serve({ authenticate: byToken });
    const key = await session(url);
    await post(url, [`send ${ID} 1 ${key}`, 'from 1 0', 'close 4000 bye']);
    for (const has of ['new', 0])
      expect((await post(url, [`attach ${ID} 2 ${has} ${EVE}`])).lines).toEqual(['gone']);
    expect((await post(url, [`send ${ID} 1`])).lines).toEqual(['gone']);
    expect((await post(url, [`attach ${ID} 2 0 ${ADA}`])).lines).toEqual(['welcome 1']);
    expect((await post(url, [`send ${ID} 1 ${key}`])).lines).toEqual(['welcome 1']);
  });

  it('tells its own client’s late requests that they are superseded', async () => {
    const { url } = await serve({ authenticate: byToken });
    const key = await session(url);
    const socket = plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.${ADA}`]);
    const welcome = await nextText(socket);
    expect(welcome).toMatch(/^␐welcome/);
    // Over WebSocket nobody needs it.
    expect(welcome).not.toContain('key');
    expect((await post(url, [`send ${ID} 1 ${key}`, batch(1, 'late')])).lines).toEqual(['superseded']);
  });

  it('stays with its user whatever the application does with the identity of a socket', async () => {
    const { url, accepted } = await serve({ authenticate: byToken });
    await session(url);
    Object.assign(accepted[0]!.identity as object, { name: 'eve', lastSeen: new Date() });
    expect((await post(url, [`attach ${ID} 2 0 ${EVE}`])).lines).toEqual(['gone']);
    expect((await post(url, [`attach ${ID} 2 0 ${ADA}`])).lines).toEqual(['welcome 0']);
    expect(accepted[0]!.identity).toEqual({ name: 'ada' });
  });

  it('has no key where nobody authenticates', async () => {
    const { url } = await serve();
    const { bytes } = await post(url, [`attach ${ID} 1 new -`]);
    expect(Buffer.from(bytes).toString()).not.toContain('key');
  });

  it.each(ways)('lives on over %s when its token is renewed', async (transport) => {
    const { url, accepted, received } = await serve({ authenticate: byToken });
    let token = 1;
    const socket = connect(url, { transports: [transport], auth: () => `ada.${token}` });
    const heard: unknown[] = [];
    const lost = vi.fn();
    socket.addEventListener('message', ({ data }) => heard.push(data));
    socket.addEventListener('sessionlost', lost);
    await once(socket, 'open');
    const peer = accepted[0] as HoldfastServerSocket;
    for (token = 2; token < 5; token++) {
      socket.send(`up ${token}`);
      peer.send(`down ${token}`);
      socket.reconnect();
      await expect.poll(() => peer.auth).toBe(`ada.${token}`);
    }
    await expect
      .poll(() => [received, heard])
      .toEqual([
        ['up 2', 'up 3', 'up 4'],
        ['down 2', 'down 3', 'down 4'],
      ]);
    expect([accepted.length, lost.mock.calls.length, socket.readyState]).toEqual([1, 0, 1]);
  });

  it.each(ways)(
    'ends over %s when its client comes back as somebody else, who gets one of its own',
    async (transport) => {
      const { url, accepted } = await serve({ authenticate: byToken });
      let user = 'ada';
      const socket = connect(url, { transports: [transport], auth: () => user });
      await once(socket, 'open');
      user = 'eve';
      const lost = once(socket, 'sessionlost');
      socket.reconnect();
      await lost;
      await expect
        .poll(() => accepted.map(({ identity }) => identity))
        .toEqual([{ name: 'ada' }, { name: 'eve' }]);
    },
  );

  it('ends with 3000 when its token is renewed by one that does not hold', async () => {
    const { url } = await serve({ authenticate: byToken });
    let token = 'ada';
    const socket = connect(url, { auth: () => token });
    await once(socket, 'open');
    token = '';
    const closed = once(socket, 'close');
    socket.reconnect();
    expect(await closed).toMatchObject([{ code: 3000 }]);
  });
});

describe('an id', () => {
  it('is in no URL, header, answer, error, warning or object that an application sees', async () => {
    const seen: string[] = [];
    const see = (...what: unknown[]): void => {
      for (const each of what)
        seen.push(each instanceof Error ? String(each.stack) : '', inspect(each, { depth: 9 }));
    };
    for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation(see);
    process.on('warning', see);
    onTestFinished(() => void process.off('warning', see));
    let isUp = true;
    const options: HoldfastServerOptions = {
      maxPayload: 10,
      origins(origin, request) {
        see(origin, request.url, request.headers, request.rawHeaders);
        return origin !== 'https://evil.example';
      },
      verifyClient: ({ req }, done) => {
        see(req.url, req.headers, req.rawHeaders);
        done(true);
      },
      authenticate: (request, auth) => {
        see(request.url, request.headers, request.rawHeaders);
        if (!isUp) throw new Error('the database is away');
        return auth;
      },
      handleProtocols: (protocols, request) => {
        see(protocols, request.headers);
        return false;
      },
    };
    const { url, server, http, accepted } = await serve(options);
    for (const event of ['error', 'headers', 'wsClientError'] as const)
      server.on(event, (...args: unknown[]) => {
        see(...args.filter((arg) => arg instanceof Error || Array.isArray(arg)));
      });
    server.on('connection', (socket, request) => {
      see(socket, socket.identity, request.url, request.headers, request.rawHeaders);
      socket.on('error', see);
      socket.on('close', see);
    });
    http.on('clientError', see);
    const attach = (attempt: number | string, auth = ADA): string => `attach ${ID} ${attempt} new ${auth}`;
    const offer = (attempt: number | string, auth = ADA): string[] => [
      'holdfast.1',
      `holdfast.attach.${ID}.${attempt}.new.${auth}`,
      'chat',
    ];
    const closing = (socket: WebSocket): Promise<unknown> => {
      socket.on('error', see);
      return new Promise((resolve) => socket.on('close', resolve));
    };
    const answers: unknown[] = [];
    const ask = async (
      lines: (string | Uint8Array)[],
      headers: Record<string, string> = {},
    ): Promise<void> => {
      const { status, lines: heard, headers: sent } = await post(url, lines, { headers });
      answers.push(status);
      see(heard, Object.fromEntries(sent));
    };
    const evil = { origin: 'https://evil.example' };
    await ask([attach(1)], evil);
    await ask([attach('x')]);
    await ask([attach(1, '!')]);
    await ask([attach(1, '-')]);
    isUp = false;
    await ask([attach(1)]);
    isUp = true;
    const refused = plain(url, offer(1), evil);
    await closing(refused);
    for (const each of [offer('x'), offer(1, '-'), [...offer(1), ...offer(1)], offer(1, 'a b')]) {
      try {
        const socket = plain(url, each);
        const heard = hear(socket);
        await closing(socket);
        see(heard);
      } catch (error) {
        // A client of `ws` that offers what no client of ours does says so itself.
        expect(error).toBeInstanceOf(SyntaxError);
      }
    }
    const welcomed = plain(url, offer(1));
    await nextText(welcomed);
    await ask([attach(1, EVE)]);
    await ask([`send ${ID} 1`]);
    await ask([`poll ${ID} 1 1 0 poll`]);
    await ask([`send ${ID} x`]);
    const ended = endOf(accepted[0]!);
    const told = hear(welcomed);
    welcomed.send('longer than ten');
    see(await ended);
    await once(welcomed, 'close');
    see(told, accepted[0]);
    await ask([attach(2)]);
    const register = new Registry();
    prometheus(server, { register });
    see(server.stats(), await register.metrics());

    expect(seen.length).toBeGreaterThan(50);
    expect(answers).toEqual([403, 400, 400, 200, 503, 200, 200, 200, 400, 200]);
    expect(seen.filter((text) => text.includes(ID))).toEqual([]);
    expect(seen.filter((text) => text.includes(ADA))).toEqual([]);
  });

  it.each(ways)('is in nothing that a page hears over %s', async (transport) => {
    const ids = new Set<string>();
    const urls: unknown[] = [];
    const seen: string[] = [];
    const { url, http, accepted } = await serve({ authenticate: byToken });
    http.prependListener('upgrade', ({ url: address, headers }: IncomingMessage) => {
      urls.push(address);
      const id = /holdfast\.attach\.([\w-]+)/.exec(String(headers['sec-websocket-protocol']))?.[1];
      if (id) ids.add(id);
    });
    const fetching: typeof fetch = (address, init) => {
      urls.push(address);
      const id = /(?:attach|send|poll) ([\w-]{22,})/.exec(
        Buffer.from(init?.body as Uint8Array).toString(),
      )?.[1];
      if (id) ids.add(id);
      return fetch(address, init);
    };
    let user = 'ada';
    const socket = connect(url, { transports: [transport], auth: () => user, fetch: fetching });
    const names = ['open', 'close', 'error', 'statechange', 'transportchange', 'sessionlost', 'diagnostic'];
    for (const name of names)
      socket.addEventListener(name, (event: Event) => seen.push(inspect(event, { depth: 9, getters: true })));
    await once(socket, 'open');
    user = 'eve';
    const lost = once(socket, 'sessionlost');
    socket.reconnect();
    await lost;
    await expect.poll(() => accepted.length).toBe(2);
    user = '';
    const closed = once(socket, 'close');
    socket.reconnect();
    await closed;
    seen.push(inspect(socket, { depth: 9, getters: true }), inspect(socket.diagnostics), inspect(urls));
    expect(ids.size).toBe(2);
    for (const id of ids) expect(seen.filter((text) => text.includes(id))).toEqual([]);
  });
});
