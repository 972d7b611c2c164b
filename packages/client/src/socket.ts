/**
 * The face: the W3C WebSocket (WHATWG websockets), with a session behind it that outlives its transports. What an
 * application sees is decided here; what carries it, in `connection.ts`.
 */
import { CloseCode, type Entry, type Payload } from '@holdfast/protocol';
import { closeArguments } from './close-arguments.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { platform } from './environment.ts';
import type { Diagnostic } from './diagnostics.ts';
import {
  closeEvent,
  defineHandlers,
  eventWith,
  type Handlers,
  type HoldfastEventMap,
  type SocketState,
} from './events.ts';
import { Memo } from './learned.ts';
import { resolveOptions, type HoldfastOptions, type ResolvedOptions, type UrlSource } from './options.ts';
import { asText, contentOf, messageOf, sizeOf, type SendData } from './send-data.ts';
import type { TransportName } from './transport.ts';
import { subprotocols, webSocketUrl } from './url.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const CONSTANTS = Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED });
const PHASES = { opening: CONNECTING, open: OPEN, closing: CLOSING, closed: CLOSED } as const;
const EVENTS = [
  'open',
  'message',
  'error',
  'close',
  'statechange',
  'transportchange',
  'sessionlost',
  'drop',
  'diagnostic',
] as const;
/** Verdicts that are kept. */
const MAX_DIAGNOSTICS = 32;
const ABNORMAL = { code: CloseCode.abnormal, reason: '', wasClean: false };
const BINARY_TYPES = ['blob', 'arraybuffer'] as const;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The handlers of each socket. Outside of it, since a prototype's attributes are defined outside of the class. */
const handlers = new WeakMap<HoldfastSocket, Handlers>();

/* eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- the handlers are defined on the prototype below */
export interface HoldfastSocket {
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
/* eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging -- see the interface above */
export class HoldfastSocket extends EventTarget {
  declare static readonly CONNECTING: 0;
  declare static readonly OPEN: 1;
  declare static readonly CLOSING: 2;
  declare static readonly CLOSED: 3;
  declare readonly CONNECTING: 0;
  declare readonly OPEN: 1;
  declare readonly CLOSING: 2;
  declare readonly CLOSED: 3;

  #connection: Connection;
  readonly #connect: () => Connection;
  /** How it ended, once it has. */
  #end = { code: 0, reason: '', detail: '' };
  readonly #options: ResolvedOptions;
  #url = '';
  /** What each MessageEvent tells as its origin. */
  #origin = '';
  #protocol = '';
  #binaryType: BinaryType = 'blob';
  /** What `statechange` and `transportchange` told last. */
  #told: { readonly name: SocketState['name']; readonly transport: TransportName | undefined };
  #diagnostics: readonly Diagnostic[] = [];
  /** Bytes that `send` was given when it was too late to send them (WHATWG websockets §3.1, `bufferedAmount`). */
  #lateBytes = 0;

  /** @param url ws:, wss:, http:, https: or relative; a function is asked before each try */
  constructor(url: UrlSource, protocols: string | readonly string[] = [], options: HoldfastOptions = {}) {
    super();
    handlers.set(this, {});
    // The W3C class would dial a page of that name. Here it is a mistake, also in a class that hands on what it was given.
    if ((url as unknown) === undefined) throw new TypeError('a WebSocket needs a URL');
    const source = typeof url === 'function' ? url : asText(url);
    const names = subprotocols(protocols);
    if (typeof source === 'string') this.#setUrl(source);
    const env = options.environment ?? platform(options);
    this.#options = resolveOptions(options, env);
    const address = (): string | Promise<string> => {
      if (typeof source === 'string') return this.#url;
      return Promise.resolve()
        .then(source)
        .then((found) => this.#setUrl(asText(found)));
    };
    this.#told = { name: 'connecting', transport: undefined };
    this.#connect = () =>
      new Connection(env, this.#options, address, names, this.#owner(), new Memo(env, this.#url));
    this.#connection = this.#connect();
    this.#connection.start();
  }

  /** The absolute URL; '' until a URL function has answered. */
  get url(): string {
    return this.#url;
  }

  /** The subprotocol that the server chose, or ''. */
  get protocol(): string {
    return this.#protocol;
  }

  /** Always '': what compresses a transport is not the application's business. */
  get extensions(): string {
    // Reads a private field, since that throws for anything but a socket.
    return this.#url && '';
  }

  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  /** What members ask: those of a class that extends this one, or of a page, may have replaced the public one. */
  get #readyState(): 0 | 1 | 2 | 3 {
    const state = PHASES[this.#connection.phase.name];
    const { queue, plain, link } = this.#options;
    // Without a queue nothing can be sent while the transport is replaced; and a plain one is a connection of its own. The
    // W3C class is never back at 0.
    const isGone = (!queue || plain) && link.retryDelay && !this.#connection.transport;
    return state === OPEN && isGone ? CONNECTING : state;
  }

  /** Bytes that `send` accepted and that are not handed to the network; text counts as UTF-8. */
  get bufferedAmount(): number {
    return this.#connection.buffered + this.#lateBytes;
  }

  /** What binary messages arrive as. @default 'blob' */
  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    // Read first, since that throws for anything but a socket.
    const before = this.#binaryType;
    const given = asText(type);
    // What is not in the enumeration is ignored (Web IDL §3.7.6).
    this.#binaryType = BINARY_TYPES.find((known) => known === given) ?? before;
  }

  /** The transport in use; undefined while there is none. */
  get transport(): TransportName | undefined {
    return this.#connection.transport;
  }

  /** How far the connection is, with what there is to know about it. */
  get state(): SocketState {
    const { phase, link, transport } = this.#connection;
    if (phase.name === 'closing') return { name: 'closing' };
    if (phase.name === 'closed') return { name: 'closed', ...this.#end };
    if (link.name === 'waiting') return { name: 'waiting', retryIn: this.#connection.until(link.retryAt) };
    if (phase.name === 'opening') return { name: 'connecting' };
    return transport ? { name: 'open', transport } : { name: 'reconnecting' };
  }

  /** What was found out about the way to the server, the latest last: 32 verdicts at most. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#diagnostics;
  }

  /** The round trip that was measured last, in ms. */
  get latency(): number | undefined {
    return this.#connection.latency;
  }

  /**
   * Sends a message, or queues it while there is no connection. Binary data is copied: it may be changed afterwards.
   *
   * @throws TypeError for memory that is shared or can be resized
   * @throws InvalidStateError (DOMException) before `open` and while there is no connection, with `queue: false`
   * @throws QuotaExceededError (DOMException) when the queue is full and its `whenFull` is 'error'
   */
  send(data: SendData): void {
    const connection = this.#connection;
    if (arguments.length === 0) throw new TypeError('send needs data');
    const message = messageOf(data);
    const size = sizeOf(message);
    const { queue } = this.#options;
    if (this.#readyState >= CLOSING) {
      this.#lateBytes += size;
      return;
    }
    if (!queue && this.#readyState === CONNECTING) {
      throw new DOMException(
        'there is no connection yet; wait for the open event, or allow a queue',
        'InvalidStateError',
      );
    }
    const { outbox } = connection.session;
    connection.expire();
    while (queue && !outbox.fits(size)) {
      const [oldest] = queue.whenFull === 'drop-oldest' ? outbox.drop(() => true, 1) : [];
      if (queue.whenFull === 'error') {
        throw new DOMException(
          `the queue is full (${outbox.length} messages, ${outbox.bytes} bytes); wait, or raise its bounds`,
          'QuotaExceededError',
        );
      }
      this.#dropped([oldest ?? { size }]);
      if (!oldest) return;
    }
    const expiresAt = queue ? connection.now() + queue.timeToLive : Infinity;
    const entry: Entry = { content: undefined, size, expiresAt };
    outbox.push(entry);
    if (typeof message !== 'string' && !(message instanceof Uint8Array)) {
      message.arrayBuffer().then(
        (buffer) => {
          entry.content = { data: new Uint8Array(buffer), binary: true };
          connection.pump();
        },
        () => {
          // A file that is gone cannot be sent; what is behind it can.
          this.#dropped(outbox.drop((other) => other === entry));
          connection.pump();
        },
      );
      return;
    }
    entry.content = contentOf(message);
    connection.pump();
  }

  /**
   * Ends the session, behind all that was sent. `close` fires when the server has confirmed it.
   *
   * @param code 1000, or 3000 to 4999
   * @param reason 123 bytes of UTF-8 at most
   * @throws InvalidAccessError (DOMException) for another code
   * @throws SyntaxError (DOMException) for a longer reason
   */
  close(...[code, reason]: [code?: number, reason?: string]): void {
    const connection = this.#connection;
    const goodbye = closeArguments(code, reason);
    connection.close(goodbye.code, goodbye.reason);
  }

  /**
   * Tries again at once, whatever the state: instead of waiting, instead of the transport in use, or anew after the end.
   */
  reconnect(): void {
    if (this.#readyState >= CLOSING) {
      // What was closing is not waited for.
      this.#connection.fail(CloseCode.abnormal, '');
      this.#connection = this.#connect();
      this.#changed();
      this.#connection.start();
    } else this.#connection.reconnect();
  }

  #setUrl(url: string): string {
    this.#url = webSocketUrl(url);
    this.#origin = new URL(this.#url).origin;
    return this.#url;
  }

  #owner(): ConnectionOwner {
    return {
      opened: (protocol) => {
        this.#protocol = protocol;
        super.dispatchEvent(new Event('open'));
      },
      message: (payload) => {
        if (this.#readyState === OPEN) this.#deliver(payload);
      },
      sessionLost: (unacknowledged) => {
        // A plain server has no session to lose: what matters there are messages.
        if (this.#options.plain && unacknowledged === 0) return;
        super.dispatchEvent(eventWith('sessionlost', { unacknowledged, resent: this.#options.resend }));
        if (this.#options.ends) this.#connection.fail(CloseCode.abnormal, '');
      },
      closed: (code, reason, failed) => {
        const detail = code === CloseCode.abnormal ? (this.#diagnostics.at(-1)?.detail ?? '') : '';
        this.#end = { code, reason, detail };
        this.#changed();
        this.#closed(code, reason, failed);
      },
      changed: () => {
        this.#changed();
      },
      diagnosed: (verdict) => {
        if (this.#options.plain && verdict.reason === 'session-lost') return;
        const diagnostic = { at: Date.now(), ...verdict };
        // Nearly always a mistake of the program's, which its author should see without having to ask.
        if (
          verdict.reason === 'not-holdfast' &&
          !this.#diagnostics.some(({ reason }) => reason === verdict.reason)
        )
          // eslint-disable-next-line no-console -- see above
          console.warn(`Holdfast, ${this.#url}: ${verdict.detail}`);
        this.#diagnostics = [...this.#diagnostics.slice(1 - MAX_DIAGNOSTICS), diagnostic];
        super.dispatchEvent(eventWith('diagnostic', { diagnostic }));
      },
      dropped: (entries) => {
        this.#dropped(entries);
      },
    };
  }

  #deliver({ data, binary }: Payload): void {
    const init = { data: this.#shown(data, binary), origin: this.#origin };
    super.dispatchEvent(new MessageEvent('message', init));
  }

  #shown(data: string | Uint8Array, binary: boolean): unknown {
    if (typeof data === 'string') return data;
    if (!binary) return decoder.decode(data);
    if (this.#binaryType === 'blob') return new Blob([data as BlobPart]);
    const { buffer, byteOffset, byteLength } = data;
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
  }

  #changed(): void {
    const { state, transport } = this;
    const before = this.#told;
    this.#told = { name: state.name, transport };
    if (before.name !== state.name) super.dispatchEvent(eventWith('statechange', { state }));
    if (before.transport !== transport) super.dispatchEvent(eventWith('transportchange', { transport }));
    if (this.#options.plain && before.transport && !transport && this.#readyState === CONNECTING) {
      const { code, reason, wasClean } = this.#connection.ended ?? ABNORMAL;
      this.#closed(code, reason, !wasClean);
    }
  }

  #closed(code: number, reason: string, failed: boolean): void {
    if (failed) super.dispatchEvent(new Event('error'));
    super.dispatchEvent(closeEvent(code, reason, !failed));
  }

  #dropped(entries: readonly { readonly size: number }[]): void {
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    super.dispatchEvent(eventWith('drop', { count: entries.length, bytes }));
  }
}

const define = (on: object, name: PropertyKey, descriptor: PropertyDescriptor): void => {
  Object.defineProperty(on, name, descriptor);
};

// What Web IDL makes of an interface (§3.7), where a class would be something else. Not in a static block, which Safari has
// only since 16.4.
const { prototype } = HoldfastSocket;
for (const name of Object.getOwnPropertyNames(prototype))
  if (name !== 'constructor') define(prototype, name, { enumerable: true });
for (const [name, value] of CONSTANTS)
  for (const on of [HoldfastSocket, prototype]) define(on, name, { value, enumerable: true });
define(prototype, Symbol.toStringTag, { value: 'WebSocket', configurable: true });
defineHandlers(prototype, EVENTS, (socket) => {
  const found = handlers.get(socket);
  if (!found) throw new TypeError('this is no HoldfastSocket');
  return found;
});
