/** The fault `http10`: a request and its answer as HTTP/1.0 has them. A connection ends with its answer, and its end is the answer's. */

import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { inPairs, plainAnswer, withLength, endToEnd, type Answer, type Deliver } from './message.ts';
import type { Target } from './upstream.ts';

/** Asks the server in HTTP/1.0. Gives its answer as soon as its head is there, or 502 when there is none. */
export function deliverInHttp10(target: Target, closing: AbortSignal): Deliver {
  return async ({ method, url, headers, body, gone }) => {
    const server = connect({ ...target, noDelay: true });
    const giveUp = (): void => void server.destroy();
    for (const signal of [gone, closing]) signal.addEventListener('abort', giveUp, { once: true });
    server.on('close', () => {
      for (const signal of [gone, closing]) signal.removeEventListener('abort', giveUp);
    });
    server.write(head(`${method} ${url} HTTP/1.0`, withLength(headers, body.length)));
    server.write(body);
    try {
      return await readAnswer(server);
    } catch (error) {
      return plainAnswer(502, 'Bad Gateway', [['X-Fault-Proxy', String(error)]]);
    }
  };
}

/** Gives the answer to a browser, and ends the connection. */
export async function relayInHttp10(answer: Answer, browser: Socket): Promise<void> {
  const line = `HTTP/1.0 ${answer.status} ${answer.reason}`;
  browser.write(head(line, [...answer.headers, ['Connection', 'close']]));
  await pipeline(answer.body, browser);
}

function head(firstLine: string, headers: Answer['headers']): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${firstLine}\r\n${lines.join('')}\r\n`, 'latin1');
}

async function readAnswer(server: Socket): Promise<Answer> {
  let seen = Buffer.alloc(0);
  for await (const chunk of server.iterator({ destroyOnReturn: false })) {
    seen = Buffer.concat([seen, chunk as Buffer]);
    const end = seen.indexOf('\r\n\r\n');
    if (end < 0) continue;
    const [statusLine = '', ...lines] = seen.toString('latin1', 0, end).split('\r\n');
    const [, status = '502', reason = ''] = /^HTTP\/1\.\d (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
    if (end + 4 < seen.length) server.unshift(seen.subarray(end + 4));
    // What is read from now on fails, if it does, for whoever reads it.
    server.on('error', () => undefined);
    return {
      status: Number(status),
      reason,
      headers: endToEnd(inPairs(lines.flatMap((line) => /^([^:]*):\s*(.*)$/.exec(line)?.slice(1) ?? []))),
      body: server,
    };
  }
  throw new Error('The server has closed without an answer');
}
