/** Bounds of a server at their edges, on real connections: what is within goes through, one more does not. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect as connectSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { controlRecord } from '@holdfast/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ClientOptions, WebSocket } from 'ws';
import type { HoldfastServerOptions } from '../src/options.ts';
import type { ServerSocket } from '../src/face.ts';
import { FakeClock } from './fake-clock.ts';
import {
  attach,
  batch,
  begin,
  body,
  connect,
  endOf,
  hear,
  listen,
  nextText,
  plain,
  post,
  serve,
} from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const NEW = `attach ${ID} 1 new -`;
const SEND = `send ${ID} 1`;
const OFFER = ['holdfast.1', `holdfast.attach.${ID}.1.new.-`];

/** How an upgrade is answered: its status, and when to come back. */
async function answered(socket: WebSocket): Promise<[status: number | undefined, retryAfter?: string]> {
  const opened = once(socket, 'open').then(() => [101] as [number]);
  const refused = once(socket, 'unexpected-response').then(([, response]) => {
    const { statusCode, headers } = response as IncomingMessage;
    const retryAfter = headers['retry-after'];
    return (retryAfter === undefined ? [statusCode] : [statusCode, retryAfter]) as [number, string?];
  });
  return Promise.race([opened, refused]);
}

/** A server whose time is told by the test. */
async function serveTimed(options: HoldfastServerOptions = {}) {
  const clock = new FakeClock();
  const { now, setTimeout, clearTimeout } = clock;
  const environment = { now, setTimeout, clearTimeout, defer: setImmediate };
  return { clock, ...(await serve({ ...options, environment })) };
}

/** Requests on one connection, each of which does not wait for the answer before it. */
function pipelined(url: string, ...bodies: Uint8Array[]): Socket {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  for (const each of bodies) {
    socket.write(`POST /live?holdfast=1.x HTTP/1.1\r\nHost: here\r\nContent-Length: ${each.length}\r\n\r\n`);
    socket.write(each);
  }
  return socket;
}

/** A request whose body comes as the test says. */
function slowly(url: string, length: number): { socket: Socket; answer: Promise<string> } {
  const { port } = new URL(url);
  const socket = connectSocket(Number(port), '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(`POST /live?holdfast=1.x HTTP/1.1\r\nHost: here\r\nContent-Length: ${length}\r\n\r\n`);
  let text = '';
  socket.on('data', (data: Buffer) => (text += data.toString()));
  return { socket, answer: once(socket, 'close').then(() => text) };
}

describe('a message', () => {
  const limit = 1000;
  const within = 'x'.repeat(limit);

  it.each([
    ['text', within],
    ['text with an escape', `\x10\x10${within.slice(1)}`],
  ])('of the largest size comes over a WebSocket: %s', async (_, message) => {
    const { url, received } = await serve({ maxPayload: limit });
    plain(url, OFFER).once('open', function (this: WebSocket) {
      this.send(message);
    });
    await expect.poll(() => received).toEqual([message.replace('\x10\x10', '\x10')]);
  });

  it.each([
    ['text', `${within}x`],
    ['text with an escape', `\x10\x10${within}`],
    ['bytes', Buffer.alloc(limit + 1)],
    ['much more', Buffer.alloc(2 * limit)],
  ])('that is larger ends its session with 1009 over a WebSocket: %s', async (_, message) => {
    const { url, accepted, received } = await serve({ maxPayload: limit });
    const socket = plain(url, OFFER);
    await nextText(socket);
    const ends: unknown[] = [];
    void endOf(accepted[0]!).then((end) => ends.push(end));
    socket.send(message);
    await expect.poll(() => ends).toEqual([[1009, 'message too long']]);
    expect(received).toEqual([]);
  });

  it('of the largest size comes over HTTP, and one that is larger ends its session', async () => {
    const { url, received } = await serve({ maxPayload: limit });
    await post(url, [NEW]);
    expect((await post(url, [SEND, batch(1, within)])).lines).toEqual(['ack 1']);
    expect(received).toEqual([within]);
    await post(url, [SEND, batch(2, `${within}x`)]);
    expect((await post(url, [SEND])).lines).toEqual(['refused 1009 message too long']);
  });

  it('in the most fragments comes; one more ends its WebSocket, and not its session', async () => {
    const { url, received, accepted } = await serve({ maxFragments: 3 });
    const inFragments = (socket: WebSocket, count: number): void => {
      for (let i = 1; i <= count; i++) socket.send('x', { fin: i === count });
    };
    const socket = plain(url, OFFER);
    await nextText(socket);
    inFragments(socket, 3);
    await expect.poll(() => received).toEqual(['xxx']);
    inFragments(socket, 4);
    expect((await once(socket, 'close'))[0]).toBe(1008);
    expect([received, accepted[0]?.readyState]).toEqual([['xxx'], 1]);
  });
});

describe('a body', () => {
  /** A send of exactly so many bytes, most of which mean nothing. */
  const sized = (bytes: number, ...records: (string | Uint8Array)[]): Uint8Array => {
    const head = body(...records);
    for (let fill = bytes - head.length; ; fill--) {
      const filled = body(head, controlRecord('x'.repeat(fill)));
      if (filled.length <= bytes) return filled;
    }
  };

  it('of the largest size is taken, and one byte more is answered 413', async () => {
    const limit = 5000;
    const { url, received } = await serve({ maxBatch: limit });
    await post(url, [NEW]);
    const whole = sized(limit, SEND, batch(1, 'a'));
    expect(whole.length).toBe(limit);
    expect((await post(url, [whole])).lines).toEqual(['ack 1']);
    expect((await post(url, [body(whole, '')])).status).toBe(413);
    expect(received).toEqual(['a']);
  });

  it('that comes too slowly is answered 408, and its connection ended', async () => {
    let arrived = 0;
    const count = (): undefined => {
      arrived++;
    };
    const { url, clock } = await serveTimed({ trustProxy: count });
    const { socket, answer } = slowly(url, 100_000);
    await expect.poll(() => arrived).toBe(1);
    clock.run(19_900);
    await post(url, [NEW]);
    expect(socket.closed).toBe(false);
    clock.run(200);
    await expect.poll(() => socket.closed).toBe(true);
    expect(await answer).toMatch(/^HTTP\/1.1 408 /);
  });

  it('for whose rest there is no room is answered 429, with the time to come back', async () => {
    const { url } = await serve({ maxBatch: 1024, maxBodies: { perAddress: 2048 }, trustProxy: 0 });
    const attached = () => Promise.race([post(url, [NEW]).then(({ status }) => status), delay(5000, 0)]);
    const first = slowly(url, 1020);
    first.socket.write(Buffer.alloc(1019));
    const second = slowly(url, 1020);
    second.socket.write(Buffer.alloc(1019));
    await expect.poll(attached).toBe(429);
    const third = slowly(url, 1020);
    third.socket.write(Buffer.alloc(11));
    const answer = await Promise.race([third.answer, delay(5000, 'no answer')]);
    expect(answer).toMatch(/^HTTP\/1.1 429 /);
    expect(answer).toMatch(/\r\nretry-after: 1\r\n/i);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    // Who goes makes room.
    first.socket.destroy();
    await expect.poll(attached).toBe(200);
  });
});

describe('Sec-WebSocket-Protocol', () => {
  const offer = (length: number): string[] => {
    const own = OFFER.join(',');
    return [...OFFER, 'x'.repeat(length - own.length - 1)];
  };

  it.each([
    ['a session', (length: number) => offer(length)],
    ['a plain WebSocket', (length: number) => ['x'.repeat(length)]],
  ])('may be so long, and one byte more is answered 431: for %s', async (_, protocols) => {
    const { url } = await serve({ maxOffer: 500 });
    expect(await answered(plain(url, protocols(500)))).toEqual([101]);
    expect(await answered(plain(url, protocols(501)))).toEqual([431]);
  });

  it('that is too long harms nobody but its client, which may be gone before it is answered, or stay', async () => {
    const { http, url } = await serve({ maxOffer: 500 });
    const { host, port } = new URL(url);
    const upgraded = once(http, 'upgrade');
    const client = connectSocket({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined);
    onTestFinished(() => void client.destroy());
    client.write(
      `GET /live HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Protocol: ${'x'.repeat(501)}\r\n\r\n`,
    );
    const [, socket] = (await upgraded) as [IncomingMessage, Socket];
    // Without a listener this would end the process.
    expect(socket.emit('error', new Error('read ECONNRESET'))).toBe(true);
    client.resume();
    // It does not wait for a client that keeps its end open.
    await expect.poll(() => socket.closed, { timeout: 5000 }).toBe(true);
    expect(client.closed).toBe(false);
  });

  it('has an attach in its place over HTTP: one that is too long is refused with 1009, and nobody is asked', async () => {
    const asked: string[] = [];
    const { url } = await serve({
      maxOffer: 500,
      authenticate: (_request, auth) => asked.push(auth) > 0,
    });
    const attach = (id: string, length: number): string =>
      `attach ${id} 1 new ${Buffer.alloc(length, 'a').toString('base64url')}`;
    expect((await post(url, [attach(ID, 500)])).lines).toEqual(['welcome 0']);
    expect((await post(url, [attach(`${ID}2`, 501)])).lines).toEqual([
      'refused 1009 token or subprotocols too long',
    ]);
    expect(asked).toHaveLength(1);
    expect((await post(url, [`attach ${ID}3 1 new - ${'x'.repeat(500)}`])).lines).toEqual([
      'refused 1009 token or subprotocols too long',
    ]);
  });

  it('that is too long for a WebSocket ends the socket with 1009 over HTTP', async () => {
    const { url } = await serve({ maxOffer: 500 });
    const socket = connect(url, { auth: 'x'.repeat(501) });
    const [{ code }] = (await once(socket, 'close')) as [CloseEvent];
    expect(code).toBe(1009);
  });
});

describe('a plain WebSocket', () => {
  const forwarded = (address: string): ClientOptions => ({ headers: { 'x-forwarded-for': address } });

  it('counts among the sessions of its address until it closes', async () => {
    const { url, server } = await serve({ maxSessions: { perAddress: 1 }, trustProxy: 1 });
    const from = (address: string): WebSocket => plain(url, [], forwarded(address));
    const first = from('192.0.2.1');
    expect(await answered(first)).toEqual([101]);
    expect(await answered(from('192.0.2.1'))).toEqual([429, '5']);
    expect(await answered(from('198.51.100.7, 192.0.2.1'))).toEqual([429, '5']);
    expect(await answered(from('192.0.2.2'))).toEqual([101]);
    first.close();
    await expect.poll(() => server.clients.size).toBe(1);
    expect(await answered(from('192.0.2.1'))).toEqual([101]);
  });

  it('counts among the attaches of its address', async () => {
    const { url } = await serve({ attachRate: { burst: 2, perSecond: 0.1 }, trustProxy: 1 });
    const from = (address: string): WebSocket => plain(url, [], forwarded(address));
    expect(await answered(from('192.0.2.1'))).toEqual([101]);
    expect(await answered(from('192.0.2.1'))).toEqual([101]);
    const [status, retryAfter] = await answered(from('192.0.2.1'));
    expect([status, Number(retryAfter) > 5]).toEqual([429, true]);
    expect(await answered(from('192.0.2.2'))).toEqual([101]);
  });

  it('has no session after a no', async () => {
    let verdict = false;
    const { url } = await serve({ maxSessions: { total: 1 }, verifyClient: () => verdict });
    expect(await answered(plain(url))).toEqual([401]);
    verdict = true;
    expect(await answered(plain(url))).toEqual([101]);
  });
});

describe('an application that does not answer', () => {
  let asked = 0;
  const never = (): Promise<boolean> => {
    asked++;
    return new Promise(() => undefined);
  };

  it.each<[string, HoldfastServerOptions]>([
    ['who a client is', { authenticate: never, origins: '*' }],
    ['whether it may come in', { verifyClient: never, origins: '*' }],
    ['whether its origin may', { origins: never }],
  ])('%s does so for its clients in fifteen seconds', async (_, options) => {
    asked = 0;
    const { url, clock, accepted } = await serveTimed(options);
    const headers = { origin: 'https://app.example' };
    const plainly = answered(plain(url, [], { headers }));
    const ours = plain(url, OFFER, { headers });
    const end = Promise.race([
      once(ours, 'unexpected-response').then(([, response]) => (response as IncomingMessage).statusCode),
      once(ours, 'open').then(() => once(ours, 'close').then(([code]) => code as number)),
    ]);
    const answer = post(url, [NEW], { headers });
    let ends = 0;
    for (const each of [plainly, end, answer]) void each.then(() => ends++);
    await expect.poll(() => asked).toBe(3);
    clock.run(14_900);
    await new Promise(setImmediate);
    expect(ends).toBe(0);
    clock.run(200);
    await expect.poll(() => ends).toBe(3);
    expect(await plainly).toEqual([503]);
    expect([503, 1006]).toContain(await end);
    const { status, headers: said } = await answer;
    expect([status, said.get('retry-after')]).toEqual([503, '1']);
    expect(accepted).toEqual([]);
  });
});

describe('a page of another origin', () => {
  it('may read when to come back', async () => {
    const { url } = await serve({ maxSessions: { total: 0 }, origins: '*' });
    const { status, headers } = await post(url, [NEW], { headers: { origin: 'https://app.example' } });
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(headers.get('access-control-expose-headers')).toBe('Retry-After');
  });
});

describe('an upgrade', () => {
  it('for which there is no room is answered 503, or 429 for its address, with the time to come back', async () => {
    const options = { verifyClient: (_: unknown, _done: unknown) => undefined, trustProxy: 0 };
    const total = await serve({ ...options, maxUnattached: { total: 1 } });
    const waiting = plain(total.url, OFFER);
    await once(waiting, 'open');
    expect(await answered(plain(total.url, OFFER))).toEqual([503, '1']);
    const mine = await serve({ ...options, maxUnattached: { perAddress: 1 } });
    await once(plain(mine.url, OFFER), 'open');
    expect(await answered(plain(mine.url))).toEqual([429, '1']);
    waiting.terminate();
    await expect.poll(() => answered(plain(total.url, OFFER))).toEqual([101]);
  });

  it('from the private network is not counted by its address, unless that is asked for', async () => {
    const { url } = await serve({ maxSessions: { perAddress: 1 } });
    expect([await answered(plain(url)), await answered(plain(url))]).toEqual([[101], [101]]);
  });

  it.each([
    ['a plain WebSocket', []],
    ['a session', OFFER],
  ])('whose client is gone before it is handed over takes no place: %s', async (_, offer) => {
    const one = { total: 1 };
    const room = { maxUnattached: one, maxSessions: one };
    const { http, server, url } = await serve({ server: undefined, noServer: true, ...room });
    const take = (request: IncomingMessage, connection: Duplex, head: Buffer): void => {
      server.handleUpgrade(request, connection, head, () => undefined);
    };
    http.once('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      connection.destroy();
      connection.on('close', () => {
        take(request, connection, head);
        http.on('upgrade', take).emit('handed over');
      });
    });
    plain(url, offer);
    await once(http, 'handed over');
    expect(await answered(plain(url, offer))).toEqual([101]);
  });

  it('whose address cannot be told is counted by its connection’s, and the error is told', async () => {
    const { url, server } = await serve({
      maxSessions: { perAddress: 1 },
      trustProxy: () => {
        throw new Error('no idea');
      },
    });
    const told: string[] = [];
    server.on('error', ({ message }) => told.push(message));
    expect([await answered(plain(url)), await answered(plain(url))]).toEqual([[101], [429, '5']]);
    expect(told).toEqual(['no idea', 'no idea']);
  });
});

describe('a session', () => {
  it('may have so many requests unanswered, and one more is answered 429', async () => {
    const { url } = await serve({ maxRequests: 2 });
    await post(url, [NEW]);
    const poll = `poll ${ID} 1 1 20000 poll`;
    await begin(url, [poll]);
    await begin(url, [poll]);
    const { status, headers } = await post(url, [poll]);
    expect([status, headers.get('retry-after')]).toEqual([429, '1']);
  });

  it('that is told to come later over a WebSocket hears when', async () => {
    const { url } = await serve({ maxSessions: { total: 0 } });
    const socket = plain(url, OFFER);
    const heard = hear(socket);
    await once(socket, 'close');
    expect(heard).toEqual(['␐go-away 5000 5000']);
  });
});

describe('a request', () => {
  it('whose client is gone before it is handed over takes no place', async () => {
    const http = await listen((request, response) => {
      request.socket.destroy();
      response.on('close', () => {
        server.handleRequest(request, response);
        http.emit('handed over');
      });
    });
    const { server, url } = attach(http, { server: undefined, noServer: true });
    pipelined(url, body(NEW));
    await once(http, 'handed over');
    expect(server.stats().unattached.clients).toBe(0);
  });
});

describe('requests on one connection', () => {
  it('hold nothing when it ends before their turn has come', async () => {
    const { clock, url, accepted } = await serveTimed({ resumeWindow: 1000, maxRequests: 2 });
    await post(url, [NEW]);
    const [session] = accepted as [ServerSocket];
    const ends: number[] = [];
    session.on('close', (code) => ends.push(code));
    // The second one waits until the first is answered.
    const polls = pipelined(url, body(`poll ${ID} 1 1 60000 stream`), body(`poll ${ID} 1 1 60000 stream`));
    await once(polls, 'data');
    // Both have come when there is no room for a third.
    await expect.poll(async () => (await post(url, [SEND])).status).toBe(429);
    polls.destroy();
    await expect.poll(async () => (await post(url, [SEND])).status).toBe(200);
    clock.run(5000);
    expect(ends).toEqual([1006]);
  });
});
