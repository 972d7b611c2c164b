/**
 * What an application holds on the server: the face of `ws`'s WebSocket over a session. The session goes from transport
 * to transport; the socket stays. What it says and hears is its connection's (`connection.ts`), of which nothing shows here:
 * programs put on their sockets what they like, under any name.
 */
import { CloseCode, isCloseCode } from '@holdfast/protocol';
import type { Connection } from './connection.ts';
import { textOf, type Data } from './data.ts';
import {
  WebSocketBase,
  type PingCallback,
  type SendCallback,
  type SendOptions,
  type ServerSocket,
} from './face.ts';
import { pingBytes, readPing } from './pings.ts';
import type { TransportName } from './transport.ts';

const NAMES = { 1: 'OPEN', 2: 'CLOSING', 3: 'CLOSED' };

/** What `ws` gives to each, though it is the same for all. */
const COMMON = { _extensions: {} };

/**
 * A client's session, as a WebSocket of `ws`: what that says of events, constants and `binaryType` is inherited, and what
 * touches the connection is replaced.
 */
export class HoldfastServerSocket extends WebSocketBase implements ServerSocket {
  /** The subprotocol that was chosen, or ''. */
  override readonly protocol: string;
  /** The token that the client came with last (its option `auth`). */
  auth = '';
  /** Who the client is, as the server's `authenticate` said when it came last. */
  override identity: unknown;
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection, protocol: string) {
    super(null, undefined, {});
    Object.assign(this, COMMON);
    this.protocol = protocol;
    this.#connection = connection;
  }

  /** What is behind a client's socket; a plain WebSocket has none. @internal */
  static connectionOf(socket: ServerSocket): Connection | undefined {
    return #connection in socket ? socket.#connection : undefined;
  }

  override get readyState(): 1 | 2 | 3 {
    return this.#connection.readyState;
  }

  /** The transport that carries the session; undefined while the client is away. */
  get transport(): TransportName | undefined {
    return this.#connection.transport?.name;
  }

  /** Bytes that are not on the network yet. */
  override get bufferedAmount(): number {
    return this.#connection.buffered;
  }

  /**
   * Sends a message: now, or when the client is back. A client that takes too little for too long is closed with 3950.
   * Bytes may be used again at once.
   *
   * @param callback called when the message is on its way, or with an error if it will never be
   * @throws TypeError for what has no bytes
   */
  override send(data: Data, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    if (!this.#connection.send(data, options ?? {}, callback)) refuse(callback, this.readyState);
  }

  /** Ends the session behind what was sent. `'close'` comes when the client has confirmed it. */
  override close(code?: number, reason: string | Buffer = ''): void {
    if (!this.#connection.isOpen) return;
    if (code !== undefined && !maySay(code))
      throw new TypeError('First argument must be a valid error code number');
    const text = code === undefined ? '' : textOf(reason);
    if (Buffer.byteLength(text) > 123) throw new RangeError('The message must not be greater than 123 bytes');
    this.#connection.close({ code: code ?? CloseCode.noStatus, reason: text });
  }

  /** Ends the session at once, without a word: a client that comes back begins a new one. */
  override terminate(): void {
    this.#connection.terminate();
  }

  /**
   * Asks the client for a sign of life. `'pong'` brings the data back; a client that is away is asked when it returns.
   *
   * @throws RangeError for more than 125 bytes
   */
  override ping(data?: unknown, mask?: boolean | PingCallback, callback?: PingCallback): void {
    const [said, done] = readPing(data, mask, callback);
    if (!this.#connection.isOpen) {
      refuse(done, this.readyState);
      return;
    }
    this.#connection.ping(pingBytes(said));
    if (done) process.nextTick(done);
  }

  /**
   * Nothing: no page can see a pong that it did not ask for, and those that were asked for are sent.
   *
   * @throws RangeError for more than 125 bytes
   */
  override pong(data?: unknown, mask?: boolean | PingCallback, callback?: PingCallback): void {
    const [said, done] = readPing(data, mask, callback);
    if (!this.#connection.isOpen) {
      refuse(done, this.readyState);
      return;
    }
    pingBytes(said);
    if (done) process.nextTick(done);
  }

  /** Whether {@link pause} was called, and {@link resume} not since. */
  override get isPaused(): boolean {
    return this.#connection.isPaused;
  }

  /**
   * Emits no more `'message'`, nor a `'close'` that comes behind them, until {@link resume}. The client goes on sending
   * until it has sent the server's `receiveWindow`, and then waits: that is the back-pressure, on every transport.
   */
  override pause(): void {
    this.#connection.pause();
  }

  /** Emits what has arrived meanwhile, from the next turn of the event loop on, and lets the client go on. */
  override resume(): void {
    this.#connection.resume();
  }
}

function refuse(callback: SendCallback | undefined, state: 1 | 2 | 3): void {
  if (callback)
    process.nextTick(callback, new Error(`WebSocket is not open: readyState ${state} (${NAMES[state]})`));
}

/** Whether an application may close with a code: 1005 says that there was none. */
const maySay = (code: unknown): boolean =>
  typeof code === 'number' && code !== CloseCode.noStatus && isCloseCode(code);
