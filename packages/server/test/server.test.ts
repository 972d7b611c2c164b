import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TransportName } from '@holdfast/client';
import { controlRecord } from '@holdfast/protocol';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientInfo, HoldfastServerOptions, VerifyClient } from '../src/options.ts';
import { HoldfastServer } from '../src/server.ts';
import {
  attach,
  batch,
  begin,
  connect,
  echo,
  endOf,
  hear,
  listen,
  message,
  nextText,
  plain,
  post,
  serve,
  surfaced,
  urlOf,
} from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const ATTACH = `holdfast.attach.${ID}.1.new.-`;
const ways: TransportName[] = ['websocket', 'streaming', 'polling'];

/** The status that an upgrade is refused with. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  return response.statusCode;
}

beforeEach(() => {
  // Whoever waits for a random time does not wait.
  vi.spyOn(Math, 'random').mockReturnValue(0);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('on a server with other work', () => {
  it('takes its requests, and leaves all others to the listeners, added before or after', async () => {
    const http = await listen((request, response) => response.end(`before ${request.url}`));
    attach(http);
    const after: (string | undefined)[] = [];
    http.on('request', (request: IncomingMessage) => after.push(request.url));
    const others = [
      '/',
      '/live',
      '/live?x=1',
      '/live/?holdfast=1.x',
      '/other?holdfast=1.x',
      '/live?holdfast=2.x',
      '/live?x=holdfast=1',
    ];
    for (const path of others) {
      const response = await fetch(urlOf(http, path).replace('ws', 'http'), { method: 'POST' });
      expect(await response.text()).toBe(`before ${path}`);
    }
    expect((await post(urlOf(http), [`attach ${ID} 1 new -`])).lines).toEqual(['welcome 0']);
    expect(after).toEqual(others);
  });

  it('finds its requests behind a query of the application', async () => {
    const { url } = await serve();
    const address = `${url.replace('ws', 'http')}?room=7&holdfast=1.x`;
    expect((await fetch(address, { method: 'POST' })).status).toBe(400);
  });

  it.each([
    ['holdfast=1.x', ''],
    ['room=7&holdfast=1.x', '?room=7'],
    ['holdfast=1.x&room=7', '?room=7'],
    ['room=7&holdfast=1.x&at=8', '?room=7&at=8'],
  ])('shows the application the address that it wrote: %s', async (query, shown) => {
    const { url, server } = await serve();
    const connected = once(server, 'connection') as Promise<[unknown, IncomingMessage]>;
    const body = new Uint8Array(controlRecord(`attach ${ID} 1 new -`));
    await fetch(`${url.replace('ws', 'http')}?${query}`, { method: 'POST', body });
    const [, request] = await connected;
    expect(request.url).toBe(`${new URL(url).pathname}${shown}`);
  });

  it('leaves other upgrades to the listeners, added before or after', async () => {
    const http = await listen();
    const serveOthers = (path: string): void => {
      const others = new WebSocketServer({ noServer: true });
      http.on('upgrade', (request, socket, head) => {
        if (request.url === path)
          others.handleUpgrade(request, socket, head, (webSocket) => {
            webSocket.send(path);
          });
      });
    };
    serveOthers('/before');
    const { url } = attach(http);
    serveOthers('/after');
    for (const path of ['/before', '/after']) expect(await nextText(plain(urlOf(http, path)))).toBe(path);
    expect(await nextText(plain(url, ['holdfast.1', ATTACH]))).toMatch(/^␐welcome/);
  });

  it('answers 400 to an upgrade for which nobody else is there', async () => {
    const { http } = await serve();
    expect(await refusal(plain(urlOf(http, '/other')))).toBe(400);
  });

  it('shares it with another of its kind', async () => {
    const http = await listen();
    const one = attach(http, { path: '/one' });
    const two = attach(http, { path: '/two' });
    for (const [path, { received }] of [
      ['/one', one],
      ['/two', two],
    ] as const) {
      for (const transport of ways) {
        const socket = connect(urlOf(http, path), { transports: [transport] });
        socket.send(path + transport);
        await expect.poll(() => received).toContain(path + transport);
      }
    }
    expect([one.accepted.length, two.accepted.length]).toEqual([3, 3]);
  });

  it('begins a session even if the application fails at it', async () => {
    const { url, server, received } = await serve();
    server.on('connection', () => {
      throw new Error('a bug of the application');
    });
    const surfacing = surfaced();
    expect((await post(url, [`attach ${ID} 1 new -`, batch(1, 'taken')])).lines).toEqual(['welcome 1']);
    expect(await surfacing).toEqual(new Error('a bug of the application'));
    expect(received).toEqual(['taken']);
  });

  it('serves every path if none is named', async () => {
    const { server, http } = attach(await listen());
    server.close();
    const anywhere = new HoldfastServer({ server: http });
    onTestFinished(() => {
      anywhere.close();
    });
    expect((await post(urlOf(http, '/any/where'), [`attach ${ID} 1 new -`])).lines).toEqual(['welcome 0']);
    expect(await nextText(plain(urlOf(http, '/else/where'), ['holdfast.1', ATTACH]))).toBe('␐superseded');
  });

  it('gives everything back when it closes', async () => {
    const { http, server, url } = await serve();
    server.close();
    expect((await post(url, [`attach ${ID} 1 new -`])).status).toBe(404);
    expect(http.listenerCount('upgrade')).toBe(0);
    expect(http.listening).toBe(true);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s', async (method) => {
    const { url } = await serve();
    expect((await fetch(`${url.replace('ws', 'http')}?holdfast=1.x`, { method })).status).toBe(405);
  });
});

describe('a page of another origin', () => {
  const headers = { origin: 'https://evil.example' };

  it('is refused with 403 at every upgrade', async () => {
    const { url, accepted } = await serve();
    expect(await refusal(plain(url, ['holdfast.1', ATTACH], headers))).toBe(403);
    expect(await refusal(plain(url, [], headers))).toBe(403);
    expect(accepted).toEqual([]);
  });

  it('is refused with 403 at every request, and nothing in it is taken', async () => {
    const { url, accepted, received } = await serve();
    expect((await post(url, [`attach ${ID} 1 new -`], { headers })).status).toBe(403);
    expect(accepted).toEqual([]);
    await post(url, [`attach ${ID} 1 new -`]);
    expect((await post(url, [`send ${ID} 1`, batch(1, 'evil')], { headers })).status).toBe(403);
    expect((await post(url, [`poll ${ID} 1 1 0 poll`], { headers })).status).toBe(403);
    expect((await post(url, [`attach ${ID} 2 0 -`], { headers })).status).toBe(403);
    expect((await post(url, [`send ${ID} 1`, batch(1, 'good')])).lines).toEqual(['ack 1']);
    expect(received).toEqual(['good']);
  });

  it('is let in if it is in the list, and may read the answers', async () => {
    const { url, accepted } = await serve({ origins: ['https://app.example'] });
    const app = { origin: 'https://app.example' };
    const answer = await post(url, [`attach ${ID} 1 new -`], { headers: app });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      'content-type': 'application/octet-stream',
      vary: 'Origin',
    });
    expect((await post(url, [`attach ${ID} 2 0 -`], { headers })).status).toBe(403);
    expect(await nextText(plain(url, ['holdfast.1', ATTACH], app))).toBe('␐superseded');
    expect(accepted).toHaveLength(1);
  });

  it('is let in if a function says so, now or later', async () => {
    const origins = async (origin: string): Promise<boolean> => origin.endsWith('.example');
    const { url } = await serve({ origins });
    expect((await post(url, [`attach ${ID} 1 new -`], { headers })).status).toBe(200);
    expect(await nextText(plain(url, ['holdfast.1', ATTACH], headers))).toBe('␐superseded');
    const refused = { origin: 'https://evil.test' };
    expect((await post(url, [`attach ${ID} 2 0 -`], { headers: refused })).status).toBe(403);
    expect(await refusal(plain(url, ['holdfast.1', ATTACH], refused))).toBe(403);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no answer');
      },
    ],
    ['fails later', () => Promise.reject(new Error('no answer'))],
  ])('is refused if the function %s, which is told', async (_, origins) => {
    const { url, server } = await serve({ origins });
    const attempts = [
      async () => (await post(url, [`attach ${ID} 1 new -`], { headers })).status,
      () => refusal(plain(url, ['holdfast.1', ATTACH], headers)),
    ];
    for (const attempt of attempts) {
      const told = once(server, 'error');
      expect(await attempt()).toBe(403);
      expect(await told).toEqual([new Error('no answer')]);
    }
  });

  it('is refused if the function fails and nobody listens: then it is a warning', async () => {
    const { url } = await serve({ origins: () => Promise.reject(new Error('no answer')) });
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    expect((await post(url, [`attach ${ID} 1 new -`], { headers })).status).toBe(403);
    await vi.waitUntil(() => warn.mock.calls.length > 0);
    expect(warn.mock.calls[0]).toEqual([new Error('no answer')]);
  });
});

describe('a client that is not let in', () => {
  const refusers: [string, VerifyClient][] = [
    ['at once', () => false],
    ['later', () => Promise.resolve(false)],
    ['when it is called back', (_, done) => void setImmediate(done, false)],
  ];

  describe.each(refusers)('%s', (_, verifyClient) => {
    it.each(ways)('is closed with 3000 over %s, and does not come back', async (transport) => {
      const verify = vi.fn(verifyClient);
      Object.defineProperty(verify, 'length', { value: verifyClient.length });
      const { url, accepted } = await serve({ verifyClient: verify });
      const socket = connect(url, { transports: [transport] });
      const failed = once(socket, 'error');
      expect(await once(socket, 'close')).toMatchObject([
        { code: 3000, reason: 'Unauthorized', wasClean: false },
      ]);
      await failed;
      expect(verify).toHaveBeenCalledTimes(1);
      expect(accepted).toEqual([]);
    });

    it('is answered 401 if it is a plain WebSocket', async () => {
      const { url, accepted } = await serve({ verifyClient });
      expect(await refusal(plain(url))).toBe(401);
      expect(accepted).toEqual([]);
    });
  });

  it.each(ways)(
    'is closed with 3003 and the words of the application over %s if it is forbidden',
    async (transport) => {
      const { url } = await serve({
        verifyClient: (_, done) => {
          done(false, 403, 'not you');
        },
      });
      const socket = connect(url, { transports: [transport] });
      expect(await once(socket, 'close')).toMatchObject([{ code: 3003, reason: 'not you' }]);
    },
  );

  it('is answered 403 if it is a plain WebSocket that is forbidden', async () => {
    const { url } = await serve({
      verifyClient: (_, done) => {
        done(false, 403);
      },
    });
    expect(await refusal(plain(url))).toBe(403);
  });

  it('is asked for its token at each attach; one without it does not touch the session', async () => {
    const { url, received } = await serve({ verifyClient: ({ auth }: ClientInfo) => auth === 'secret' });
    const token = Buffer.from('secret').toString('base64url');
    expect((await post(url, [`attach ${ID} 1 new ${token}`])).lines).toEqual(['welcome 0']);
    expect((await post(url, [`attach ${ID} 2 0 -`])).lines).toEqual(['refused 3000 Unauthorized']);
    expect((await post(url, [`attach ${ID} 1 new -`])).lines).toEqual(['refused 3000 Unauthorized']);
    const heard = hear(plain(url, ['holdfast.1', `holdfast.attach.${ID}.3.0.-`]));
    await expect.poll(() => heard).toEqual(['␐refused 3000 Unauthorized']);
    expect((await post(url, [`send ${ID} 1`, batch(1, 'goes on')])).lines).toEqual(['ack 1']);
    expect(received).toEqual(['goes on']);
  });
});

describe('a subprotocol', () => {
  const handleProtocols = (protocols: Set<string>): string | false => (protocols.has('v2') ? 'v2' : false);

  it.each(ways)('is chosen by the application over %s', async (transport) => {
    const { url, accepted } = await serve({ handleProtocols });
    const chosen = connect(url, { transports: [transport] }, ['v1', 'v2']);
    await once(chosen, 'open');
    expect(chosen.protocol).toBe('v2');
    expect(accepted[0]?.protocol).toBe('v2');
  });

  it.each(ways)('of which none is chosen fails the client, as in a browser, over %s', async (transport) => {
    const { url } = await serve({ handleProtocols });
    const none = connect(url, { transports: [transport], reconnect: false }, ['v1']);
    const [event] = (await once(none, 'close')) as [CloseEvent];
    expect(event).toMatchObject({ code: 1006, wasClean: false });
    expect(none.protocol).toBe('');
  });

  it('is chosen for plain WebSockets as well', async () => {
    const { url } = await serve({ handleProtocols });
    const socket = plain(url, ['v1', 'v2']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('v2');
  });
});

describe('a plain WebSocket', () => {
  it('is served as it is, escapes and all', async () => {
    const { url, server, received } = await serve();
    server.on('connection', echo);
    const socket = plain(url);
    await once(socket, 'open');
    const heard = hear(socket);
    for (const text of ['hello', '\x10ack 1', '']) socket.send(text);
    await expect.poll(() => heard).toEqual(['hello', '␐ack 1', '']);
    expect(received).toEqual(['hello', '\x10ack 1', '']);
  });

  it('belongs to the clients until it closes', async () => {
    const { url, server, accepted } = await serve();
    const socket = plain(url);
    await once(socket, 'open');
    expect([...server.clients]).toEqual(accepted);
    socket.close(4000);
    expect(await once(accepted[0]!, 'close')).toMatchObject([4000, expect.anything()]);
    expect(server.clients.size).toBe(0);
  });
});

describe('all clients', () => {
  it('are a set, in which the one that comes back stays the same', async () => {
    const { url, server } = await serve();
    await post(url, [`attach ${ID} 1 new -`]);
    const [first] = server.clients;
    await post(url, [`attach ${ID} 2 0 -`]);
    expect([...server.clients]).toEqual([first]);
    await post(url, [`send ${ID} 2`, 'from 1 0', 'close 1000 ']);
    expect(server.clients.size).toBe(0);
  });

  it('hear what is broadcast, over whatever they came', async () => {
    const { url, server } = await serve();
    const sockets = ways.map((transport) => connect(url, { transports: [transport] }));
    await Promise.all(sockets.map((socket) => once(socket, 'open')));
    const native = plain(url);
    await once(native, 'open');
    const messages = Promise.all(sockets.map(message));
    const last = nextText(native);
    expect(server.clients.size).toBe(4);
    server.broadcast('to all');
    expect(await messages).toEqual(['to all', 'to all', 'to all']);
    expect(await last).toBe('to all');
    server.broadcast(Buffer.of(1, 2), { binary: true });
    expect(await message(sockets[0]!)).toEqual(Uint8Array.of(1, 2).buffer);
  });
});

describe('without a server', () => {
  it('serves what it is handed', async () => {
    const server = new HoldfastServer({ noServer: true });
    const http = await listen((request, response) => {
      if (request.url?.startsWith('/mounted?')) server.handleRequest(request, response);
      else response.writeHead(404).end();
    });
    http.on('upgrade', (request, socket, head) => {
      server.handleUpgrade(request, socket, head, (client, from) => {
        client.send(`handed over at ${from.url}`);
      });
    });
    onTestFinished(() => {
      server.close();
    });
    server.on('connection', echo);
    const posting = connect(urlOf(http, '/mounted'), { transports: ['polling'] });
    posting.send('over HTTP');
    expect(await message(posting)).toBe('over HTTP');
    const upgrading = connect(urlOf(http, '/anywhere'), { transports: ['websocket'] });
    expect(await message(upgrading)).toBe('handed over at /anywhere');
    expect(await nextText(plain(urlOf(http, '/plain')))).toBe('handed over at /plain');
    expect(server.clients.size).toBe(3);
  });

  it('says so when a body parser was first', async () => {
    const server = new HoldfastServer({ noServer: true });
    const http = await listen((request, response) => {
      request.resume().on('end', () => server.handleRequest(request, response));
    });
    const { status, lines } = await post(urlOf(http), ['anything']);
    expect([status, ...lines]).toEqual([500, 'a body parser was first: call handleRequest before it']);
  });

  it('has no address', () => {
    expect(() => new HoldfastServer({ noServer: true }).address()).toThrow('noServer');
  });
});

describe('with a server of its own', () => {
  const listening = async (options: HoldfastServerOptions = {}): Promise<HoldfastServer> => {
    const server = new HoldfastServer({ port: 0, host: '127.0.0.1', ...options });
    await once(server, 'listening');
    return server;
  };

  it('listens, serves, answers 426 to others, and closes', async () => {
    const called = vi.fn();
    const server = new HoldfastServer({ port: 0, host: '127.0.0.1' }, called);
    await once(server, 'listening');
    expect(called).toHaveBeenCalledTimes(1);
    const { port } = server.address() as AddressInfo;
    expect((await post(`ws://127.0.0.1:${port}/any`, [`attach ${ID} 1 new -`])).lines).toEqual(['welcome 0']);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('tells that the port is taken', async () => {
    const first = await listening();
    const { port } = first.address() as AddressInfo;
    const second = new HoldfastServer({ port, host: '127.0.0.1' });
    expect(await once(second, 'error')).toMatchObject([{ code: 'EADDRINUSE' }]);
    first.close();
    await once(first, 'close');
  });
});

describe('closing', () => {
  it('sends the clients away, tells when it is done, and is done once', async () => {
    const { url, server, accepted } = await serve();
    const native = plain(url);
    const gone = once(native, 'close');
    await once(server, 'connection');
    await post(url, [`attach ${ID} 1 new -`]);
    const { answer } = await begin(url, [`poll ${ID} 1 1 20000 poll`]);
    const ended = once(accepted[1]!, 'close');
    const closed = once(server, 'close');
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
    });
    await closed;
    expect(await gone).toMatchObject([1001, expect.anything()]);
    expect((await answer).lines).toEqual(['batch 1', 'go-away 0 1000']);
    expect(await ended).toMatchObject([1001, expect.anything()]);
    expect(
      await new Promise((resolve) => {
        server.close(resolve);
      }),
    ).toBeInstanceOf(Error);
  });

  it('takes no client that was being decided about', async () => {
    let decide: ((verified: boolean) => void) | undefined;
    const verifyClient: VerifyClient = (_, done) => {
      decide = done;
    };
    const { url, server, accepted } = await serve({ verifyClient });
    const answer = post(url, [`attach ${ID} 1 new -`]);
    await expect.poll(() => decide).toBeDefined();
    server.close();
    decide?.(true);
    expect((await answer).status).toBe(503);
    expect(accepted).toEqual([]);
  });

  it('takes no more clients that it is handed', async () => {
    const server = new HoldfastServer({ noServer: true });
    const http = await listen((request, response) => {
      server.handleRequest(request, response);
    });
    http.on('upgrade', (request, socket, head) => {
      server.handleUpgrade(request, socket, head, () => undefined);
    });
    server.close();
    expect((await post(urlOf(http), [`attach ${ID} 1 new -`])).status).toBe(503);
    expect(await refusal(plain(urlOf(http), ['holdfast.1', ATTACH]))).toBe(503);
  });

  it.each(ways)('lets clients over %s come back to a new server in the same place', async (transport) => {
    const { http, url, server } = await serve();
    const socket = connect(url, { transports: [transport] });
    await once(socket, 'open');
    const lost = once(socket, 'sessionlost');
    const reopened = once(socket, 'open');
    server.close();
    const next = attach(http);
    next.server.on('connection', echo);
    expect(await lost).toMatchObject([{ unacknowledged: 0, resent: true }]);
    await reopened;
    socket.send('again');
    expect(await message(socket)).toBe('again');
    expect(next.received).toEqual(['again']);
    expect(next.accepted).toHaveLength(1);
  });
});

describe('a message that is too long', () => {
  it('ends the session with 1009 over WebSocket', async () => {
    const { url, accepted } = await serve({ maxPayload: 1000 });
    const socket = connect(url, { transports: ['websocket'] });
    await once(socket, 'open');
    const ended = endOf(accepted[0]!);
    const closed = once(socket, 'close');
    socket.send('x'.repeat(2000));
    expect(await ended).toMatchObject([1009, expect.anything()]);
    expect(await closed).toMatchObject([{ code: 1009, wasClean: false }]);
    expect(accepted).toHaveLength(1);
  });

  it('closes a plain WebSocket with 1009, though nobody listens for its error', async () => {
    const { url } = await serve({ maxPayload: 1000 });
    const socket = plain(url);
    await once(socket, 'open');
    socket.send('x'.repeat(2000));
    expect(await once(socket, 'close')).toMatchObject([1009, expect.anything()]);
  });

  it.each(ways)('is one byte longer than the longest over %s', async (transport) => {
    const { url, received } = await serve({ maxPayload: 1000 });
    const socket = connect(url, { transports: [transport] });
    for (const text of ['x'.repeat(1000), `\x10${'x'.repeat(999)}`]) {
      socket.send(text);
      await expect.poll(() => received).toContain(text);
    }
    expect(socket.readyState).toBe(1);
  });
});
