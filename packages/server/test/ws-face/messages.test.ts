import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { faces, open } from './faces.ts';

type SendOptions = { binary?: boolean; fin?: boolean; compress?: boolean; mask?: boolean };

const bytes = Uint8Array.of(1, 2, 3, 4);
const shared = new Uint8Array(new SharedArrayBuffer(2)).fill(7).buffer;

describe.each(faces)('%s', (_, face) => {
  it('sends data of every type that is documented, as text or as bytes', async () => {
    const { socket, heard } = await open(face);
    const messages: [unknown, SendOptions | undefined, string][] = [
      ['text', undefined, 'text'],
      ['', undefined, ''],
      [42, undefined, '42'],
      [Buffer.from('as text'), { binary: false }, 'as text'],
      ['as bytes', { binary: true }, `bytes ${Buffer.from('as bytes').toString('hex')}`],
      [Buffer.from(bytes), {}, 'bytes 01020304'],
      [bytes.buffer, { compress: true, mask: false }, 'bytes 01020304'],
      [bytes.subarray(1, 3), {}, 'bytes 0203'],
      [new DataView(bytes.buffer, 2), {}, 'bytes 0304'],
      [Uint16Array.of(0x0201), {}, 'bytes 0102'],
      [[5, 6], {}, 'bytes 0506'],
      [shared, {}, 'bytes 0707'],
      [new Blob(['blob']), {}, `bytes ${Buffer.from('blob').toString('hex')}`],
      [new Blob(['text of a blob']), { binary: false }, 'text of a blob'],
      [undefined, {}, 'bytes '],
      [Buffer.alloc(0), {}, 'bytes '],
      ['last', {}, 'last'],
    ];
    for (const [data, options] of messages) {
      if (options) socket.send(data as string, options);
      else socket.send(data as string);
    }
    await expect.poll(() => heard).toEqual(messages.map(([, , shown]) => shown));
  });

  it('throws for what has no bytes, and sends nothing', async () => {
    const { socket, heard } = await open(face);
    for (const data of [{}, true, Symbol('x')]) {
      expect(() => {
        socket.send(data as unknown as string);
      }).toThrow(TypeError);
    }
    socket.send('goes on');
    await expect.poll(() => heard).toEqual(['goes on']);
  });

  it('sends pieces as one message, of the kind of the first', async () => {
    const { socket, heard } = await open(face);
    for (const piece of ['a', 'b']) socket.send(piece, { fin: false });
    socket.send('c', { fin: true });
    socket.send(Buffer.of(1), { fin: false });
    socket.send('2', { fin: false, binary: false });
    socket.send(Buffer.of(3));
    socket.send('whole');
    await expect.poll(() => heard).toEqual(['abc', 'bytes 013203', 'whole']);
  });

  it('calls back for each piece, so that the next may wait for it', async () => {
    const { socket, heard } = await open(face);
    const sent = (piece: string, fin: boolean): Promise<unknown> =>
      new Promise((resolve) => {
        socket.send(piece, { fin }, resolve);
      });
    for (const piece of ['a', 'b']) expect(await sent(piece, false)).toBeFalsy();
    expect(await sent('c', true)).toBeFalsy();
    await expect.poll(() => heard).toEqual(['abc']);
  });

  it('calls back once each message is on its way, and its bytes may be used again', async () => {
    const { socket, heard } = await open(face);
    const calls: unknown[] = [];
    const buffer = Buffer.from('abc');
    await new Promise<void>((resolve) => {
      socket.send(buffer, (error) => {
        calls.push(error);
        buffer.fill('x');
        resolve();
      });
    });
    socket.send('text', {}, (error) => calls.push(error));
    await expect.poll(() => heard).toEqual(['bytes 616263', 'text']);
    await expect.poll(() => calls.map(Boolean)).toEqual([false, false]);
  });

  it('calls back with an error when it is not open, and throws nothing', async () => {
    const { socket } = await open(face);
    socket.close();
    const late = (...args: unknown[]): Promise<unknown> =>
      new Promise((resolve) => {
        (socket.send as (...all: unknown[]) => void)(...args, resolve);
      });
    for (const args of [['late'], ['late', {}]]) {
      expect(String(await late.apply(socket, args))).toBe(
        'Error: WebSocket is not open: readyState 2 (CLOSING)',
      );
    }
    await once(socket, 'close');
    socket.send('nobody asks');
    expect(String(await late('late'))).toBe('Error: WebSocket is not open: readyState 3 (CLOSED)');
  });

  it('receives texts and bytes as Buffers', async () => {
    const { socket, client } = await open(face);
    const received: unknown[] = [];
    socket.on('message', (data, isBinary) => received.push([data, isBinary]));
    client.send('ünï');
    client.send(bytes);
    client.send('');
    await expect
      .poll(() => received)
      .toEqual([
        [Buffer.from('ünï'), false],
        [Buffer.from(bytes), true],
        [Buffer.alloc(0), false],
      ]);
  });

  it('receives bytes as its binaryType says, and texts as Buffers all the same', async () => {
    const { socket, client } = await open(face);
    expect(socket.binaryType).toBe('nodebuffer');
    const received: unknown[] = [];
    socket.on('message', (data) => received.push(data));
    const expected: unknown[] = [];
    for (const [type, shape] of [
      ['arraybuffer', bytes.buffer],
      ['fragments', [Buffer.from(bytes)]],
      ['unheard of', [Buffer.from(bytes)]],
      ['nodebuffer', Buffer.from(bytes)],
    ] as const) {
      socket.binaryType = type as 'fragments';
      client.send(bytes);
      client.send('text');
      expected.push(shape, Buffer.from('text'));
      await expect.poll(() => received).toEqual(expected);
    }
    expect(received[0]).toBeInstanceOf(ArrayBuffer);
    (socket as { binaryType: string }).binaryType = 'blob';
    client.send(bytes);
    await expect.poll(() => received.at(-1)).toBeInstanceOf(Blob);
    expect(await (received.at(-1) as Blob).arrayBuffer()).toEqual(bytes.buffer);
  });

  it('takes a message beyond our own limit if maxPayload is 0', async () => {
    const { socket, client } = await open(face, { maxPayload: 0 });
    const size = 17 * 1024 * 1024;
    const arrived = once(socket, 'message') as Promise<[Buffer]>;
    client.send(Buffer.alloc(size, 'x'));
    expect((await arrived)[0]).toHaveLength(size);
  }, 30_000);
});
