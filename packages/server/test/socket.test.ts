import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { HoldfastServerOptions } from '../src/options.ts';
import type { HoldfastServerSocket } from '../src/socket.ts';
import type { Data } from '../src/data.ts';
import { FakeClock } from './fake-clock.ts';
import { batch, begin, connect, endOf, hear, nextText, plain, post, serve, surfaced } from './loopback.ts';

const ID = 'a-session-of-22-chars_';

/** A session that was begun by hand, and a way to go on by hand. */
async function start(options: HoldfastServerOptions = {}) {
  const loopback = await serve(options);
  const ask = async (...records: (string | Uint8Array)[]) => (await post(loopback.url, records)).lines;
  expect(await ask(`attach ${ID} 1 new -`)).toEqual(['welcome 0']);
  const socket = loopback.accepted[0] as HoldfastServerSocket;
  return { ...loopback, ask, socket };
}

/** The same over a WebSocket that does nothing by itself, at a time that the test tells. */
async function startTimed(options: HoldfastServerOptions = {}) {
  const clock = new FakeClock();
  const { now, setTimeout, clearTimeout } = clock;
  const loopback = await serve({
    ...options,
    environment: { now, setTimeout, clearTimeout, defer: setImmediate },
  });
  const wire = plain(loopback.url, ['holdfast.1', `holdfast.attach.${ID}.1.new.-`]);
  await nextText(wire);
  const socket = loopback.accepted[0] as HoldfastServerSocket;
  return { ...loopback, clock, wire, heard: hear(wire), socket };
}

describe('a socket', () => {
  it('has the face of ws', async () => {
    const { socket } = await start();
    expect(socket).toMatchObject({
      CONNECTING: 0,
      OPEN: 1,
      CLOSING: 2,
      CLOSED: 3,
      readyState: 1,
      protocol: '',
      extensions: '',
      bufferedAmount: 0,
      transport: 'polling',
    });
  });

  it('keeps what a program puts on it, under any name, and goes on', async () => {
    const { socket, ask } = await start();
    socket.on('message', (data) => {
      socket.send(data);
    });
    const names = ['id', 'session', 'connection', 'host', 'holder', 'owner', 'received', 'attempt', 'kept'];
    const own = Object.fromEntries(
      [...names, 'attach', 'leave', 'move', 'tell', 'end'].map((name) => [name, name]),
    );
    Object.assign(socket, own);
    expect(socket).toMatchObject(own);
    expect(await ask(`send ${ID} 1`, batch(1, 'hello'))).toEqual(['ack 1', '1: hello']);
  });

  it('tells which transport carries the session', async () => {
    const { socket, url } = await start();
    const told: unknown[] = [];
    socket.on('transport', (transport) => told.push(transport));
    const wire = plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.-`]);
    await nextText(wire);
    wire.terminate();
    await expect.poll(() => told).toEqual(['websocket', undefined]);
    expect(socket.transport).toBeUndefined();
    expect(socket.readyState).toBe(1);
  });

  it('has the token that its client came with last', async () => {
    const { socket, ask } = await start();
    expect(socket.auth).toBe('');
    await ask(`attach ${ID} 2 0 dG9rZW4`);
    expect(socket.auth).toBe('token');
  });
});

describe('send', () => {
  it('takes texts and bytes of every kind', async () => {
    const { socket, url } = await start();
    const bytes = Uint8Array.of(1, 2, 3, 4);
    const messages: [Data, { binary?: boolean }, string][] = [
      ['text', {}, 'text'],
      [Buffer.from('as text'), { binary: false }, 'as text'],
      ['as bytes', { binary: true }, `bytes ${Buffer.from('as bytes').toString('hex')}`],
      [Buffer.from(bytes), {}, 'bytes 01020304'],
      [bytes.buffer, {}, 'bytes 01020304'],
      [bytes.subarray(1, 3), {}, 'bytes 0203'],
      [new DataView(bytes.buffer, 2), {}, 'bytes 0304'],
      [Uint16Array.of(0x0201), {}, 'bytes 0102'],
      [[Buffer.of(1), Buffer.of(2, 3)], {}, 'bytes 010203'],
      ['', {}, ''],
    ];
    for (const [data, options] of messages) socket.send(data, options);
    const wire = plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.-`]);
    const received: string[] = [];
    wire.on('message', (data: Buffer, isBinary) => {
      received.push(isBinary ? `bytes ${data.toString('hex')}` : data.toString());
    });
    await expect.poll(() => received.slice(1)).toEqual(messages.map(([, , shown]) => shown));
  });

  it('escapes texts that look like control frames, given as bytes or not', async () => {
    const { url, server } = await serve();
    server.on('connection', (socket) => {
      socket.send('\x10ack 1');
      socket.send(Buffer.from('\x10ack 1'), { binary: false });
      socket.send(Buffer.from('\x10'));
    });
    const socket = connect(url, { transports: ['websocket'] });
    const received: unknown[] = [];
    socket.onmessage = ({ data }) => received.push(data);
    await expect.poll(() => received).toEqual(['\x10ack 1', '\x10ack 1', Uint8Array.of(16).buffer]);
  });

  it('calls back when the message is on its way, and once', async () => {
    const { socket, ask } = await start();
    const calls: unknown[] = [];
    socket.send('one', (error) => calls.push(error));
    socket.send('two', {}, (error) => calls.push(error));
    expect(socket.bufferedAmount).toBe(6);
    expect(await ask(`poll ${ID} 1 1 0 poll`)).toEqual(['batch 1', '1: one', '2: two']);
    expect(await ask(`attach ${ID} 2 0 -`)).toEqual(['welcome 0', '1: one', '2: two']);
    expect(calls).toEqual([undefined, undefined]);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('calls back with an error once the socket is closing', async () => {
    const { socket } = await start();
    for (const end of [
      () => {
        socket.close();
      },
      () => {
        socket.terminate();
      },
    ]) {
      end();
      const error = await new Promise((resolve) => {
        socket.send('late', resolve);
      });
      expect(error).toBeInstanceOf(Error);
      socket.send('late, and nobody asks');
    }
  });

  it.each([
    ['messages', { maxMessages: 3 }],
    ['bytes', { maxBytes: 30 }],
  ])('ends the session with 3950 when the client lets too many %s wait', async (_, maxBuffered) => {
    const { socket, ask } = await start({ maxBuffered });
    const ended = endOf(socket);
    for (let i = 0; i < 3; i++) socket.send('0123456789');
    expect(socket.readyState).toBe(1);
    const error = await new Promise((resolve) => {
      socket.send('x', resolve);
    });
    expect(error).toBeInstanceOf(Error);
    expect(await ended).toMatchObject([3950, expect.anything()]);
    expect(await ask(`poll ${ID} 1 1 0 poll`)).toEqual(['refused 3950 too slow a reader']);
  });

  it('has room again when the client has acknowledged', async () => {
    const { socket, ask } = await start({ maxBuffered: { maxMessages: 1 } });
    socket.send('one');
    await ask(`poll ${ID} 1 1 0 poll`);
    await ask(`send ${ID} 1`, 'ack 1');
    socket.send('two');
    expect(await ask(`poll ${ID} 1 2 0 poll`)).toEqual(['batch 2', '2: two']);
  });
});

describe('close', () => {
  it('throws for what cannot be sent, and changes nothing', async () => {
    const { socket } = await start();
    for (const code of [0, 999, 1004, 1006, 1015, 2999, 5000]) {
      expect(() => {
        socket.close(code);
      }).toThrow(TypeError);
    }
    expect(() => {
      socket.close(1000, 'é'.repeat(62));
    }).toThrow(RangeError);
    expect(socket.readyState).toBe(1);
    socket.close(1000, 'é'.repeat(61));
    expect(socket.readyState).toBe(2);
  });

  it('ends the session behind what was sent, once the client has confirmed', async () => {
    const { socket, server, ask } = await start();
    socket.send('last words');
    socket.close(4000, Buffer.from('bye'));
    socket.close(4001, 'again');
    expect(await ask(`poll ${ID} 1 1 0 poll`)).toEqual(['batch 1', '1: last words', 'close 4000 bye']);
    expect(socket.readyState).toBe(2);
    const ended = once(socket, 'close');
    await ask(`send ${ID} 1`, 'ack 2');
    expect(await ended).toEqual([4000, Buffer.from('bye')]);
    expect(socket.readyState).toBe(3);
    expect(server.clients.size).toBe(0);
  });

  it('still takes what the client sent before it knew', async () => {
    const { socket, ask, received } = await start();
    socket.close();
    expect(await ask(`send ${ID} 1`, batch(1, 'not yet told'))).toEqual(['ack 1', 'close 1005']);
    expect(received).toEqual(['not yet told']);
  });

  it('ends as 1006 if it is not confirmed in thirty seconds', async () => {
    const { socket, clock } = await startTimed({ heartbeat: 100_000 });
    const ended: number[] = [];
    socket.on('close', (code) => ended.push(code));
    socket.close(4000, 'bye');
    clock.run(29_999);
    expect(ended).toEqual([]);
    clock.run(30);
    expect(ended).toEqual([1006]);
  });
});

describe('terminate', () => {
  it('ends the session at once: the client begins a new one', async () => {
    const { url, accepted } = await serve();
    const client = connect(url, { transports: ['websocket'], reconnect: { minDelay: 0 } });
    await once(client, 'open');
    const lost = once(client, 'sessionlost');
    const [first] = accepted;
    const ended = once(first!, 'close');
    first!.terminate();
    expect(await ended).toMatchObject([1006, expect.anything()]);
    await lost;
    await expect.poll(() => accepted.length).toBe(2);
    first!.terminate();
  });
});

describe('a silent client', () => {
  it('is pinged after the heartbeat, and let go ten seconds later; its session waits', async () => {
    const { socket, clock, heard, wire } = await startTimed({ heartbeat: 5000 });
    const gone = once(wire, 'close');
    clock.run(4999);
    clock.run(26);
    await expect.poll(() => heard).toEqual(['␐ping 0']);
    clock.run(9900);
    expect(socket.transport).toBe('websocket');
    clock.run(200);
    expect(socket.transport).toBeUndefined();
    expect(socket.readyState).toBe(1);
    await gone;
  });

  it('is not let go if it says anything', async () => {
    const { socket, clock, heard, wire, received } = await startTimed({ heartbeat: 5000 });
    clock.run(5030);
    await expect.poll(() => heard).toEqual(['␐ping 0']);
    wire.send('alive');
    await expect.poll(() => received).toEqual(['alive']);
    clock.run(4900);
    expect(socket.transport).toBe('websocket');
    expect(heard.filter((line) => line === '␐ping 0')).toHaveLength(1);
  });

  it('is forgotten when the resume window has passed since it went', async () => {
    const { socket, server, clock, wire } = await startTimed({ resumeWindow: 8000 });
    const ended: number[] = [];
    socket.on('close', (code) => ended.push(code));
    const lost = once(socket, 'transport');
    wire.terminate();
    await lost;
    clock.run(7999);
    expect(ended).toEqual([]);
    clock.run(26);
    expect(ended).toEqual([1006]);
    expect(server.clients.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('answers a ping of the application, which hears of it', async () => {
    const { url, accepted } = await serve();
    await once(connect(url, { transports: ['websocket'] }), 'open');
    const pong = once(accepted[0]!, 'pong');
    (accepted[0] as HoldfastServerSocket).ping();
    await pong;
  });
});

describe('what is kept for a client', () => {
  it('stays as it was sent, though its bytes are used again', async () => {
    const { socket, ask } = await start();
    const bytes = Buffer.from('sent');
    socket.send(bytes, { binary: false });
    bytes.write('used');
    const pieces = Buffer.from('a');
    socket.send(pieces, { binary: false, fin: false });
    pieces.write('b');
    socket.send(pieces);
    expect(await ask(`attach ${ID} 2 0 -`)).toEqual(['welcome 0', '1: sent', '2: ab']);
  });

  it('keeps its order while a Blob is read', async () => {
    const { socket, ask } = await start();
    socket.send(new Blob(['first']), { binary: false });
    socket.send('piece of a ', { fin: false });
    socket.send(new Blob(['second']));
    socket.send('third');
    const lines: string[] = [];
    for (let attempt = 2; lines.length < 3; attempt++)
      lines.splice(0, 3, ...(await ask(`attach ${ID} ${attempt} 0 -`)).slice(1));
    expect(lines).toEqual(['1: first', '2: piece of a second', '3: third']);
  });

  it('ends the session if a Blob cannot be read', async () => {
    const { socket } = await start();
    const blob = new Blob(['x']);
    blob.arrayBuffer = () => Promise.reject(new Error('gone'));
    const ended = endOf(socket);
    socket.send(blob);
    expect(await ended).toEqual([1011, 'a Blob could not be read']);
  });

  it('counts the pieces of a message against the bound', async () => {
    const { socket } = await start({ maxBuffered: { maxBytes: 10 } });
    const ended = endOf(socket);
    socket.send('12345', { fin: false });
    expect(socket.readyState).toBe(1);
    socket.send('678901', { fin: false });
    await expect.poll(() => socket.readyState).toBe(3);
    expect(await ended).toEqual([3950, 'too slow a reader']);
  });

  it('is told as never sent when the session ends before', async () => {
    const { socket } = await start();
    const called = new Promise((resolve) => {
      socket.send('never', resolve);
    });
    socket.terminate();
    expect(String(await called)).toBe('Error: the socket was closed before this was sent');
  });
});

describe('an error', () => {
  it('of a client is told to who listens, and thrown at nobody', async () => {
    const { socket, ask } = await start();
    const told: unknown[] = [];
    const ended = endOf(socket);
    await ask(`send ${ID} 1`, 'ack 99');
    expect(await ended).toEqual([1002, 'an acknowledgement of what was never sent']);
    const second = await start();
    second.socket.on('error', (error: Error & { code?: string }) => told.push([error.message, error.code]));
    const text = Uint8Array.of(16, 0xff, 0xfe);
    await second.ask(`send ${ID} 1`, 'from 1 0', text);
    expect(told).toEqual([['text that is not UTF-8', 'WS_ERR_INVALID_UTF8']]);
  });
});

describe('a ping of the application', () => {
  it('is asked again over the transport that comes next, until it is answered', async () => {
    const { socket, url } = await start();
    const pongs: string[] = [];
    socket.on('pong', (data) => pongs.push(String(data)));
    socket.ping('first');
    socket.ping('second');
    const wire = plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.-`]);
    const heard = hear(wire);
    await expect.poll(() => heard.slice(1)).toEqual(['␐ping 1', '␐ping 2']);
    for (const line of ['pong 2', 'pong 2', 'pong 9', 'pong 0']) wire.send(`\x10${line}`);
    wire.terminate();
    await once(socket, 'transport');
    const next = hear(plain(url, ['holdfast.1', `holdfast.attach.${ID}.3.0.-`]));
    await expect.poll(() => next.slice(1)).toEqual(['␐ping 1']);
    expect(pongs).toEqual(['second']);
  });

  it('makes room for later ones when 64 wait', async () => {
    const { socket, url } = await start();
    for (let i = 1; i <= 70; i++) socket.ping();
    const heard = hear(plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.-`]));
    await expect.poll(() => heard.length).toBe(65);
    expect(heard[1]).toBe('␐ping 7');
  });

  it('of the client is told, as a sign of life', async () => {
    const { socket, ask } = await start();
    const pinged = once(socket, 'ping');
    await ask(`send ${ID} 1`, 'ping 7');
    expect(await pinged).toEqual([Buffer.alloc(0)]);
  });
});

it('lets an exception of a listener surface, and goes on', async () => {
  const { socket, ask, received } = await start();
  const surfacing = surfaced();
  socket.once('message', () => {
    throw new Error('a bug of the application');
  });
  expect(await ask(`send ${ID} 1`, batch(1, 'one', 'two'))).toEqual(['ack 2']);
  expect(await surfacing).toEqual(new Error('a bug of the application'));
  expect(received).toEqual(['one', 'two']);
});

it('acknowledges after half a second over WebSocket', async () => {
  const { clock, wire, heard, received } = await startTimed();
  wire.send('one');
  await expect.poll(() => received).toEqual(['one']);
  clock.run(499);
  clock.run(26);
  await expect.poll(() => heard).toEqual(['␐ack 1']);
});

it('answers pings over every transport', async () => {
  const { url, ask } = await start();
  const { answer } = await begin(url, [`poll ${ID} 1 1 20000 poll`]);
  await ask(`send ${ID} 1`, 'ping 7');
  expect((await answer).lines).toEqual(['batch 1', 'pong 7']);
  const wire = plain(url, ['holdfast.1', `holdfast.attach.${ID}.2.0.-`]);
  await nextText(wire);
  wire.send('\x10ping 8');
  expect(await nextText(wire)).toBe('␐pong 8');
});
