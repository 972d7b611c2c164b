/** A response is read while it arrives, with `fetch` and, where an application or an old browser asks for it, with XMLHttpRequest. */

import { expect, test, transports, type RemotePeer } from './support/fixtures.ts';

/** How the browser says that the page's requests to Holdfast were made. */
const initiators = (peer: RemotePeer): Promise<string[]> =>
  peer.handle.evaluate(() => {
    const requests = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
    const ours = requests.filter(({ name }) => name.includes('/live'));
    return [...new Set(ours.map(({ initiatorType }) => initiatorType))];
  });

const readers = [
  { name: 'fetch', options: {}, initiator: 'fetch' },
  { name: 'XMLHttpRequest', options: { fetch: false }, initiator: 'xmlhttprequest' },
] as const;

for (const { name, options, initiator } of readers) {
  test.describe(`read with ${name}`, () => {
    test('messages arrive while the response is open', async ({ server, open }) => {
      const peer = await open(server, { ...options, transports: ['streaming'] });
      await peer.carriedBy('streaming');
      const socket = server.sockets[0]!;
      expect(socket.transport).toBe('streaming');
      const stream = server.exchanges.find(
        ({ response }) => response.headersSent && !response.writableEnded,
      )!;
      const { length } = server.exchanges;
      for (const text of ['one', 'two', 'three', 'four', 'five']) {
        socket.send(text);
        expect(await peer.next()).toBe(text);
        // It could only have come on the one response that was open before, and still is.
        expect(stream.response.writableEnded).toBe(false);
      }
      const polls = server.exchanges.slice(length).filter(({ response }) => !response.writableEnded);
      expect(polls).toEqual([]);
      expect(await initiators(peer)).toEqual([initiator]);
    });

    test('a stream is renewed, and nothing is lost in between', async ({ server, open }) => {
      // More than the bound at which the server ends a response, and more than one message in flight.
      const count = 48;
      const length = 256 * 1024;
      const peer = await open(server, { ...options, transports: ['streaming'] });
      await peer.carriedBy('streaming');
      const bytes = Buffer.alloc(length, 'holdfast');
      for (let i = 0; i < count; i++) {
        bytes.writeUInt32BE(i, 0);
        server.sockets[0]!.send(Buffer.from(bytes));
      }
      const heads = await peer.handle.evaluate(async (each, total) => {
        const heads: string[] = [];
        for (let i = 0; i < total; i++) {
          const data = (await each.next()) as ArrayBuffer;
          heads.push(`${new DataView(data).getUint32(0)}: ${data.byteLength} bytes`);
        }
        return heads;
      }, count);
      expect(heads).toEqual(Array.from({ length: count }, (_, i) => `${i}: ${length} bytes`));
      expect(await peer.transports()).not.toContain('websocket');
    });
  });
}

for (const transport of transports.slice(1)) {
  test(`XMLHttpRequest reads every byte and every text as it is, over ${transport}`, async ({
    server,
    open,
  }) => {
    const peer = await open(server, { transports: [transport], fetch: false });
    await peer.carriedBy(transport);
    const isSame = await peer.handle.evaluate(async (each) => {
      const bytes = someBytes(100_000);
      const text = everyCodePoint();
      const texts: boolean[] = [];
      for (const odd of oddTexts) texts.push((await each.echo(odd)) === wellFormed(odd));
      return {
        bytes: await holds((await each.echo(bytes)) as ArrayBuffer, bytes),
        text: (await each.echo(text)) === text,
        texts: texts.every(Boolean),
      };
    });
    expect(isSame).toEqual({ bytes: true, text: true, texts: true });
  });
}
