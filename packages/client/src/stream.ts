/**
 * A session as a pair of streams, in the shape of WebSocketStream (whatwg/websockets pull request 48): back-pressure both
 * ways, over every transport and in every browser. A reader that does not read stops the sender at the other end.
 */
import { CloseCode, MESSAGE_COST, type Payload } from '@holdfast/protocol';
import { closeArguments } from './close-arguments.ts';
import { Connection } from './connection.ts';
import { everything } from './everything.ts';
import { resolveOptions, type HoldfastOptions } from './options.ts';
import { contentOf, messageOf, sizeOf } from './send-data.ts';
import type { ConnectionOwner } from './socket-connection.ts';
import type { TransportName } from './transport.ts';
import { subprotocols, webSocketUrl } from './url.ts';

/** What may be written; what is read is a string or a Uint8Array. */
export type StreamChunk = string | ArrayBuffer | ArrayBufferView<ArrayBuffer>;

export interface HoldfastStreamOptions extends Omit<HoldfastOptions, 'queue' | 'sessionLost' | 'plain'> {
  /** The subprotocols that the application offers. */
  readonly protocols?: readonly string[];
  /** Gives up while the stream is opening. Behind that it does nothing. */
  readonly signal?: AbortSignal;
  /**
   * How much may be on its way, in bytes, where each message counts 64 more: sent by the server and not read, and
   * written and not acknowledged (there 262144 at least: a server acknowledges every 131072). One message beyond it
   * may be. @default 1048576
   */
  readonly highWaterMark?: number;
}

/** An open stream. */
export interface OpenStream {
  readonly readable: ReadableStream<string | Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<StreamChunk>;
  /** The subprotocol that the server chose, or ''. */
  readonly protocol: string;
  /** Always ''. */
  readonly extensions: string;
}

/** How a stream ends. */
export interface StreamCloseInfo {
  /** 1000, or 3000 to 4999. Left out: none, which the other end sees as 1005. */
  readonly closeCode?: number | undefined;
  /** 123 bytes of UTF-8 at most. */
  readonly reason?: string | undefined;
}

/** Why a stream broke, or, thrown by the application, what to tell the server of its end. */
export class HoldfastStreamError extends DOMException {
  readonly closeCode: number | undefined;
  readonly reason: string;

  constructor(message = '', { closeCode, reason = '' }: StreamCloseInfo = {}) {
    super(message, 'WebSocketError');
    this.closeCode = closeCode;
    this.reason = reason;
  }
}

/** Less than this, and a writer would wait for acknowledgements that are not due, in bytes. */
const MIN_UNACKNOWLEDGED = 256 * 1024;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * A session whose messages are chunks. Lost transports are replaced, and nothing is lost or doubled. A stream cannot begin
 * anew in the middle: if the server loses the session, both streams break with a {@link HoldfastStreamError}.
 *
 * @throws SyntaxError (DOMException) for a URL or subprotocol that the W3C class would not take either
 * @throws TypeError for options that cannot be meant
 */
export class HoldfastStream {
  /** The absolute URL. */
  readonly url: string;
  /** The streams, once there is a session; rejected if there will be none. */
  readonly opened: Promise<OpenStream>;
  /** How it ended; rejected unless it was closed in order. */
  readonly closed: Promise<Required<StreamCloseInfo>>;
  readonly #connection: Connection;
  readonly #highWaterMark: number;
  readonly #opened = deferred<OpenStream>();
  readonly #closed = deferred<Required<StreamCloseInfo>>();
  #reader: ReadableStreamDefaultController<string | Uint8Array<ArrayBuffer>> | undefined;
  #writer: WritableStreamDefaultController | undefined;
  /** Lets the next chunk be written. */
  #proceed: (() => void) | undefined;

  /** @param url ws:, wss:, http:, https: or relative */
  constructor(url: string | URL, options: HoldfastStreamOptions = {}) {
    const { protocols = [], signal, highWaterMark = 1024 * 1024 } = options;
    if (!(highWaterMark > 0)) throw new TypeError('highWaterMark must be a number of bytes, 1 or more');
    this.url = webSocketUrl(String(url));
    this.opened = this.#opened.promise;
    this.closed = this.#closed.promise;
    this.#highWaterMark = Math.max(highWaterMark, MIN_UNACKNOWLEDGED);
    const env = options.environment ?? everything.platform(options);
    this.#connection = new Connection(
      env,
      { ...resolveOptions({ ...options, queue: false }, env, everything), receiveWindow: highWaterMark },
      () => this.url,
      subprotocols(protocols),
      this.#owner(),
      everything,
      this.url,
    );
    this.#connection.pause();
    if (signal) this.#heed(signal);
    if (!signal?.aborted) this.#connection.start();
  }

  /** The transport in use; undefined while there is none. */
  get transport(): TransportName | undefined {
    return this.#connection.transport;
  }

  /**
   * Ends the stream behind what was written; what was not read is dropped.
   *
   * @throws InvalidAccessError (DOMException) for a code that is neither 1000 nor 3000 to 4999
   * @throws SyntaxError (DOMException) for a reason of more than 123 bytes
   */
  close({ closeCode, reason }: StreamCloseInfo = {}): void {
    const goodbye = closeArguments(closeCode, reason);
    this.#connection.close(goodbye.code, goodbye.reason);
    this.#connection.resume();
  }

  #owner(): ConnectionOwner {
    return {
      opened: (protocol) => {
        this.#opened.resolve({ ...this.#streams(), protocol, extensions: '' });
      },
      message: (payload) => {
        // Behind a close of our own nobody reads.
        if (this.#connection.phase.name === 'closing') return;
        this.#reader?.enqueue(chunkOf(payload));
        this.#connection.pause();
      },
      acknowledged: () => {
        if (this.#hasRoom) this.#proceed?.();
      },
      sessionLost: (unacknowledged) => {
        const reason = `the server has lost the session; ${unacknowledged} messages were not acknowledged`;
        this.#connection.fail(CloseCode.abnormal, reason);
      },
      closed: (code, reason, failed) => {
        this.#end(code, reason, failed);
      },
      changed: () => undefined,
      diagnosed: () => undefined,
      dropped: () => undefined,
    };
  }

  #streams(): Pick<OpenStream, 'readable' | 'writable'> {
    const quit = (reason: unknown): void => {
      this.#quit(reason);
    };
    const readable = new ReadableStream<string | Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#reader = controller;
        },
        pull: () => {
          this.#connection.resume();
        },
        cancel: quit,
      },
      // One chunk for each that is asked for: what waits, waits in the session, which tells the server.
      { highWaterMark: 0 },
    );
    const writable = new WritableStream<StreamChunk>({
      start: (controller) => {
        this.#writer = controller;
      },
      write: (chunk) => this.#write(chunk),
      close: async () => {
        this.close();
        await this.closed;
      },
      abort: quit,
    });
    return { readable, writable };
  }

  get #hasRoom(): boolean {
    const { outbox } = this.#connection.session;
    return outbox.bytes + outbox.length * MESSAGE_COST < this.#highWaterMark;
  }

  /** Sends a chunk, and waits until there is room for the next one. */
  #write(chunk: StreamChunk): Promise<void> | undefined {
    const message = messageOf(chunk);
    if (message instanceof Blob) throw new TypeError('a Blob is no chunk; pipe its stream() instead');
    this.#connection.session.outbox.push({
      content: contentOf(message),
      size: sizeOf(message),
      expiresAt: Infinity,
    });
    this.#connection.pump();
    if (this.#hasRoom) return undefined;
    return new Promise((resolve) => {
      this.#proceed = resolve;
    });
  }

  /** A reader or a writer gives up; its error may say what to tell the server. */
  #quit(reason: unknown): void {
    try {
      this.close(reason instanceof HoldfastStreamError ? reason : {});
    } catch {
      // It came from another stream, with a code that only a browser may send.
      this.close();
    }
  }

  #end(code: number, reason: string, failed: boolean): void {
    const error = new HoldfastStreamError(reason || `the stream has ended with ${code}`, {
      closeCode: code,
      reason,
    });
    if (failed) {
      this.#opened.reject(error);
      this.#closed.reject(error);
      this.#reader?.error(error);
    } else {
      this.#closed.resolve({ closeCode: code, reason });
      try {
        this.#reader?.close();
      } catch {
        // It was cancelled.
      }
    }
    this.#writer?.error(error);
    this.#proceed?.();
  }

  /** Ends with a signal, as long as there are no streams yet. */
  #heed(signal: AbortSignal): void {
    const abort = (): void => {
      this.#opened.reject(signal.reason);
      this.#closed.reject(signal.reason);
      this.#connection.fail(CloseCode.abnormal, '');
    };
    const forget = (): void => {
      signal.removeEventListener('abort', abort);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
    this.opened.then(forget, forget);
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** A promise from outside. Nobody has to look at its rejection. */
function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((...both) => {
    [resolve, reject] = both;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** A message as it is read. Its bytes have a buffer to themselves, so that it can be transferred. */
function chunkOf({ data, binary }: Payload): string | Uint8Array<ArrayBuffer> {
  if (typeof data === 'string') return data;
  return binary ? new Uint8Array(data) : decoder.decode(data);
}
