/** What happens before there is a socket: with plain clients, since others hear of it in Holdfast's own way. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket as WsWebSocket, type ServerOptions } from 'ws';
import { WebSocket, WebSocketServer, type ClientInfo } from '../../src/index.ts';
import { connect, listen, message, nextText, plain, urlOf } from '../loopback.ts';
import { certificate } from './certificate.ts';
import { listening, natives, type Face } from './faces.ts';

/** How an upgrade is answered that is not let in. */
async function answer(socket: WsWebSocket) {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const { statusCode, statusMessage, headers } = response;
  return { statusCode, statusMessage, headers, body: await text(response) };
}

/** What a server says to a request, byte for byte. */
async function raw(url: string, ...lines: string[]): Promise<string> {
  const socket = connectTcp(Number(new URL(url).port), '127.0.0.1');
  socket.end([...lines, '', ''].join('\r\n'));
  return text(socket);
}

/** What `ws` shows; ours has the token of Holdfast clients beside it. */
type Info = Omit<ClientInfo, 'auth'>;

const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
const UPGRADE = ['Host: x', 'Connection: Upgrade'];

describe.each(natives)('%s', (_, face: Face) => {
  it.each<[string, string[], number, string]>([
    ['another method', ['POST / HTTP/1.1', 'Upgrade: websocket'], 405, 'Invalid HTTP method'],
    ['another protocol', ['GET / HTTP/1.1', 'Upgrade: h2c'], 400, 'Invalid Upgrade header'],
    ['no key', ['GET / HTTP/1.1', 'Upgrade: websocket'], 400, 'Missing or invalid Sec-WebSocket-Key header'],
    [
      'another version',
      ['GET / HTTP/1.1', 'Upgrade: websocket', KEY, 'Sec-WebSocket-Version: 7'],
      400,
      'Missing or invalid Sec-WebSocket-Version header',
    ],
    [
      'malformed subprotocols',
      [
        'GET / HTTP/1.1',
        'Upgrade: websocket',
        KEY,
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Protocol: a,,b',
      ],
      400,
      'Invalid Sec-WebSocket-Protocol header',
    ],
    [
      'another path',
      ['GET /other HTTP/1.1', 'Upgrade: websocket', KEY, 'Sec-WebSocket-Version: 13'],
      400,
      'Bad Request',
    ],
  ])('refuses an upgrade with %s', async (_case, lines, status, words) => {
    const { url } = await listening(face, { path: '/' });
    const said = await raw(url, ...lines, ...UPGRADE);
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(said).toContain(`\r\n\r\n${words}`);
  });

  it('leaves a malformed upgrade to who listens for it', async () => {
    const { url, server } = await listening(face);
    const told: unknown[] = [];
    server.on('wsClientError', (error, socket, request) => {
      told.push([error.message, request.url]);
      socket.end('HTTP/1.1 418 mine\r\n\r\n');
    });
    expect(await raw(url, 'GET /x HTTP/1.1', 'Upgrade: websocket', ...UPGRADE)).toMatch(
      /^HTTP\/1.1 418 mine/,
    );
    expect(told).toEqual([['Missing or invalid Sec-WebSocket-Key header', '/x']]);
  });

  it('answers requests that are no upgrades with 426', async () => {
    const { url } = await listening(face);
    const response = await fetch(url.replace('ws', 'http'));
    expect([response.status, await response.text()]).toEqual([426, 'Upgrade Required']);
  });

  it.each<[string, ServerOptions['verifyClient']]>([
    ['returns what is false', () => 0 as unknown as boolean],
    [
      'calls back',
      (_info, done) => {
        done(false);
      },
    ],
    ['calls back later', (_info, done) => void setImmediate(done, false)],
  ])('refuses a client for whom verifyClient %s with 401', async (_case, verifyClient) => {
    const { url } = await listening(face, { verifyClient });
    expect(await answer(plain(url))).toMatchObject({ statusCode: 401, body: 'Unauthorized' });
  });

  it('refuses with the status, the words and the headers that verifyClient gives', async () => {
    const { url } = await listening(face, {
      verifyClient: (_info, done) => {
        done(false, 429, 'not so fast', { 'Retry-After': '120' });
      },
    });
    expect(await answer(plain(url))).toMatchObject({
      statusCode: 429,
      statusMessage: 'Too Many Requests',
      headers: { 'retry-after': '120', 'content-length': '11', connection: 'close' },
      body: 'not so fast',
    });
  });

  it('shows verifyClient who comes', async () => {
    const infos: unknown[] = [];
    const { url } = await listening(face, {
      verifyClient: ({ origin, secure, req }: Info) => infos.push([origin, secure, req.url]) > 0,
    });
    const own = url.replace('ws', 'http').slice(0, -1);
    await once(plain(`${url}?a=1`, [], { origin: own }), 'open');
    await once(plain(url), 'open');
    expect(infos).toEqual([
      [own, false, '/?a=1'],
      [undefined, false, '/'],
    ]);
  });

  it('lets its headers be changed', async () => {
    const { url, server } = await listening(face);
    server.on('headers', (headers, request) => headers.push(`X-Path: ${request.url}`));
    const [response] = (await once(plain(`${url}here`), 'upgrade')) as [IncomingMessage];
    expect(response.headers['x-path']).toBe('/here');
  });

  it('compresses if it is told to', async () => {
    const { url, server } = await listening(face, { perMessageDeflate: { threshold: 1 } });
    server.on('connection', (socket) => {
      socket.send('x'.repeat(1000));
    });
    const client = plain(url);
    expect(await nextText(client)).toBe('x'.repeat(1000));
    expect(client.extensions).toBe('permessage-deflate');
  });

  it('makes its sockets of the class that it is given', async () => {
    class OwnSocket extends WebSocket {
      isOwn = true;
    }
    const { url, server } = await listening(face, { WebSocket: OwnSocket as unknown as typeof WsWebSocket });
    const connected = once(server, 'connection');
    plain(url);
    const [socket] = (await connected) as [OwnSocket];
    expect(socket).toBeInstanceOf(OwnSocket);
    expect(socket.isOwn).toBe(true);
  });

  it('asks shouldHandle of a class that extends it', async () => {
    class Picky extends face.Server {
      override shouldHandle(request: IncomingMessage): boolean {
        return super.shouldHandle(request) && request.headers['x-picky'] === 'yes';
      }
    }
    const { url } = await listening({ ...face, Server: Picky }, { path: '/' });
    expect(await answer(plain(url))).toMatchObject({ statusCode: 400 });
    await once(plain(url, [], { headers: { 'x-picky': 'yes' } }), 'open');
    const elsewhere = plain(`${url}other`, [], { headers: { 'x-picky': 'yes' } });
    expect(await answer(elsewhere)).toMatchObject({ statusCode: 400 });
  });

  it('is handed upgrades that the program routes itself', async () => {
    const http = await listen();
    const servers = ['/one', '/two'].map((path) => ({ path, server: new face.Server({ noServer: true }) }));
    http.on('upgrade', (request, socket, head) => {
      const found = servers.find(({ path }) => path === request.url);
      if (!found) socket.destroy();
      else {
        found.server.handleUpgrade(request, socket, head, (client, from) => {
          found.server.emit('connection', client, from);
        });
      }
    });
    for (const { path, server } of servers) {
      server.on('connection', (socket, request) => {
        socket.send(`${path} ${request.url}`);
      });
      expect(await nextText(plain(urlOf(http, path)))).toBe(`${path} ${path}`);
      expect(server.clients.size).toBe(1);
    }
    const [error] = (await once(plain(urlOf(http, '/three')), 'error')) as [Error];
    expect(error.message).toBe('socket hang up');
  });

  it('refuses what it is handed on another path than its own, and once it is closed', async () => {
    const http = await listen();
    const server = new face.Server({ noServer: true, path: '/one' });
    http.on('upgrade', (request, socket, head) => {
      server.handleUpgrade(request, socket, head, () => undefined);
    });
    expect(await answer(plain(urlOf(http, '/two')))).toMatchObject({ statusCode: 400 });
    server.close();
    expect(await answer(plain(urlOf(http, '/one')))).toMatchObject({ statusCode: 503 });
  });

  it('throws if it is handed the same upgrade twice', async () => {
    const http = await listen();
    const server = new face.Server({ noServer: true });
    const thrown = new Promise((resolve) => {
      http.on('upgrade', (request, socket, head) => {
        server.handleUpgrade(request, socket, head, () => undefined);
        try {
          server.handleUpgrade(request, socket, head, () => undefined);
        } catch (error) {
          resolve(error);
        }
      });
    });
    plain(urlOf(http));
    expect(String(await thrown)).toContain('more than once');
  });

  it('serves behind TLS', async () => {
    const https = createTlsServer(certificate);
    const secure: boolean[] = [];
    const server = new face.Server({
      server: https,
      verifyClient: (info: Info) => secure.push(info.secure) > 0,
    });
    onTestFinished(() => {
      https.close();
      https.closeAllConnections();
    });
    server.on('connection', (socket) => {
      socket.send('in secret');
    });
    https.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await nextText(plain(`wss://127.0.0.1:${port}/`, [], { rejectUnauthorized: false }))).toBe(
      'in secret',
    );
    expect(secure).toEqual([true]);
  });
});

describe('two servers on one HTTP server', () => {
  it('share it by their paths, and the last one refuses what is nobody’s', async () => {
    const http = await listen();
    for (const path of ['/one', '/two']) {
      const server = new WebSocketServer({ server: http, path });
      onTestFinished(() => {
        server.close();
      });
      server.on('connection', (socket) => {
        socket.send(`at ${path}`);
      });
    }
    for (const path of ['/one', '/two']) {
      expect(await nextText(plain(urlOf(http, path)))).toBe(`at ${path}`);
      for (const transport of ['websocket', 'streaming', 'polling'] as const)
        expect(await message(connect(urlOf(http, path), { transports: [transport] }))).toBe(`at ${path}`);
    }
    expect(await answer(plain(urlOf(http, '/three')))).toMatchObject({ statusCode: 400 });
  });
});

describe('the class WebSocket', () => {
  it('is a plain client too, as in ws', async () => {
    const server = new WebSocket.Server({ server: createServer() });
    expect(server).toBeInstanceOf(WebSocketServer);
    const { url } = await listening({ Server: WebSocketServer, connect: () => undefined as never });
    const client = new WebSocket(url);
    await once(client, 'open');
    expect(client).toBeInstanceOf(WsWebSocket);
    client.close();
    expect(await once(client, 'close')).toMatchObject([1005, expect.anything()]);
  });

  it('has instances, and classes that extend it theirs', async () => {
    class Own extends WebSocket {}
    const plainSocket = new WebSocket(null, undefined, {});
    const own = new Own(null, undefined, {});
    expect([plainSocket instanceof WebSocket, own instanceof WebSocket, {} instanceof WebSocket]).toEqual([
      true,
      true,
      false,
    ]);
    expect([plainSocket instanceof Own, own instanceof Own]).toEqual([false, true]);
  });
});
