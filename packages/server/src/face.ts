/**
 * The face of `ws`'s WebSocket in types: what every client's socket has, Holdfast's or a plain WebSocket's. The types are
 * ours, so that who installs this package need not install those of `ws`; they fit each other, which a test of types checks.
 */
import type { EventEmitter } from 'node:events';
import { WebSocket as PlainWebSocket } from 'ws';
import type { BinaryType, Data } from './data.ts';
import type { TransportName } from './transport.ts';

export type SendCallback = (error?: Error) => void;

/** Called without an error if there is none, too; it is written as the types of `ws` have it, to fit them. */
export type PingCallback = (error: Error) => void;

/** What `send` may be told. `mask` and `compress` are for the WebSocket that carries a message, if one does: they change nothing here. */
export interface SendOptions {
  /** Whether bytes are binary, or UTF-8 text. @default true for what is not a string */
  readonly binary?: boolean | undefined;
  /** False for a piece of a message: the next `send` goes on with it. @default true */
  readonly fin?: boolean | undefined;
  readonly compress?: boolean | undefined;
  readonly mask?: boolean | undefined;
}

export interface SocketEvents {
  /** Texts come as Buffers too; bytes come as `binaryType` says, by default as a Buffer. */
  message: [data: Buffer, isBinary: boolean];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** Another transport carries the session, or none does at the moment. Not in `ws`. */
  transport: [transport: TransportName | undefined];
}

export interface Event {
  readonly type: string;
  /** The socket: what listeners ask of it. (As a whole, the types of this package and those of `ws` would not fit.) */
  readonly target: Pick<
    ServerSocket,
    'readyState' | 'protocol' | 'bufferedAmount' | 'binaryType' | 'send' | 'close' | 'terminate'
  >;
}

export interface MessageEvent extends Event {
  /** A text as a string, bytes as `binaryType` says. */
  readonly data: string | Buffer | ArrayBuffer | Buffer[];
}

export interface CloseEvent extends Event {
  readonly code: number;
  readonly reason: string;
  /** Whether both ends knew. */
  readonly wasClean: boolean;
}

export interface ErrorEvent extends Event {
  readonly error: unknown;
  readonly message: string;
}

export interface SocketEventMap {
  open: Event;
  message: MessageEvent;
  close: CloseEvent;
  error: ErrorEvent;
}

type Listener<E> = ((event: E) => void) | { handleEvent(event: E): void };

/** What every client's socket has, Holdfast's or a plain WebSocket's (which is one of `ws`). */
export interface ServerSocket extends EventEmitter<SocketEvents> {
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  /** How bytes arrive. */
  get binaryType(): BinaryType;
  set binaryType(type: BinaryType | 'blob');
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly isPaused: boolean;
  readonly protocol: string;
  readonly readyState: 0 | 1 | 2 | 3;
  /** Who the client is, as the server's `authenticate` said; undefined without it. */
  readonly identity?: unknown;
  /** Of clients alone, as in `ws`: a server's socket has none. */
  readonly url: string;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  addEventListener<K extends keyof SocketEventMap>(
    type: K,
    listener: Listener<SocketEventMap[K]>,
    options?: { once?: boolean | undefined },
  ): void;
  removeEventListener<K extends keyof SocketEventMap>(type: K, listener: Listener<SocketEventMap[K]>): void;
  send(data: Data, callback?: SendCallback): void;
  send(data: Data, options: SendOptions, callback?: SendCallback): void;
  close(code?: number, reason?: string | Buffer): void;
  terminate(): void;
  ping(data?: unknown, mask?: boolean | PingCallback, callback?: PingCallback): void;
  pong(data?: unknown, mask?: boolean | PingCallback, callback?: PingCallback): void;
  pause(): void;
  resume(): void;
}

/** `ws`'s class, in these types. */
export interface WebSocketConstructor {
  new (address: null, protocols?: undefined, options?: object): ServerSocket;
  /** A plain client, with the options of `ws`. */
  new (address: string | URL, protocols?: string | string[] | object, options?: object): ServerSocket;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
}

export const WebSocketBase = PlainWebSocket as unknown as WebSocketConstructor;
