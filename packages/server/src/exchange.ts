/**
 * One HTTP request and its response, in the little that the core needs: frameworks and simulated networks are thin
 * adapters to it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A response under way. Calls after its end do nothing. */
export interface Reply {
  /** Bytes that were written and are not on the network yet. */
  readonly buffered: number;
  /** Sends bytes on, at once; the first call sends the headers too. */
  write(bytes: Uint8Array): void;
  /** Ends a response of frames. */
  end(bytes?: Uint8Array): void;
  /** Ends with a status other than 200, and words for a person. */
  fail(status: number, message: string): void;
  /** Calls back when there is room again. */
  onDrain(callback: () => void): void;
  /** Calls back when the response is over, whoever ended it. */
  onClose(callback: () => void): void;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly reply: Reply;
  /** Reads the whole body; 'too-large' beyond `limit` bytes. Not called back if the client went away. */
  readBody(limit: number, done: (body: Uint8Array | 'too-large') => void): void;
}

/** Bytes pass through caches, compressors and nginx as they are written. */
const HEADERS = {
  'content-type': 'application/octet-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
};

/** A page of an allowed origin may read the answer, and come with its cookies, as a WebSocket does. */
function corsHeaders(request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'Origin',
  };
}

/** Node's request and response as an exchange; those of HTTP/2 (compatibility API) are the same, as far as they are used. */
export function nodeExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const headers = corsHeaders(request);
  const reply: Reply = {
    get buffered() {
      return response.writableLength;
    },
    write(bytes) {
      if (!response.headersSent) response.writeHead(200, { ...HEADERS, ...headers });
      if (!response.writableEnded) response.write(bytes);
    },
    end(bytes) {
      if (response.writableEnded) return;
      if (!response.headersSent) {
        response.writeHead(200, { ...HEADERS, ...headers, 'content-length': bytes?.length ?? 0 });
      }
      response.end(bytes);
    },
    fail(status, message) {
      if (response.headersSent) return;
      // HTTP/2 has no such header, and nothing to end but the stream.
      const isLast = status === 413 && request.httpVersionMajor < 2;
      const tooLarge: Record<string, string> = isLast ? { connection: 'close' } : {};
      response.writeHead(status, { 'content-type': 'text/plain', ...headers, ...tooLarge });
      response.end(message);
    },
    onDrain(callback) {
      response.on('drain', callback);
    },
    onClose(callback) {
      response.on('close', callback);
    },
  };
  // A connection that dies takes its response along: 'close' tells; the error says nothing more.
  request.on('error', () => undefined);
  response.on('error', () => undefined);
  return {
    request,
    reply,
    readBody: (limit, done) => {
      if (!request.readableEnded) readBody(request, limit, done);
      // Nobody could read it again.
      else reply.fail(500, 'a body parser was first: call handleRequest before it');
    },
  };
}

function readBody(
  request: IncomingMessage,
  limit: number,
  done: (body: Uint8Array | 'too-large') => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else if (size - chunk.length <= limit) done('too-large');
  });
  request.on('end', () => {
    if (size <= limit) done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
}
