/** What a client may cost, in bytes, numbers and time: each bound, and its default. SECURITY.md has all of them in one table. */
import type { OutboxBounds } from '@holdfast/protocol';
import type { TrustProxy } from './address.ts';
import type { Share } from './quota.ts';
import type { RateBound } from './rate.ts';

export interface BoundOptions {
  /** The largest message that is taken, in bytes; 0 for no limit but 2 GiB. Beyond: 1009. @default 16777216 */
  readonly maxPayload?: number | undefined;
  /** The largest body of a request, in bytes. Beyond: 413. @default 4194304 */
  readonly maxBatch?: number | undefined;
  /** Bodies of requests that are not all here, in bytes. Beyond: 503, or 429 for the address. @default \{ total: 268435456, perAddress: 67108864 \} */
  readonly maxBodies?: Partial<Share> | undefined;
  /** How long a body may take, in ms, beside one ms for every 2 bytes of it that are here. Then: 408. @default 20000 */
  readonly bodyTimeout?: number | undefined;
  /** Requests of one session whose responses are not over. Beyond: 429. @default 16 */
  readonly maxRequests?: number | undefined;
  /**
   * The header `Sec-WebSocket-Protocol`, and what stands in its place in an attach over HTTP (the token and the subprotocols),
   * in bytes. Beyond: 431; an attach is refused with 1009. @default 8192
   */
  readonly maxOffer?: number | undefined;
  /**
   * Sessions that are not closed, those of clients that are away included, and plain WebSockets. Beyond: 503, or 429 for
   * the address; over a WebSocket `go-away`. Who has a session may always come back to it.
   * @default \{ total: 100000, perAddress: 10000 \}
   */
  readonly maxSessions?: Partial<Share> | undefined;
  /** WebSockets, and requests that are being read or decided about, without a session. Beyond: 503, or 429 for the address. @default \{ total: 10000, perAddress: 256 \} */
  readonly maxUnattached?: Partial<Share> | undefined;
  /** How long one of those may be here, in ms, but for a body. Then: 503, or the end of the WebSocket. @default 15000 */
  readonly attachTimeout?: number | undefined;
  /** Attaches of one address, those of plain WebSockets included. Beyond: 429; over a WebSocket `go-away`. @default \{ burst: 1000, perSecond: 100 \} */
  readonly attachRate?: Partial<RateBound> | undefined;
  /**
   * Where addresses come from. Left out: from the connection, where private addresses are not counted, since they may be
   * a proxy's. Behind one, say so: without it nobody is bounded by address there.
   */
  readonly trustProxy?: TrustProxy | undefined;
  /** How long a session is kept for a client that is away, in ms. @default 60000 */
  readonly resumeWindow?: number | undefined;
  /** The longest silence before a client is pinged, in ms; 10 s later it is away. @default 25000 */
  readonly heartbeat?: number | undefined;
  /** What is kept for a client until it acknowledges it; beyond, it is closed with 3950. @default \{ maxMessages: 65536, maxBytes: 67108864 \} */
  readonly maxBuffered?: Partial<OutboxBounds> | undefined;
  /**
   * How much a client may send that a socket which is paused has not taken, in bytes, where each message counts 64 more;
   * then the client waits (PROTOCOL.md §2.7). 1 MiB at least. Beyond: 1008. @default 16777216
   */
  readonly receiveWindow?: number | undefined;
  /** How long a close waits to be confirmed by a client that is there, in ms. @default 30000 */
  readonly closeTimeout?: number | undefined;
  /** As in `ws`, for every WebSocket. @default 262144 */
  readonly maxBufferedChunks?: number | undefined;
  /** As in `ws`, for every WebSocket. @default 16384 */
  readonly maxFragments?: number | undefined;
  /** As in `ws`, for every WebSocket. @default 60 */
  readonly maxPendingAutoPongs?: number | undefined;
}

/** The bounds that are ours to hold, with nothing left to default. */
export interface Bounds {
  readonly maxPayload: number;
  readonly maxBatch: number;
  readonly maxBodies: Share;
  readonly bodyTimeout: number;
  readonly maxRequests: number;
  readonly maxOffer: number;
  readonly maxSessions: Share;
  readonly maxUnattached: Share;
  readonly attachTimeout: number;
  readonly attachRate: RateBound;
  readonly resumeWindow: number;
  readonly heartbeat: number;
  readonly maxBuffered: OutboxBounds;
  readonly receiveWindow: number;
  readonly closeTimeout: number;
}

const MIB = 1024 * 1024;
const DEFAULTS: Bounds = {
  maxPayload: 16 * MIB,
  maxBatch: 4 * MIB,
  maxBodies: { total: 256 * MIB, perAddress: 64 * MIB },
  bodyTimeout: 20_000,
  maxRequests: 16,
  maxOffer: 8192,
  maxSessions: { total: 100_000, perAddress: 10_000 },
  maxUnattached: { total: 10_000, perAddress: 256 },
  attachTimeout: 15_000,
  attachRate: { burst: 1000, perSecond: 100 },
  resumeWindow: 60_000,
  heartbeat: 25_000,
  maxBuffered: { maxMessages: 65_536, maxBytes: 64 * MIB },
  receiveWindow: 16 * MIB,
  closeTimeout: 30_000,
};
/** Less of it says nothing that can be meant: what rides along with an attach must fit, for one (PROTOCOL.md §2.7). */
const LEAST: Readonly<Record<string, number>> = {
  receiveWindow: MIB,
  maxBatch: 1024,
  heartbeat: 1,
  maxRequests: 2,
  burst: 1,
  perSecond: 0.001,
};
/** `ws` counts in 32 bits; a Holdfast text may have an escape of one byte more. */
const MAX_PAYLOAD = 2 ** 31 - 2;

/** Fills in the defaults; throws a TypeError for what cannot be meant. */
export function resolveBounds(options: BoundOptions): Bounds {
  const given = options as Readonly<Record<string, unknown>>;
  const resolved: Record<string, unknown> = {};
  for (const [name, usual] of Object.entries<number | object>({ ...DEFAULTS })) {
    const value = given[name] ?? usual;
    resolved[name] = typeof usual === 'object' ? parts(name, usual as Numbers, value) : checked(name, value);
  }
  const bounds = resolved as unknown as Bounds;
  const { maxPayload, maxBatch, maxBodies } = bounds;
  if (Math.min(maxBodies.total, maxBodies.perAddress) < maxBatch)
    throw new TypeError('maxBodies must have room for a body of maxBatch bytes');
  const trustProxy: unknown = options.trustProxy ?? 0;
  // Not `true`: nobody who says that has counted.
  if (
    trustProxy !== false &&
    typeof trustProxy !== 'function' &&
    !(Number.isInteger(trustProxy) && (trustProxy as number) >= 0)
  )
    throw new TypeError('trustProxy must be a number of proxies, false or a function');
  return { ...bounds, maxPayload: Math.min(maxPayload || MAX_PAYLOAD, MAX_PAYLOAD) };
}

type Numbers = Readonly<Record<string, number>>;

function parts(name: string, usual: Numbers, value: unknown): Numbers {
  const merged = { ...usual, ...(value as Numbers) };
  for (const [part, each] of Object.entries(merged)) checked(part, each, `${name}.${part}`);
  return merged;
}

function checked(name: string, value: unknown, called = name): unknown {
  const least = LEAST[name] ?? 0;
  if (!((value as number) >= least)) throw new TypeError(`${called} must be a number, ${least} or more`);
  return value;
}
