/** The client's options, and how they are read: once, into a full and read-only form. */
import { backoffDelay, type Backoff, type OutboxBounds } from '@holdfast/protocol';
import type { Carriers, HttpOnDemand } from './carriers.ts';
import { asError, type Environment, type PlatformOptions, type WebSocketClass } from './environment.ts';
import type { LearnedStorage } from './learned.ts';
import type { Kind, LinkOptions } from './link.ts';
import type { TransportName } from './transport.ts';

/** Where to connect: asked anew before each try if it is a function. */
export type UrlSource = string | URL | (() => string | URL | Promise<string | URL>);

export interface ReconnectOptions extends Partial<Backoff> {
  /** Rounds that may fail in a row before the socket closes with 1006. @default Infinity */
  readonly maxAttempts?: number;
}

/** What happens to a message that does not fit into the queue. */
export type WhenFull = 'error' | 'drop-oldest' | 'drop-newest';

export interface QueueOptions extends Partial<OutboxBounds> {
  /**
   * 'error': `send` throws a `QuotaExceededError`. The others drop a message that was not sent yet, and say so in a
   * `drop` event. @default 'error'
   */
  readonly whenFull?: WhenFull;
  /** How long a message is worth sending, in ms. Then it is dropped, with a `drop` event. @default Infinity */
  readonly timeToLive?: number;
}

/** How a plain server is asked whether it is there. */
export interface PlainOptions {
  /**
   * What asks the server's application for an answer. Left out: silence means nothing, since a page cannot send the
   * WebSocket's own ping.
   */
  readonly ping?: string | Uint8Array | (() => string | Uint8Array);
  /** Whether a message is the answer: then the application does not get it. Left out: any message is one, and it does. */
  readonly isPong?: (data: string | ArrayBuffer) => boolean;
  /** The longest silence before a ping, in ms. @default 25000 */
  readonly pingInterval?: number;
}

export interface HoldfastOptions {
  /**
   * The transports that may be used, best first. The first one is dialled at once; WebSocket and HTTP stand in for each
   * other if both are named. @default ['websocket', 'streaming', 'polling']
   */
  readonly transports?: readonly TransportName[];
  /** How long the first transport is alone before the other one starts beside it, in ms. @default 300 */
  readonly fallbackDelay?: number;
  /**
   * What follows a lost connection. `false`: the socket closes with 1006, as the W3C class does. A function gets the
   * number of failed rounds (1, 2 …) and gives a delay in ms, or `false` to give up.
   * @default \{ minDelay: 500, maxDelay: 30000, factor: 2, maxAttempts: Infinity \}, fully jittered
   */
  readonly reconnect?: false | ReconnectOptions | ((attempt: number) => number | false);
  /**
   * Messages that wait: for the connection, and for the server's acknowledgement. `false`: `send` throws
   * `InvalidStateError` while there is no connection, as the W3C class does, and nothing is bounded.
   * @default \{ maxMessages: 65536, maxBytes: 67108864, whenFull: 'error', timeToLive: Infinity \}
   */
  readonly queue?: false | QueueOptions;
  /**
   * A token that the server's application checks, at each attach: a function is asked each time, and `reconnect()` presents
   * what it gives now. It travels in a header or a body, never in the URL.
   */
  readonly auth?: string | (() => string | Promise<string>);
  /**
   * What happens to messages that were sent but never acknowledged when the server has lost the session: 'resend' gives
   * at least once, 'discard' at most once. In both cases `open` fires again. 'close': the socket closes with 1006
   * instead, for programs that begin anew after a close. @default 'resend'
   */
  readonly sessionLost?: 'resend' | 'discard' | 'close';
  /**
   * For a WebSocket server that is not Holdfast's: reconnects, queues and looks after the link, without a session. Each
   * lost link fires `close` (1006, or what the server said), `readyState` is CONNECTING until the next one, and then
   * `open` fires again; a close in order with 1000 is the end. `sessionlost` tells of messages that were handed over and
   * never answered for; they are sent again only with `sessionLost: 'resend'`, those that never left the browser always.
   * An object tells how to ask the server for a sign of life. @default false
   */
  readonly plain?: boolean | PlainOptions;
  /** The class to use as native WebSocket. @default globalThis.WebSocket */
  readonly WebSocket?: WebSocketClass;
  /** The function to use as `fetch`; `false` asks for XMLHttpRequest. @default globalThis.fetch */
  readonly fetch?: typeof fetch | false;
  /**
   * Where what was learned of the way to the server is kept for an hour, for the next page: that WebSocket was of no use,
   * how large a body and how long a response may be. `false` for nowhere. @default the page's localStorage, where it has one
   */
  readonly storage?: LearnedStorage | false;
  /** @internal The whole world, for a simulated one. */
  readonly environment?: Environment;
}

/** Options of `@holdfast/client/websocket`. */
export interface WebSocketOptions extends Omit<HoldfastOptions, 'plain'> {
  /**
   * HTTP, loaded when it is dialled: `onDemand(() => import('@holdfast/client/http'))`. Left out: there is none, and
   * `transports` knows only 'websocket'.
   */
  readonly http?: HttpOnDemand;
}

/** Options of `@holdfast/client/plain`. */
export interface PlainSocketOptions extends Omit<
  HoldfastOptions,
  'plain' | 'transports' | 'fallbackDelay' | 'auth' | 'fetch' | 'storage'
> {
  /** How to ask the server for a sign of life. */
  readonly plain?: PlainOptions;
}

/** Options with nothing left to default. */
export interface ResolvedOptions {
  readonly link: LinkOptions;
  /** Whether a stream is wanted, over HTTP. */
  readonly streams: boolean;
  readonly queue: (OutboxBounds & Required<QueueOptions>) | undefined;
  readonly auth: () => string | Promise<string>;
  /** How much the server may send that the application has not taken, in bytes. */
  readonly receiveWindow: number;
  readonly resend: boolean;
  /** Whether the socket ends with its session. */
  readonly ends: boolean;
  /** For a server that is not Holdfast's. */
  readonly plain: PlainOptions | undefined;
  /** HTTP that is still to be loaded. */
  readonly http: HttpOnDemand | undefined;
  /** For HTTP that is. */
  readonly platform: PlatformOptions;
}

/** `send` copies nothing twice and waits for nothing: without a bound a dead link would fill the memory. */
const QUEUE = {
  maxMessages: 65536,
  maxBytes: 64 * 1024 * 1024,
  whenFull: 'error',
  timeToLive: Infinity,
} as const;
const BACKOFF: Backoff = { minDelay: 500, maxDelay: 30_000, factor: 2 };
const WEBSOCKET_ONLY: readonly TransportName[] = ['websocket'];
const TRANSPORTS: readonly TransportName[] = ['websocket', 'streaming', 'polling'];

/** Fills in the defaults; throws a TypeError for what cannot be meant. */
export function resolveOptions(
  options: HoldfastOptions & Pick<WebSocketOptions, 'http'>,
  env: Environment,
  carriers: Carriers,
): ResolvedOptions {
  const { http } = options;
  const plain = options.plain || !carriers.webSocket;
  const known = carriers.http || http ? TRANSPORTS : WEBSOCKET_ONLY;
  const { transports = known, fallbackDelay = 300, queue = {}, auth = '' } = options;
  const unknown = transports.find((name) => !known.includes(name));
  if (unknown !== undefined || transports.length === 0) {
    throw new TypeError(`transports: ${unknown ?? 'none'} given; use any of ${known.join(', ')}`);
  }
  if (!(fallbackDelay >= 0)) throw new TypeError('fallbackDelay must be 0 ms or more');
  const wanted = (plain ? WEBSOCKET_ONLY : transports).map((name): Kind =>
    name === 'websocket' ? name : 'http',
  );
  const kinds = [...new Set(wanted)].filter((kind) => (kind === 'http' ? (env.post ?? http) : env.WebSocket));
  if (kinds.length === 0) {
    throw new TypeError('no transport here: pass `WebSocket` or `fetch` as an option');
  }
  return {
    link: { kinds, fallbackDelay, retryDelay: retryDelay(options.reconnect, env.random), random: env.random },
    streams: transports.includes('streaming'),
    queue: queue ? { ...QUEUE, ...queue } : undefined,
    auth: typeof auth === 'function' ? auth : () => auth,
    receiveWindow: Infinity,
    resend: plain ? options.sessionLost === 'resend' : (options.sessionLost ?? 'resend') === 'resend',
    ends: options.sessionLost === 'close',
    plain: plain === true ? {} : plain || undefined,
    http,
    platform: options,
  };
}

function retryDelay(
  reconnect: HoldfastOptions['reconnect'],
  random: () => number,
): LinkOptions['retryDelay'] {
  if (reconnect === false) return undefined;
  if (typeof reconnect === 'function') {
    return (rounds) => {
      try {
        const delay = reconnect(rounds);
        return delay === false ? undefined : Math.max(0, Number(delay) || 0);
      } catch (error) {
        // The application's error surfaces as its own; the connection goes on as if nothing was said.
        void Promise.reject(asError(error));
        return backoffDelay(BACKOFF, rounds, random);
      }
    };
  }
  const { maxAttempts = Infinity, ...backoff } = reconnect ?? {};
  return (rounds) =>
    rounds >= maxAttempts ? undefined : backoffDelay({ ...BACKOFF, ...backoff }, rounds, random);
}
