/** HoldfastStream in a page: true back-pressure, both ways, over each transport. */

import { once } from 'node:events';
import type * as Stream from '@holdfast/client/stream';
import { createWebSocketStream, type ServerSocket } from '@holdfast/server';
import { expect, test, transports } from './support/fixtures.ts';

const KIB = 1024;
const WINDOW = 256 * KIB;
const CHUNK = 16 * KIB;
const CHUNKS = 256;

test.use({ serverOptions: { receiveWindow: 1024 * KIB } });

for (const transport of transports) {
  test.describe(`a stream over ${transport}`, () => {
    test('stops the server that nobody reads, and brings all of it, in order, once somebody does', async ({
      server,
      page,
    }) => {
      let sent = 0;
      server.app = (socket: ServerSocket) => {
        for (let i = 0; i < CHUNKS; i++) socket.send(Buffer.alloc(CHUNK, i), () => sent++);
      };
      await page.goto(server.url);
      await page.evaluate(
        async ([url, only, highWaterMark]) => {
          const address: string = '/stream.mjs';
          const { HoldfastStream } = (await import(address)) as typeof Stream;
          const stream = new HoldfastStream(url, {
            transports: [only],
            highWaterMark: highWaterMark,
          });
          const { readable } = await stream.opened;
          Object.assign(globalThis, { reader: readable.getReader() });
        },
        ['/live', transport, WINDOW] as const,
      );
      const allowed = Math.ceil(WINDOW / (CHUNK + 64));
      await expect.poll(() => sent).toBe(allowed);
      const read = await page.evaluate(
        async ([chunks, size]) => {
          const { reader } = globalThis as unknown as { reader: ReadableStreamDefaultReader<Uint8Array> };
          for (let i = 0; i < (chunks as number); i++) {
            const { value } = await reader.read();
            if (value?.length !== size || value.some((byte) => byte !== i % 256))
              return `chunk ${i} is another`;
          }
          return 'all of it';
        },
        [CHUNKS, CHUNK] as const,
      );
      expect(read).toBe('all of it');
      expect(sent).toBe(CHUNKS);
    });

    test('makes a writer wait for a server that does not read, and loses nothing', async ({
      server,
      page,
    }) => {
      let duplex: ReturnType<typeof createWebSocketStream> | undefined;
      let peer: ServerSocket | undefined;
      server.app = (socket: ServerSocket) => {
        peer = socket;
        duplex = createWebSocketStream(socket, { highWaterMark: CHUNK });
      };
      await page.goto(server.url);
      await page.evaluate(
        async ([url, only, size, chunks]) => {
          const address: string = '/stream.mjs';
          const { HoldfastStream } = (await import(address)) as typeof Stream;
          const stream = new HoldfastStream(url, { transports: [only] });
          const { writable } = await stream.opened;
          const writer = writable.getWriter();
          const progress = { written: 0 };
          Object.assign(globalThis, { progress });
          void (async () => {
            for (let i = 0; i < (chunks as number); i++) {
              await writer.write(new Uint8Array(size).fill(i));
              progress.written++;
            }
            await writer.close();
          })();
        },
        // Five times what the server has room for.
        ['/live', transport, 128 * KIB, 40] as const,
      );
      const written = () =>
        page.evaluate(() => (globalThis as unknown as { progress: { written: number } }).progress.written);
      // The server's window of 1 MiB, and as much that the page keeps.
      await expect.poll(written, { timeout: 30_000 }).toBeGreaterThanOrEqual(8);
      const before = await written();
      // In three round trips all has come that the page could send without being allowed more.
      for (let i = 0; i < 3; i++) {
        const answered = once(peer!, 'pong');
        peer!.ping();
        await answered;
      }
      expect(await written()).toBeLessThanOrEqual(18);
      expect(before).toBeLessThanOrEqual(18);
      let size = 0;
      for await (const chunk of duplex!) {
        const bytes = chunk as Buffer;
        for (let at = 0; at < bytes.length; at += 64 * KIB) {
          expect(bytes[at]).toBe(Math.floor((size + at) / (128 * KIB)) % 256);
        }
        size += bytes.length;
      }
      expect(size).toBe(40 * 128 * KIB);
    });
  });
}
