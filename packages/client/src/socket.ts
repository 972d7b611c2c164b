/**
 * The face: the W3C WebSocket (WHATWG websockets), with a session behind it that outlives its transports. What an
 * application sees is decided here; what carries it, in `connection.ts`.
 */
import { CloseCode, type Entry, type Payload } from '@holdfast/protocol';
import type { Carriers } from './carriers.ts';
import { closeArguments } from './close-arguments.ts';
import type { Diagnostic } from './diagnostics.ts';
import { closeEvent, defineHandlers, eventWith, type Handlers, type SocketState } from './events.ts';
import type { HoldfastSocketClass } from './face.ts';
import { resolveOptions, type HoldfastOptions, type ResolvedOptions, type UrlSource } from './options.ts';
import type { ConnectionOwner, SocketConnection } from './socket-connection.ts';
import { asText, contentOf, messageOf, sizeOf, type SendData } from './send-data.ts';
import type { TransportName } from './transport.ts';
import { subprotocols, webSocketUrl } from './url.ts';

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;
const CONSTANTS = Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED });
/** The phases of a connection, each at the place of its `readyState`. */
const PHASES = ['opening', 'open', 'closing', 'closed'] as const;
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
const BINARY_TYPES = ['blob', 'arraybuffer'] as const;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The handlers of each socket. Outside of it, since a prototype's attributes are defined outside of the class. */
const handlers = new WeakMap<EventTarget, Handlers>();

const define = (on: object, name: PropertyKey, descriptor: PropertyDescriptor): void => {
  Object.defineProperty(on, name, descriptor);
};

/** Makes the class of an entry, whose sessions travel on what that entry brings. */
export function socketClass<Options extends HoldfastOptions>(
  carriers: Carriers,
): HoldfastSocketClass<Options> {
  class HoldfastSocket extends EventTarget {
    #connection: SocketConnection;
    readonly #connect: () => SocketConnection;
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

    constructor(url: UrlSource, protocols: string | readonly string[] = [], options: HoldfastOptions = {}) {
      super();
      handlers.set(this, {});
      // The W3C class would dial a page of that name. Here it is a mistake, also in a class that hands on what it was given.
      if ((url as unknown) === undefined) throw new TypeError('a WebSocket needs a URL');
      const source = typeof url === 'function' ? url : asText(url);
      const names = subprotocols(protocols);
      if (typeof source === 'string') this.#setUrl(source);
      const env = options.environment ?? carriers.platform(options);
      this.#options = resolveOptions(options, env, carriers);
      const address = (): string | Promise<string> => {
        if (typeof source === 'string') return this.#url;
        return Promise.resolve()
          .then(source)
          .then((found) => this.#setUrl(asText(found)));
      };
      this.#told = { name: 'connecting', transport: undefined };
      this.#connect = () =>
        carriers.connect(env, this.#options, address, names, this.#owner(), carriers, this.#url);
      this.#connection = this.#connect();
      this.#connection.start();
    }

    get url(): string {
      return this.#url;
    }

    get protocol(): string {
      return this.#protocol;
    }

    get extensions(): string {
      // Reads a private field, since that throws for anything but a socket.
      return this.#url && '';
    }

    get readyState(): 0 | 1 | 2 | 3 {
      return this.#readyState;
    }

    /** What members ask: those of a class that extends this one, or of a page, may have replaced the public one. */
    get #readyState(): 0 | 1 | 2 | 3 {
      const state = PHASES.indexOf(this.#connection.phase.name) as 0 | 1 | 2 | 3;
      const { queue, link } = this.#options;
      // Without a queue nothing can be sent while the transport is replaced. The W3C class is never back at 0.
      const isGone = !queue && link.retryDelay && !this.#connection.transport;
      return state === OPEN && isGone ? CONNECTING : state;
    }

    get bufferedAmount(): number {
      return this.#connection.buffered + this.#lateBytes;
    }

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

    get transport(): TransportName | undefined {
      return this.#connection.transport;
    }

    get state(): SocketState {
      const { phase, link, transport } = this.#connection;
      if (phase.name === 'closing') return { name: 'closing' };
      if (phase.name === 'closed') return { name: 'closed', ...this.#end };
      if (link.name === 'waiting') return { name: 'waiting', retryIn: this.#connection.until(link.retryAt) };
      if (phase.name === 'opening') return { name: 'connecting' };
      return transport ? { name: 'open', transport } : { name: 'reconnecting' };
    }

    get diagnostics(): readonly Diagnostic[] {
      return this.#diagnostics;
    }

    get latency(): number | undefined {
      return this.#connection.latency;
    }

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
        throw new DOMException('not open yet; wait for `open`, or allow a queue', 'InvalidStateError');
      }
      const { outbox } = connection;
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

    close(...[code, reason]: [code?: number, reason?: string]): void {
      const connection = this.#connection;
      const goodbye = closeArguments(code, reason);
      connection.close(goodbye.code, goodbye.reason);
    }

    reconnect(): void {
      if (this.#readyState >= CLOSING) {
        // What was closing is not waited for.
        this.#connection.fail();
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
          super.dispatchEvent(eventWith('sessionlost', { unacknowledged, resent: this.#options.resend }));
          if (this.#options.ends) this.#connection.fail();
        },
        closed: (code, reason, failed) => {
          const detail = code === CloseCode.abnormal ? (this.#diagnostics.at(-1)?.detail ?? '') : '';
          this.#end = { code, reason, detail };
          this.#changed();
          if (failed) super.dispatchEvent(new Event('error'));
          super.dispatchEvent(closeEvent(code, reason, !failed));
        },
        changed: () => {
          this.#changed();
        },
        diagnosed: (verdict) => {
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
    }

    #dropped(entries: readonly { readonly size: number }[]): void {
      const bytes = entries.reduce((sum, { size }) => sum + size, 0);
      super.dispatchEvent(eventWith('drop', { count: entries.length, bytes }));
    }
  }

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

  return HoldfastSocket as unknown as HoldfastSocketClass<Options>;
}
