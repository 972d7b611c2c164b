/**
 * One HTTP request and its response, in the little that the core needs: frameworks and simulated networks are thin
 * adapters to it.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A response under way. Calls after its end do nothing. */
export interface Reply {
  /** Bytes that were written and are not on the network yet. */
  readonly buffered: number;
  /** Sends bytes on, at once; the first call sends the headers too. */
  write(bytes: Uint8Array): void;
  /** Ends a response of frames. */
  end(bytes?: Uint8Array): void;
  /** Ends with a status other than 200, words for a person, and in how many ms to come again. */
  fail(status: number, message: string, retryAfter?: number): void;
  /** Calls back when there is room again. */
  onDrain(callback: () => void): void;
  /** Calls back when the response is over, whoever ended it; at once if it is. */
  onClose(callback: () => void): void;
}

/** Takes a body, or what is said of it. */
export type OnBody = (body: Uint8Array | readonly Uint8Array[] | 'too-large') => void;

export interface Exchange {
  readonly request: IncomingMessage;
  readonly reply: Reply;
  /**
   * Reads the whole body, and gives it in the pieces in which it came; 'too-large' beyond `limit` bytes. Not called back if the
   * client went away.
   *
   * @param onPart told how many bytes are here when more is waited for; false to read no further
   */
  readonly readBody: (limit: number, done: OnBody, onPart: (bytes: number) => boolean) => void;
}

/** When a client that is turned away may come again, in s; clients spread over as much again. */
export const RETRY_AFTER = '1';

/** A whole answer needs no more: a cache keeps an answer to a POST only if that says how long it is fresh (RFC 9110 §9.3.3). */
const WHOLE = { 'content-type': 'application/octet-stream' };
/** Others pass through compressors and nginx as they are written. */
const STREAMED = { ...WHOLE, 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' };

/** A page of an allowed origin may read the answer, and come with its cookies, as a WebSocket does. */
function corsHeaders(request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    // A page of another origin does not see it otherwise.
    'access-control-expose-headers': 'Retry-After',
    vary: 'Origin',
  };
}

/**
 * Answers an upgrade, and ends its connection: Node has let go of that, so nobody else hears that it broke, or closes it for
 * a client that does not.
 */
export function refuseUpgrade(socket: Duplex, status: string, fields = ''): void {
  socket.on('error', () => undefined);
  socket.on('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${fields}Content-Length: 0\r\n\r\n`);
}

/** Responses that wait behind others on their connections (pipelining, RFC 9112 §9.3.2). */
const waiting = new WeakMap<Duplex, Set<ServerResponse>>();

/** Node tells a response that its connection has ended only when its turn had come. */
function tellOfEnd(connection: Duplex, response: ServerResponse): void {
  const known = waiting.get(connection);
  const responses = known ?? new Set();
  responses.add(response);
  response.on('close', () => responses.delete(response));
  if (known) return;
  waiting.set(connection, responses);
  connection.on('close', () => {
    for (const each of responses) each.emit('close');
  });
}

/** The address as the application wrote it: over a WebSocket there is no such parameter (PROTOCOL.md §6). */
function asWritten(url: string): string {
  const at = url.search(/[?&]holdfast=1\./);
  if (at < 0) return url;
  const end = url.indexOf('&', at + 1);
  return end < 0 ? url.slice(0, at) : url.slice(0, at + 1) + url.slice(end + 1);
}

/** Node's response. One for each request: it has no functions of its own, and one listener for all who want to know of its end. */
class NodeReply implements Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  /** Undefined when it is over. */
  #onClose: (() => void)[] | undefined = [];
  #onDrain = (): void => undefined;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
    response.on('close', () => {
      const told = this.#onClose;
      this.#onClose = undefined;
      for (const each of told ?? []) each();
    });
    if (!response.socket) tellOfEnd(request.socket, response);
    // A connection that dies takes its response along: 'close' tells; the error says nothing more.
    request.on('error', nothing);
    response.on('error', nothing);
  }

  get buffered(): number {
    return this.#response.writableLength;
  }

  write(bytes: Uint8Array): void {
    const response = this.#response;
    if (!response.headersSent) response.writeHead(200, { ...STREAMED, ...corsHeaders(this.#request) });
    if (response.writableEnded) return;
    // Not by 'drain': a response that waits behind another one on its connection says so when it is given to the socket,
    // with all that it holds, and not again (Node 20 and 22).
    let isFull = false;
    isFull = !response.write(bytes, () => {
      if (isFull) this.#onDrain();
    });
  }

  end(bytes?: Uint8Array): void {
    const response = this.#response;
    if (response.writableEnded) return;
    if (!response.headersSent) {
      // That the connection stays is the rule since HTTP/1.1 (RFC 9112 §9.3): Node would say it at length.
      if (this.#request.httpVersionMinor > 0 && response.shouldKeepAlive) response.removeHeader('connection');
      const headers: OutgoingHttpHeaders = { ...WHOLE, ...corsHeaders(this.#request) };
      headers['content-length'] = bytes?.length ?? 0;
      response.writeHead(200, headers);
    }
    response.end(bytes);
  }

  fail(status: number, message: string, retryAfter?: number): void {
    const response = this.#response;
    if (response.headersSent) return;
    // What has not come of a body is not waited for. HTTP/2 has no such header, and nothing to end but the stream.
    const isLast = !this.#request.readableEnded;
    const { stream } = response as { stream?: { close(): void } };
    const more: OutgoingHttpHeaders = { 'content-type': 'text/plain', ...corsHeaders(this.#request) };
    // Who is turned away is to find another server behind a balancer, and not this one on the same connection.
    if ((isLast || status === 503) && !stream) more['connection'] = 'close';
    const wait = retryAfter === undefined ? status === 503 && RETRY_AFTER : Math.ceil(retryAfter / 1000);
    if (wait) more['retry-after'] = String(wait);
    response.writeHead(status, more);
    response.end(message);
    if (isLast) stream?.close();
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  onClose(callback: () => void): void {
    if (this.#onClose) this.#onClose.push(callback);
    else callback();
  }
}

const nothing = (): void => undefined;

/** Node's request and response as an exchange; those of HTTP/2 (compatibility API) are the same, as far as they are used. */
export function nodeExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  if (request.url) request.url = asWritten(request.url);
  const reply = new NodeReply(request, response);
  return {
    request,
    reply,
    readBody: (limit, done, onPart) => {
      if (!request.readableEnded) readBody(request, limit, done, onPart);
      // Nobody could read it again.
      else reply.fail(500, 'a body parser was first: call handleRequest before it');
    },
  };
}

function readBody(
  request: IncomingMessage,
  limit: number,
  ...[done, onPart]: [done: OnBody, onPart: (bytes: number) => boolean]
): void {
  // A request may be held for long, and keeps nothing of its body, nor of whoever reads it.
  let reading: { chunks: Buffer[]; done: OnBody; onPart: (bytes: number) => boolean } | undefined = {
    chunks: [],
    done,
    onPart,
  };
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    if (!reading) return;
    size += chunk.length;
    reading.chunks.push(chunk);
    const isWhole = request.complete && request.readableLength === 0;
    if (size <= limit && (isWhole || reading.onPart(size))) return;
    const { done } = reading;
    reading = undefined;
    if (size > limit) done('too-large');
  });
  request.on('end', () => {
    const read = reading;
    reading = undefined;
    read?.done(read.chunks);
  });
}
