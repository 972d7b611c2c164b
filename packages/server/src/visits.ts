/**
 * Those who have come and have no session yet: how many they are, how much of them is here, and since when. Nobody knows
 * who they are, so they are bounded by where they come from; and so is what they come for, attaches and sessions.
 */
import type { IncomingMessage } from 'node:http';
import type { Bounds } from './bounds.ts';
import { Quota, type Exceeded } from './quota.ts';
import { Rate } from './rate.ts';
import { Appointment, type Scheduler } from './scheduler.ts';
import type { Counters } from './stats.ts';

/** There is no room: a client that comes later may find some. */
export interface Full {
  /** 429 if it is a matter of the client's address. */
  readonly status: 429 | 503;
  readonly reason: string;
  /** In ms. */
  readonly retryAfter: number;
}

/** Who finds no room comes back after this time, in ms: the places of visitors are soon free again. */
const RETRY = 1000;
const RETRY_FOR_SESSION = 5000;
/** A body may take a ms more for so many bytes: the slowest link that clients reckon with brings twice as many. */
const SLOW_BYTES_PER_MS = 2;

/** What there may be too many of. */
const WORDS = {
  sessions: 'sessions',
  unattached: 'clients without a session',
  bodies: 'bytes that wait for the rest of them',
};
type Bounded = keyof typeof WORDS;

type VisitBounds = Pick<
  Bounds,
  'maxUnattached' | 'maxBodies' | 'maxSessions' | 'attachRate' | 'attachTimeout' | 'bodyTimeout'
>;

export class Visits {
  /** What a visit needs to know. */
  readonly unattached: Quota;
  readonly bodies: Quota;
  readonly scheduler: Scheduler;
  readonly counters: Counters;
  readonly bounds: VisitBounds;
  readonly #sessions: Quota;
  readonly #rate: Rate;
  /** The address that each session is counted under; undefined if under none. */
  readonly #homes = new WeakMap<object, string | undefined>();
  readonly #addressOf: (request: IncomingMessage) => string | undefined;

  constructor(
    bounds: VisitBounds,
    scheduler: Scheduler,
    counters: Counters,
    addressOf: (request: IncomingMessage) => string | undefined,
  ) {
    this.bounds = bounds;
    this.scheduler = scheduler;
    this.counters = counters;
    this.unattached = new Quota(bounds.maxUnattached);
    this.bodies = new Quota(bounds.maxBodies);
    this.#sessions = new Quota(bounds.maxSessions);
    this.#rate = new Rate(bounds.attachRate, () => scheduler.now());
    this.#addressOf = addressOf;
  }

  /** Somebody has come: gives the visit, or why there is no room for one. */
  arrive(request: IncomingMessage): Visit | Full {
    const visit = new Visit(this, this.#addressOf(request));
    return visit.enter() ?? visit;
  }

  /** A visitor attaches: why it may not now, if so. */
  attach({ address }: Visit): Full | undefined {
    const wait = this.#rate.take(address);
    if (wait === 0) return undefined;
    this.counters.turnedAway.attaches++;
    return { status: 429, reason: 'too many attaches', retryAfter: Math.max(RETRY, wait) };
  }

  /** A visitor begins a session: why it may not, if so. */
  begin(session: object, { address }: Visit): Full | undefined {
    const exceeded = this.#sessions.take(address);
    if (exceeded) return this.full('sessions', exceeded);
    this.#homes.set(session, address);
    return undefined;
  }

  /** There is no room for something. */
  full(bound: Bounded, exceeded: Exceeded): Full {
    this.counters.turnedAway[bound]++;
    return {
      status: exceeded === 'total' ? 503 : 429,
      reason: `too many ${WORDS[bound]}`,
      retryAfter: bound === 'sessions' ? RETRY_FOR_SESSION : RETRY,
    };
  }

  /** A session is over. */
  end(session: object): void {
    const home = this.#homes.get(session);
    if (this.#homes.delete(session)) this.#sessions.free(home);
  }
}

/** One visit: a request, or a WebSocket that may come to carry a session, to lose it, and to visit again. */
export class Visit extends Appointment {
  readonly address: string | undefined;
  readonly #visits: Visits;
  /** What to do about one that stays too long. */
  #expire: (() => void) | undefined;
  #began = 0;
  #bytes = 0;
  #isHere = false;

  constructor(visits: Visits, address: string | undefined) {
    super();
    this.#visits = visits;
    this.address = address;
  }

  /** Whether it goes on. */
  get isHere(): boolean {
    return this.#isHere;
  }

  /** Begins, or begins again; gives why it may not. */
  enter(): Full | undefined {
    if (this.#isHere) return undefined;
    const exceeded = this.#visits.unattached.take(this.address);
    if (exceeded) return this.#visits.full('unattached', exceeded);
    this.#isHere = true;
    this.#began = this.#visits.scheduler.now();
    this.#wait(this.#visits.bounds.attachTimeout);
    return undefined;
  }

  /** The visitor has a session, an answer, or has gone. */
  leave(): void {
    if (!this.#isHere) return;
    this.#isHere = false;
    this.#visits.unattached.free(this.address);
    this.#visits.bodies.free(this.address, this.#bytes);
    this.#bytes = 0;
    this.#expire = undefined;
    this.#visits.scheduler.cancel(this);
  }

  /** Something is waited for, from now on: `expire` is called, once, if that takes too long. */
  awaits(expire: () => void): void {
    if (!this.#isHere) return;
    this.#expire = expire;
    this.#wait(this.#visits.bounds.attachTimeout);
  }

  /** So many bytes of its body are here, and more is waited for; gives why there is no room for them. */
  grow(bytes: number): Full | undefined {
    if (!this.#isHere) return undefined;
    const exceeded = this.#visits.bodies.take(this.address, bytes - this.#bytes);
    if (exceeded) return this.#visits.full('bodies', exceeded);
    this.#bytes = bytes;
    this.#wait(
      this.#began -
        this.#visits.scheduler.now() +
        this.#visits.bounds.bodyTimeout +
        bytes / SLOW_BYTES_PER_MS,
    );
    return undefined;
  }

  /** It was waited for too long. */
  override ring(): void {
    const expire = this.#expire;
    this.leave();
    this.#visits.counters.turnedAway.late++;
    expire?.();
  }

  #wait(ms: number): void {
    const { scheduler } = this.#visits;
    scheduler.set(this, scheduler.now() + ms);
  }
}
