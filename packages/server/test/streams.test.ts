/** Sockets as streams, at both ends: what is not read is not sent, and what is written arrives. */
import { once } from 'node:events';
import { Readable, type Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TransportName } from '@holdfast/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { HoldfastStream, HoldfastStreamError, type HoldfastStreamOptions } from '../../client/src/stream.ts';
import type { HoldfastServerOptions } from '../src/options.ts';
import type { ServerSocket } from '../src/face.ts';
import { createWebSocketStream } from '../src/stream.ts';
import { attach, connect, network, plain, serve } from './loopback.ts';

const KIB = 1024;
const TRANSPORTS: readonly TransportName[] = ['websocket', 'streaming', 'polling'];

/** An open stream of a page's, and the server's socket at its other end. */
async function meet(options: HoldfastStreamOptions = {}, serverOptions: HoldfastServerOptions = {}) {
  const loopback = await serve(serverOptions);
  const stream = new HoldfastStream(loopback.url, { ...network(), ...options });
  onTestFinished(() => {
    stream.close();
  });
  const { readable, writable, protocol } = await stream.opened;
  const peer = loopback.accepted[0] as ServerSocket;
  return { ...loopback, stream, reader: readable.getReader(), writer: writable.getWriter(), protocol, peer };
}

/** What was to come without anybody's doing has come: each end heard the other, some times in a row. */
async function roundTrips(peer: ServerSocket): Promise<void> {
  for (let i = 0; i < 5; i++) {
    const answered = once(peer, 'pong');
    peer.ping();
    await answered;
  }
}

describe.each(TRANSPORTS)('a HoldfastStream over %s', (transport) => {
  const transports = [transport];

  it('carries text and bytes both ways', async () => {
    const { writer, reader, peer } = await meet({ transports });
    peer.on('message', (data, binary) => {
      peer.send(data, { binary });
    });
    const bytes = Uint8Array.of(1, 2, 3, 4);
    for (const chunk of ['tëxt', '', bytes, bytes.buffer, new DataView(bytes.buffer, 1, 2)])
      await writer.write(chunk);
    const chunks = [];
    for (let i = 0; i < 5; i++) chunks.push((await reader.read()).value);
    expect(chunks).toEqual(['tëxt', '', bytes, bytes, Uint8Array.of(2, 3)]);
  });

  it('stops the server that nobody reads, at its high-water mark', async () => {
    const { peer, reader } = await meet({ transports, highWaterMark: 64 * KIB });
    const sent: number[] = [];
    // Called when a message is on its way.
    for (let i = 0; i < 200; i++) peer.send(Buffer.alloc(4 * KIB, i), () => sent.push(i));
    await expect.poll(() => sent.length).toBeGreaterThanOrEqual(16);
    // Nothing more goes, though the client hears and answers.
    await roundTrips(peer);
    expect(sent.length).toBe(16);
    expect(peer.bufferedAmount).toBeGreaterThanOrEqual(184 * 4 * KIB);
    for (let i = 0; i < 200; i++) {
      const { value } = await reader.read();
      expect((value as Uint8Array)[0]).toBe(i);
    }
    expect(peer.bufferedAmount).toBe(0);
  });

  it('makes its writer wait for a server that does not read', async () => {
    const { peer, writer, received } = await meet(
      { transports, highWaterMark: 64 * KIB },
      { receiveWindow: 1024 * KIB },
    );
    peer.pause();
    let written = 0;
    const all = (async () => {
      for (; written < 40; written++) {
        await writer.ready;
        await writer.write(String(written).padEnd(128 * KIB));
      }
    })();
    // What the server has room for, and the high-water mark of what is under way.
    await expect.poll(() => written).toBeGreaterThanOrEqual(8);
    await roundTrips(peer);
    expect(written).toBeLessThanOrEqual(12);
    peer.resume();
    await all;
    await expect.poll(() => received.length).toBe(40);
    expect(received.map(Number)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('tells the end in order, both ways', async () => {
    const one = await meet({ transports });
    const closed = once(one.peer, 'close');
    void one.writer.write('last');
    one.stream.close({ closeCode: 4001, reason: 'enough' });
    expect(await one.stream.closed).toEqual({ closeCode: 4001, reason: 'enough' });
    expect(await closed).toEqual([4001, Buffer.from('enough')]);
    expect(one.received).toEqual(['last']);
    expect(await one.reader.read()).toEqual({ value: undefined, done: true });

    const other = await meet({ transports });
    other.peer.send('last');
    other.peer.close(4002, 'from here');
    expect(await other.reader.read()).toEqual({ value: 'last', done: false });
    expect(await other.reader.read()).toEqual({ value: undefined, done: true });
    expect(await other.stream.closed).toEqual({ closeCode: 4002, reason: 'from here' });
    await expect(other.writer.write('x')).rejects.toBeInstanceOf(HoldfastStreamError);
  });

  it('is a Node stream at the other end, through which a megabyte comes back as it went', async () => {
    const { url, server } = await serve();
    server.on('connection', (socket) => {
      const duplex = createWebSocketStream(socket, { highWaterMark: 16 * KIB });
      void pipeline(duplex, duplex).catch(() => undefined);
    });
    const stream = new HoldfastStream(url, { transports, ...network(), highWaterMark: 64 * KIB });
    const { readable, writable } = await stream.opened;
    const chunks = Array.from({ length: 64 }, (_, i) => Buffer.alloc(16 * KIB, i));
    const writing = (async () => {
      const writer = writable.getWriter();
      for (const chunk of chunks) await writer.write(chunk);
    })();
    const back: Uint8Array[] = [];
    const reader = readable.getReader();
    for (let size = 0; size < 1024 * KIB;) {
      const { value } = await reader.read();
      back.push(value as Uint8Array);
      size += (value as Uint8Array).length;
    }
    await writing;
    expect(Buffer.concat(back).equals(Buffer.concat(chunks))).toBe(true);
    stream.close();
  });
});

describe('a HoldfastStream', () => {
  it('has the shape of a WebSocketStream', async () => {
    const { stream, url, protocol } = await meet({ protocols: ['one', 'two'] });
    expect(stream.url).toBe(url);
    expect(protocol).toBe('one');
    expect((await stream.opened).extensions).toBe('');
  });

  it('refuses what cannot be meant, at once', () => {
    expect(() => new HoldfastStream('ftp://nowhere')).toThrow(
      expect.objectContaining({ name: 'SyntaxError' }),
    );
    expect(() => new HoldfastStream('ws://x', { protocols: ['a', 'a'] })).toThrow(
      expect.objectContaining({ name: 'SyntaxError' }),
    );
    expect(() => new HoldfastStream('ws://x', { highWaterMark: 0 })).toThrow(TypeError);
  });

  it('checks what it is closed with', async () => {
    const { stream } = await meet();
    expect(() => {
      stream.close({ closeCode: 1001 });
    }).toThrow(expect.objectContaining({ name: 'InvalidAccessError' }));
    expect(() => {
      stream.close({ reason: 'x'.repeat(124) });
    }).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    expect(stream.transport).toBeDefined();
  });

  it('gives up with its signal', async () => {
    const { url } = await serve();
    const early = new HoldfastStream(url, { signal: AbortSignal.abort('never'), WebSocket });
    await expect(early.opened).rejects.toBe('never');
    await expect(early.closed).rejects.toBe('never');
    const control = new AbortController();
    const late = new HoldfastStream(url, { signal: control.signal, WebSocket });
    control.abort('enough');
    await expect(late.opened).rejects.toBe('enough');
    await expect(late.closed).rejects.toBe('enough');
  });

  it('does not heed its signal any more once it is open', async () => {
    const control = new AbortController();
    const { stream } = await meet({ signal: control.signal });
    control.abort();
    stream.close({ closeCode: 1000 });
    expect(await stream.closed).toEqual({ closeCode: 1000, reason: '' });
  });

  it('rejects both promises if it is closed before it opens', async () => {
    const stream = new HoldfastStream('ws://127.0.0.1:1', { WebSocket, fetch });
    stream.close();
    await expect(stream.opened).rejects.toBeInstanceOf(HoldfastStreamError);
    await expect(stream.closed).rejects.toMatchObject({ closeCode: 1006, name: 'WebSocketError' });
  });

  it('tells the server why its reader, or its writer, gave up', async () => {
    const one = await meet();
    const closed = once(one.peer, 'close');
    await one.reader.cancel(new HoldfastStreamError('', { closeCode: 4100, reason: 'seen enough' }));
    expect(await closed).toEqual([4100, Buffer.from('seen enough')]);
    const other = await meet();
    const aborted = once(other.peer, 'close');
    await other.writer.abort(new Error('anything'));
    expect(await aborted).toEqual([1005, Buffer.alloc(0)]);
  });

  it('ends when its writer is closed', async () => {
    const { writer, peer, stream } = await meet();
    const closed = once(peer, 'close');
    await writer.close();
    expect(await closed).toEqual([1005, Buffer.alloc(0)]);
    expect(await stream.closed).toEqual({ closeCode: 1005, reason: '' });
  });

  it('breaks if the server has lost its session, and begins no other', async () => {
    const first = await meet({ transports: ['websocket'], reconnect: { minDelay: 10, maxDelay: 20 } });
    first.server.close();
    first.http.closeAllConnections();
    const again = attach(first.http);
    await expect(first.reader.read()).rejects.toMatchObject({ closeCode: 1006 });
    await expect(first.stream.closed).rejects.toBeInstanceOf(HoldfastStreamError);
    // Behind whatever it might still have sent.
    await once(connect(first.url), 'open');
    expect(again.accepted).toHaveLength(1);
  });

  it('gives what it has, though the session is over', async () => {
    const { peer, reader, stream } = await meet();
    const closed = once(peer, 'close');
    peer.send('one');
    peer.send('two');
    peer.close();
    await closed;
    await expect.poll(() => stream.transport).toBeUndefined();
    const chunks = [await reader.read(), await reader.read(), await reader.read()];
    expect(chunks.map(({ value }) => value)).toEqual(['one', 'two', undefined]);
  });
});

describe('createWebSocketStream', () => {
  it('reads text as strings in object mode, chunk by chunk', async () => {
    const { url, server } = await serve();
    const stream = new Promise<Duplex>((resolve) => {
      server.on('connection', (socket) => {
        resolve(createWebSocketStream(socket, { readableObjectMode: true }));
      });
    });
    const socket = connect(url);
    socket.send('one');
    socket.send(Uint8Array.of(2));
    socket.send('three');
    const chunks: unknown[] = [];
    for await (const chunk of await stream) {
      chunks.push(chunk);
      if (chunks.length === 3) break;
    }
    expect(chunks).toEqual(['one', Buffer.of(2), 'three']);
  });

  it('ends with the socket, and closes when it is ended as well', async () => {
    const { url, server } = await serve();
    server.on('connection', (socket) => {
      const duplex = createWebSocketStream(socket);
      duplex.resume();
      duplex.on('end', () => duplex.end());
      duplex.on('close', () => server.emit('error', new Error('closed')));
    });
    const told = once(server, 'error').catch((error: unknown) => [error]);
    const socket = connect(url);
    await once(socket, 'open');
    socket.close();
    expect(String((await told)[0])).toContain('closed');
  });

  it('closes the socket behind what was written', async () => {
    const { url, server } = await serve();
    server.on('connection', (socket) => {
      void pipeline(Readable.from(['a', 'b', 'c']), createWebSocketStream(socket));
    });
    const socket = connect(url);
    const got: string[] = [];
    socket.onmessage = ({ data }) => got.push(Buffer.from(data as ArrayBuffer).toString());
    const [event] = (await once(socket, 'close')) as [CloseEvent];
    expect(got).toEqual(['a', 'b', 'c']);
    expect(event.wasClean).toBe(true);
  });

  it('terminates the socket when it is destroyed, and is destroyed once', async () => {
    const { url, server } = await serve();
    const ends: unknown[] = [];
    server.on('connection', (socket) => {
      const duplex = createWebSocketStream(socket);
      duplex.on('error', () => undefined);
      socket.on('close', (code) => ends.push(code));
      duplex.on('close', () => ends.push('closed'));
      duplex.destroy(new Error('no more'));
    });
    connect(url, { reconnect: false });
    await expect.poll(() => ends).toEqual([1006, 'closed']);
  });

  it('serves a plain WebSocket as well', async () => {
    const { url, server } = await serve();
    server.on('connection', (socket) => {
      const duplex = createWebSocketStream(socket);
      duplex.pipe(duplex);
    });
    const socket = plain(url);
    await once(socket, 'open');
    socket.send('there and back');
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(data.toString()).toBe('there and back');
  });
});
