/**
 * What one client can make a server keep, in bytes of memory: a reader that does not read, a writer that is not read. It runs
 * in a process of its own (`npm run test:load`), so what is measured is the server's, and this file's own few buffers.
 */
import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { controlRecord } from '@holdfast/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HoldfastServerSocket } from '../src/socket.ts';
import { batch, body, endOf, plain, nextRequest, post, serve } from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const NEW = `attach ${ID} 1 new -`;
const SEND = `send ${ID} 1`;
const MIB = 1024 * 1024;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are in use. */
function inUse(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The same, when what is over is gone. */
async function settled(): Promise<number> {
  for (let last = inUse(); ;) {
    for (let i = 0; i < 10; i++) await turn();
    const now = inUse();
    if (Math.abs(now - last) < 256 * 1024) return now;
    last = now;
  }
}

const turn = (): Promise<void> => new Promise(setImmediate);

/** A connection that sends this, reads until it sees that, and nothing any more. */
async function readUntil(url: string, request: string | Uint8Array, seen: string): Promise<Socket> {
  const socket = say(url, request);
  for (let text = ''; !text.includes(seen);) text += String(((await once(socket, 'data')) as [Buffer])[0]);
  socket.pause();
  return socket;
}

function say(url: string, request: string | Uint8Array): Socket {
  const socket = connectSocket(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.destroy();
  });
  socket.write(request);
  return socket;
}

const upgrade = (attach: string): string =>
  [
    'GET /live HTTP/1.1',
    'Host: here',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: holdfast.1, holdfast.attach.${attach}`,
    '',
    '',
  ].join('\r\n');

function request(...records: string[]): Buffer {
  const bytes = body(...records);
  const head = `POST /live?holdfast=1.x HTTP/1.1\r\nHost: here\r\nContent-Length: ${bytes.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes]);
}

/** How a session begins whose client does not read. */
const ways: Record<string, (url: string) => Promise<unknown>> = {
  websocket: (url) => readUntil(url, upgrade(`${ID}.1.new.-`), 'welcome'),
  async streaming(url) {
    await post(url, [NEW]);
    const poll = await readUntil(url, request(`poll ${ID} 1 1 60000 stream`), 'probe 1');
    poll.resume();
    expect((await post(url, [SEND, 'seen 1'])).lines).toEqual(['ack 0', 'stream 1']);
    poll.pause();
  },
  async polling(url) {
    await post(url, [NEW]);
    const isHere = nextRequest();
    say(url, request(`poll ${ID} 1 1 60000 poll`)).pause();
    await isHere;
  },
};

describe('a reader that does not read', () => {
  it.each(Object.keys(ways))(
    'is offered 1 GiB over %s, costs the bound and little more, and is closed with 3950',
    async (way) => {
      const { url, accepted } = await serve();
      await ways[way]?.(url);
      const socket = accepted[0] as HoldfastServerSocket;
      expect(socket.transport).toBe(way);
      let end: unknown;
      void endOf(socket).then((ended) => (end = ended));
      const message = Buffer.alloc(MIB);
      const before = await settled();
      let most = 0;
      let taken = 0;
      for (let i = 0; i < 1024; i++) {
        message.writeUInt32LE(i);
        if (socket.readyState === socket.OPEN) taken++;
        socket.send(message);
        // Not all of it in one turn of the event loop, so that whatever may go out goes.
        if (i < 128) await turn();
        if (i % 16 === 0 && i < 128) most = Math.max(most, inUse() - before);
      }
      // The last one is the one too many.
      expect([end, taken]).toEqual([[3950, 'too slow a reader'], 65]);
      expect(most).toBeGreaterThan(48 * MIB);
      expect(most).toBeLessThan(64 * MIB + 16 * MIB);
    },
  );

  it.each(Object.keys(ways))('may be behind by the bound over %s, and by no byte more', async (way) => {
    const { url, accepted } = await serve({ maxBuffered: { maxBytes: 3000 } });
    await ways[way]?.(url);
    const socket = accepted[0] as HoldfastServerSocket;
    for (const size of [1000, 1999, 1]) socket.send(Buffer.alloc(size));
    expect(socket.readyState).toBe(socket.OPEN);
    const ends: unknown[] = [];
    void endOf(socket).then((end) => ends.push(end));
    socket.send(Buffer.alloc(1));
    await expect.poll(() => ends).toEqual([[3950, 'too slow a reader']]);
  });

  it('is no reason to keep an answer to each of its pings', async () => {
    const { url, accepted } = await serve();
    await post(url, [NEW]);
    const pings = body(SEND, ...Array<string>(30_000).fill('ping 1'));
    await post(url, [pings]);
    const before = await settled();
    for (let i = 0; i < 3; i++) await post(url, [pings]);
    expect((await settled()) - before).toBeLessThan(4 * MIB);
    expect(accepted[0]?.readyState).toBe(1);
  });
});

describe('a message that waits', () => {
  it('for its other parts costs no more than twice itself, whatever its parts came in', async () => {
    const { url } = await serve();
    await post(url, [NEW]);
    const before = await settled();
    // Parts of one byte, each in a body of 64 KiB, as much as is read at once, of which the rest means nothing.
    const junk = controlRecord('x'.repeat(64 * 1024));
    for (let i = 0; i < 256; i++) {
      const part = Uint8Array.of((1 << 3) | 2, 0x61);
      expect((await post(url, [SEND, `from 1 ${i}`, part, junk])).lines).toEqual(['ack 0']);
    }
    expect((await settled()) - before).toBeLessThan(8 * MIB);
  });

  it('for its other parts is not dearer for parts in which nothing is', async () => {
    const { url } = await serve();
    await post(url, [NEW]);
    const empty = body(...Array<Uint8Array>(60_000).fill(Uint8Array.of(2)));
    await post(url, [SEND, 'from 1 0', empty]);
    const before = await settled();
    for (let i = 0; i < 4; i++) await post(url, [SEND, 'from 1 0', empty]);
    expect((await settled()) - before).toBeLessThan(8 * MIB);
  });

  it('for an application that has paused costs itself, whatever it came in', async () => {
    const { url, accepted, received } = await serve();
    await post(url, [NEW]);
    accepted[0]?.pause();
    const before = await settled();
    // A body is read 64 KiB at a time.
    const junk = controlRecord('x'.repeat(64 * 1024));
    for (let i = 1; i <= 256; i++) await post(url, [SEND, batch(i, 'a'), junk]);
    expect((await settled()) - before).toBeLessThan(8 * MIB);
    accepted[0]?.resume();
    await expect.poll(() => received.length).toBe(256);
  });

  it('is not read at all from a client that nobody has let in', async () => {
    const { url } = await serve({ verifyClient: (_, _done) => undefined });
    const socket = plain(url, ['holdfast.1', `holdfast.attach.${ID}.1.new.-`]);
    await once(socket, 'open');
    const before = await settled();
    const message = Buffer.alloc(15 * MIB);
    for (let i = 0; i < 4; i++) socket.send(message);
    for (let i = 0; i < 100; i++) await turn();
    // What this end has to send is in its own buffers, which are counted too: nothing of it is there twice.
    expect((await settled()) - before).toBeLessThan(5 * 15 * MIB + 8 * MIB);
    expect(socket.bufferedAmount).toBeGreaterThan(40 * MIB);
  });
});
