/** What an application holds: the members of the W3C WebSocket (WHATWG websockets), and those beside them. */
import type { Diagnostic } from './diagnostics.ts';
import type { HoldfastEventMap, SocketState } from './events.ts';
import type { HoldfastOptions, UrlSource } from './options.ts';
import type { SendData } from './send-data.ts';
import type { TransportName } from './transport.ts';

/**
 * A WebSocket that holds: messages arrive exactly once and in order while the server has the session (its
 * `resumeWindow`), whatever happens to the connection below.
 *
 * `readyState` stays OPEN while a lost transport is replaced; `state` and `transport` tell. `close` comes when the
 * session ends: asked for by either side, refused by the server (3000, 3003), or given up (1006, option `reconnect`).
 *
 * @throws SyntaxError (DOMException) for a URL or subprotocol that the W3C class would not take either
 * @throws TypeError for options that cannot be meant
 */
export interface HoldfastSocket extends EventTarget {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /** The absolute URL; '' until a URL function has answered. */
  readonly url: string;
  /** The subprotocol that the server chose, or ''. */
  readonly protocol: string;
  /** Always '': what compresses a transport is not the application's business. */
  readonly extensions: string;
  readonly readyState: 0 | 1 | 2 | 3;
  /** Bytes that `send` accepted and that are not handed to the network; text counts as UTF-8. */
  readonly bufferedAmount: number;
  /** What binary messages arrive as. @default 'blob' */
  binaryType: BinaryType;
  /** The transport in use; undefined while there is none. */
  readonly transport: TransportName | undefined;
  /** How far the connection is, with what there is to know about it. */
  readonly state: SocketState;
  /** What was found out about the way to the server, the latest last: 32 verdicts at most. */
  readonly diagnostics: readonly Diagnostic[];
  /** The round trip that was measured last, in ms; undefined until something was sent. */
  readonly latency: number | undefined;

  /**
   * Sends a message, or queues it while there is no connection. Binary data is copied: it may be changed afterwards.
   *
   * @throws TypeError for memory that is shared or can be resized
   * @throws InvalidStateError (DOMException) before `open` and while there is no connection, with `queue: false`
   * @throws QuotaExceededError (DOMException) when the queue is full and its `whenFull` is 'error'
   */
  send(data: SendData): void;

  /**
   * Ends the session, behind all that was sent. `close` fires when the server has confirmed it.
   *
   * @param code 1000, or 3000 to 4999
   * @param reason 123 bytes of UTF-8 at most
   * @throws InvalidAccessError (DOMException) for another code
   * @throws SyntaxError (DOMException) for a longer reason
   */
  close(code?: number, reason?: string): void;

  /**
   * Tries again at once, whatever the state: instead of waiting, instead of the transport in use, or anew after the end.
   */
  reconnect(): void;

  // Without a `this`, which an assignment to `socket.on…` infers: with one, no HoldfastSocket would be a WebSocket.
  onopen: ((event: HoldfastEventMap['open']) => unknown) | null;
  onmessage: ((event: HoldfastEventMap['message']) => unknown) | null;
  onerror: ((event: HoldfastEventMap['error']) => unknown) | null;
  onclose: ((event: HoldfastEventMap['close']) => unknown) | null;
  onstatechange: ((event: HoldfastEventMap['statechange']) => unknown) | null;
  ontransportchange: ((event: HoldfastEventMap['transportchange']) => unknown) | null;
  onsessionlost: ((event: HoldfastEventMap['sessionlost']) => unknown) | null;
  ondrop: ((event: HoldfastEventMap['drop']) => unknown) | null;
  ondiagnostic: ((event: HoldfastEventMap['diagnostic']) => unknown) | null;
  addEventListener<K extends keyof HoldfastEventMap>(
    type: K,
    listener: (this: HoldfastSocket, event: HoldfastEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof HoldfastEventMap>(
    type: K,
    listener: (this: HoldfastSocket, event: HoldfastEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** The class of an entry. */
export interface HoldfastSocketClass<Options = HoldfastOptions> {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  readonly prototype: HoldfastSocket;
  /** @param url ws:, wss:, http:, https: or relative; a function is asked before each try */
  new (url: UrlSource, protocols?: string | readonly string[], options?: Options): HoldfastSocket;
}
