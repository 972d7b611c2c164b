/** A request and its answer, as they pass between the obstacles. */

import { Readable } from 'node:stream';

export interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** Whether the body came in chunks, without its length in the head. */
  readonly chunked: boolean;
  /** Fires when nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: RawHeaders;
  /** A failure of this stream is passed on to the browser as a reset. */
  readonly body: Readable;
}

/** Names and values, in the order and the spelling in which they came. */
export type RawHeaders = readonly (readonly [name: string, value: string])[];

/** Takes a request one step further. A rejection becomes a reset of the browser's connection. */
export type Deliver = (request: Request) => Promise<Answer>;

export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

/** An answer of the proxy's own. */
export function plainAnswer(status: number, reason: string, headers: RawHeaders = []): Answer {
  const text = Buffer.from(`${status} ${reason}\n`);
  return {
    status,
    reason,
    headers: [['Content-Type', 'text/plain'], ['Content-Length', String(text.length)], ...headers],
    body: Readable.from([text]),
  };
}

/** Node's flat list of names and values, in pairs. */
export function inPairs(flat: readonly string[]): RawHeaders {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? '',
    flat[2 * index + 1] ?? '',
  ]);
}

/** RFC 9110, section 7.6.1: these describe one connection, and a proxy speaks for its own. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function endToEnd(headers: RawHeaders): RawHeaders {
  return headers.filter(([name]) => !hopByHop.has(name.toLowerCase()));
}

/** The body is whole by now, and goes on with its length even if the browser sent it in chunks. */
export function withLength(headers: RawHeaders, length: number): RawHeaders {
  const others = headers.filter(([name]) => name.toLowerCase() !== 'content-length');
  return length > 0 || others.length < headers.length
    ? [...others, ['Content-Length', String(length)]]
    : others;
}
