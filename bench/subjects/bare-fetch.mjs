/**
 * A `fetch` that adds nothing: Node's own sends 150 bytes of headers that say what it is, a browser far more, and the clients of
 * engine.io and sockjs in Node hardly any. So that bytes are compared, and not ways to ask.
 */

import { Agent, request } from 'node:http';
import { Readable } from 'node:stream';

const agent = new Agent({ keepAlive: true });

/** @type {typeof fetch} */
export const bareFetch = async (url, { method = 'GET', headers, body, signal } = {}) => {
  const bytes = await new Response(body).arrayBuffer();
  return new Promise((resolve, reject) => {
    const asked = request(
      String(url),
      {
        method,
        agent,
        headers: { ...Object.fromEntries(new Headers(headers)), 'content-length': bytes.byteLength },
        ...(signal && { signal }),
      },
      (answer) => {
        const { statusCode: status = 0, rawHeaders } = answer;
        const pairs = /** @type {[string, string][]} */ ([]);
        for (let i = 0; i < rawHeaders.length; i += 2)
          pairs.push([rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '']);
        const stream = /** @type {ReadableStream} */ (Readable.toWeb(answer));
        resolve(new Response(status === 204 ? null : stream, { status, headers: pairs }));
      },
    );
    asked.on('error', reject);
    asked.end(Buffer.from(bytes));
  });
};
