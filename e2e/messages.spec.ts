/** What is sent arrives as it is, in both directions, over each transport alone. */

import { oddTexts, wellFormed } from './page/messages.js';
import { expect, test, transports } from './support/fixtures.ts';

for (const transport of transports) {
  test.describe(`over ${transport} alone`, () => {
    test('opens and echoes', async ({ server, open }) => {
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      expect(await peer.echo('hello')).toBe('hello');
      expect(await peer.carriedBy(transport)).toBe(transport);
      expect(server.sockets.map((socket) => socket.transport)).toEqual([transport]);
    });

    test('brings every text as it is', async ({ server, open }) => {
      const heard: string[] = [];
      server.app = (socket) => {
        socket.on('message', (data) => {
          heard.push(String(data));
          socket.send(String(data));
        });
      };
      const peer = await open(server, { transports: [transport] });
      const changed = await peer.handle.evaluate(async (each) => {
        const texts: string[] = [];
        for (const text of oddTexts) if ((await each.echo(text)) !== wellFormed(text)) texts.push(text);
        return texts;
      });
      expect(changed).toEqual([]);
      expect(heard).toEqual(oddTexts.map(wellFormed));

      const isSame = await peer.handle.evaluate(async (each) => {
        const text = everyCodePoint();
        return (await each.echo(text)) === text;
      });
      expect(isSame).toBe(true);
    });

    test('takes every kind of bytes, and gives them in either kind', async ({ server, open }) => {
      const peer = await open(server, { transports: [transport] });
      const answers = await peer.handle.evaluate(async (each) => {
        const bytes = someBytes(1000);
        const larger = new Uint8Array(1200);
        larger.set(bytes, 100);
        const kinds = {
          ArrayBuffer: bytes.buffer,
          'typed array': bytes,
          'typed array with an offset': larger.subarray(100, 1100),
          'DataView with an offset': new DataView(larger.buffer, 100, 1000),
          'Uint16Array with an offset': new Uint16Array(larger.buffer, 100, 500),
          Blob: new Blob([bytes]),
        };
        const answers: string[] = [];
        for (const binaryType of ['arraybuffer', 'blob'] as const) {
          each.socket.binaryType = binaryType;
          for (const [name, data] of Object.entries(kinds)) {
            const answer = (await each.echo(data)) as Blob | ArrayBuffer;
            const isSame = await holds(answer, bytes);
            answers.push(`${name}: ${isSame ? 'the same' : 'other'} bytes in one ${answer.constructor.name}`);
          }
        }
        return answers;
      });
      const kinds = [
        'ArrayBuffer',
        'typed array',
        'typed array with an offset',
        'DataView with an offset',
        'Uint16Array with an offset',
        'Blob',
      ];
      expect(answers).toEqual([
        ...kinds.map((kind) => `${kind}: the same bytes in one ArrayBuffer`),
        ...kinds.map((kind) => `${kind}: the same bytes in one Blob`),
      ]);
    });

    test('keeps the order of texts, bytes and blobs, and takes bytes as they are when they are given', async ({
      server,
      open,
    }) => {
      const peer = await open(server, { transports: [transport] });
      const kinds = await peer.handle.evaluate(async (each) => {
        const { socket } = each;
        socket.send(new Blob(['1']));
        socket.send('2');
        socket.send(new Uint8Array([3]));
        socket.send(new Blob(['4', '4']));
        socket.send('');
        const kinds: string[] = [];
        for (let i = 0; i < 5; i++) {
          const data = (await each.next()) as string | ArrayBuffer;
          kinds.push(typeof data === 'string' ? `text ${data.length}` : `binary ${data.byteLength}`);
        }
        return kinds;
      });
      expect(kinds).toEqual(['binary 1', 'text 1', 'binary 1', 'binary 2', 'text 0']);

      const isSame = await peer.handle.evaluate(async (each) => {
        const bytes = someBytes(100_000);
        each.socket.send(bytes);
        bytes.fill(0);
        return holds((await each.next()) as ArrayBuffer, someBytes(100_000));
      });
      expect(isSame).toBe(true);
    });

    test('brings nothing, one byte and 16 MiB each way, as text and as bytes', async ({ server, open }) => {
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      for (const size of [0, 1, 16 * 1024 * 1024]) {
        const isSame = await peer.handle.evaluate(async (each, length) => {
          const bytes = someBytes(length);
          const text = '0123456789abcdef'.repeat(Math.ceil(length / 16)).slice(0, length);
          const inBytes = await holds((await each.echo(bytes)) as ArrayBuffer, bytes);
          return { length, inBytes, inText: (await each.echo(text)) === text };
        }, size);
        expect(isSame).toEqual({ length: size, inBytes: true, inText: true });
      }
    });

    test('counts what is buffered, and gets down to nothing', async ({ server, open }) => {
      const size = 3_000_000;
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      const before = await peer.handle.evaluate(({ socket }, length) => {
        socket.send(someBytes(length));
        return socket.bufferedAmount;
      }, size);
      expect(before).toBe(size);
      await expect.poll(() => peer.handle.evaluate(({ socket }) => socket.bufferedAmount)).toBe(0);
      await expect.poll(() => server.sockets[0]!.bufferedAmount).toBe(0);
    });
  });
}
