/** Bytes as the body of one request, or of one response, with `fetch` and nothing beside it: as fast as HTTP goes. */

import { once } from 'node:events';
import { bytesOf } from '../lib/speech.mjs';

/** Compares what comes, piece by piece, with the messages that were sent. @param {number} size */
const comparer = (size) => {
  let at = 0;
  return (/** @type {Uint8Array} */ piece) => {
    for (let from = 0; from < piece.length;) {
      const offset = at % size;
      const length = Math.min(size - offset, piece.length - from);
      const expected = bytesOf(size, Math.floor(at / size)).subarray(offset, offset + length);
      if (!expected.equals(piece.subarray(from, from + length))) throw new Error('not what was sent');
      from += length;
      at += length;
    }
    return at;
  };
};

/** @type {import('../types.ts').Subject} */
export const oneRequest = {
  label: 'one request of `fetch`',
  async serve(server) {
    server.removeAllListeners('request');
    server.on('request', async (request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const [size, count] = ['size', 'count'].map((name) => Number(searchParams.get(name)));
      if (!size || !count) return response.writeHead(400).end();
      if (request.method === 'POST') {
        const compare = comparer(size);
        let length = 0;
        for await (const piece of request) length = compare(piece);
        return response.end(String(length));
      }
      response.writeHead(200, { 'content-length': size * count });
      for (let i = 0; i < count; i++) if (!response.write(bytesOf(size, i))) await once(response, 'drain');
      return response.end();
    });
    return undefined;
  },
  async connector() {
    return (port, listener) => {
      queueMicrotask(() => listener.onopen());
      const address = (/** @type {number} */ size, /** @type {number} */ count) =>
        `http://127.0.0.1:${port}/?size=${size}&count=${count}`;
      return {
        send: () => {},
        close: () => listener.onclose(),
        async give({ size, count }) {
          const body = Buffer.concat(Array.from({ length: count }, (_, index) => bytesOf(size, index)));
          const startedAt = performance.now();
          const answer = await fetch(address(size, count), { method: 'POST', body });
          if (Number(await answer.text()) !== size * count) throw new Error('not all has arrived');
          return performance.now() - startedAt;
        },
        async take({ size, count }) {
          const startedAt = performance.now();
          const { body } = await fetch(address(size, count));
          const compare = comparer(size);
          let length = 0;
          for await (const piece of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (body)))
            length = compare(piece);
          if (length !== size * count) throw new Error('not all has come');
          return performance.now() - startedAt;
        },
      };
    };
  },
};
