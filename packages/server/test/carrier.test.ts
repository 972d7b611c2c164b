import type { Writable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as ws from 'ws';
import { Frames, framesOf, type Message } from '../src/frames.ts';
import type { ServerSocket } from '../src/index.ts';
import { connect, serve } from './loopback.ts';

/** It is not in the types. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

const message = (data: string | Uint8Array, binary = typeof data !== 'string'): Message => ({
  data,
  binary,
  size: Buffer.byteLength(data),
});

/** What `ws` reads in chunks of bytes. */
async function read(chunks: readonly Uint8Array[]): Promise<[data: string, isBinary: boolean][]> {
  const heard: [string, boolean][] = [];
  const receiver = new Receiver({ isServer: false, allowSynchronousEvents: true });
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    heard.push([data.toString('latin1'), isBinary]),
  );
  await new Promise<void>((resolve) => receiver.end(Buffer.concat(chunks), () => resolve()));
  return heard;
}

describe('messages as frames', () => {
  it.each([0, 1, 125, 126, 127, 4096, 4097, 65_535, 65_536, 70_000])(
    'are read with %i bytes',
    async (size) => {
      const bytes = Buffer.alloc(size, 'x');
      const heard = await read(
        framesOf([message('ä'), message(bytes), message(bytes.toString()), message('')]),
      );
      const text = bytes.toString();
      const expected = [
        [Buffer.from('ä').toString('latin1'), false],
        [text, true],
        [text, false],
        ['', false],
      ];
      // Not by toEqual alone, which would print all of it.
      expect(heard.map(([data, isBinary]) => [data.length, isBinary])).toEqual(
        expected.map(([data, isBinary]) => [(data as string).length, isBinary]),
      );
      expect(heard).toEqual(expected);
    },
  );

  it('stand side by side, and are one chunk', () => {
    expect(framesOf([message('a'), message(Buffer.from('b')), message('c')])).toEqual([
      Buffer.from([0x81, 1, 0x61, 0x82, 1, 0x62, 0x81, 1, 0x63]),
    ]);
  });

  it('are not copied where they are large', () => {
    const large = Buffer.alloc(5000);
    const chunks = framesOf([message('a'), message(large), message('b')]);
    expect(chunks.map(({ length }) => length)).toEqual([7, 5000, 3]);
    expect(chunks[1]).toBe(large);
  });

  it('are made once where one client after the other is told the same', () => {
    const frames = new Frames();
    const hello = frames.of([message('hello')]);
    expect(hello).toEqual(framesOf([message('hello')]));
    expect(frames.of([message('hello')])).toBe(hello);
    for (const other of [message('hello', true), message('hullo'), message(Buffer.from('hello'))])
      expect(frames.of([other])).toEqual(framesOf([other]));
    const two = [message('hello'), message('hello')];
    expect(frames.of(two)).toEqual(framesOf(two));
  });
});

describe('a socket over WebSocket', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** A client, and what the operating system is given for it: one buffer, or some at once. */
  async function start(onMessage: (socket: ServerSocket) => void) {
    const { http, server, url } = await serve();
    const given: unknown[] = [];
    http.on('connection', (connection: Writable) => {
      for (const name of ['_write', '_writev'] as const) {
        const write = connection[name as '_write'].bind(connection);
        vi.spyOn(connection, name as '_write').mockImplementation((...args) => {
          given.push(args);
          write(...args);
        });
      }
    });
    server.on('connection', (socket) => {
      socket.on('message', () => {
        given.length = 0;
        onMessage(socket);
      });
    });
    const client = connect(url, { transports: ['websocket'] });
    const heard: unknown[] = [];
    client.addEventListener('message', ({ data }) => heard.push(data));
    client.send('go');
    return { client, heard, given };
  }

  it('makes one write to the network of what it sends in a turn', async () => {
    const { heard, given } = await start((socket) => {
      for (const text of ['a', 'b', 'c']) socket.send(text);
    });
    await vi.waitUntil(() => heard.length === 3);
    expect(heard).toEqual(['a', 'b', 'c']);
    expect(given).toHaveLength(1);
  });

  it('does not wait for the end of the turn with all of it where it is much', async () => {
    const texts = Array.from({ length: 20 }, (_, i) => String(i).padEnd(65_536, 'x'));
    let early = 0;
    const { heard, given } = await start((socket) => {
      for (const text of texts) socket.send(text);
      early = given.length;
    });
    await vi.waitUntil(() => heard.length === 20);
    expect(heard.every((text, i) => text === texts[i])).toBe(true);
    expect(early).toBeGreaterThan(0);
  });

  it('sends what it was given before it closes', async () => {
    const { client, heard } = await start((socket) => {
      socket.send('last words');
      socket.close(4000, 'done');
    });
    const ended = new Promise<{ code: number }>((resolve) => (client.onclose = resolve));
    expect((await ended).code).toBe(4000);
    expect(heard).toEqual(['last words']);
  });

  it('says why it refuses before it closes', async () => {
    const { url } = await serve();
    // Without an attach.
    const client = new ws.WebSocket(url, ['holdfast.1']);
    const heard: string[] = [];
    client.on('message', (data: Buffer) => heard.push(data.toString()));
    await new Promise((resolve) => client.on('close', resolve));
    expect(heard).toEqual([expect.stringContaining('refused')]);
  });

  it('leaves frames to ws where they are compressed', async () => {
    const { http, server, url } = await serve({ perMessageDeflate: { threshold: 0 } });
    const large = 'x'.repeat(200_000);
    let written = (): number => NaN;
    http.on('connection', (connection) => (written = () => connection.bytesWritten));
    server.on('connection', (socket) => {
      socket.on('message', () => {
        for (const text of [large, 'b', 'c']) socket.send(text);
      });
    });
    const client = connect(url, { transports: ['websocket'] });
    const heard: unknown[] = [];
    client.addEventListener('message', ({ data }) => heard.push(data));
    client.send('go');
    await vi.waitUntil(() => heard.length === 3);
    expect(heard[0] === large && heard.slice(1)).toEqual(['b', 'c']);
    expect(written()).toBeLessThan(10_000);
  });

  it('is no trouble if it is terminated in the same turn', async () => {
    const errors: unknown[] = [];
    const { client } = await start((socket) => {
      socket.on('error', (error) => errors.push(error));
      socket.send('unheard');
      socket.terminate();
    });
    await vi.waitUntil(() => client.state.name !== 'open');
    client.close();
    expect(errors).toEqual([]);
  });
});
