/** What sessions have in common: the server that they belong to, and what it remembers of each. */
import type { OutboxBounds } from '@holdfast/protocol';
import type { Lifetime } from './lifetime.ts';
import type { Scheduler } from './scheduler.ts';
import type { Copies } from './sending.ts';
import type { Counters } from './stats.ts';

/** What a connection needs of its server. */
export interface Host {
  readonly scheduler: Scheduler;
  readonly heartbeat: number;
  readonly resumeWindow: number;
  readonly maxPayload: number;
  readonly maxBuffered: OutboxBounds;
  /** How much of that may be sent and not acknowledged. */
  readonly maxInFlight: OutboxBounds;
  readonly receiveWindow: number;
  /** How long a message may wait to be acknowledged, in ms. */
  readonly ackDelay: number;
  /** Beyond which time after an acknowledgement the next one rides with a message, in ms. */
  readonly ackInterval: number;
  /** How long a close waits to be confirmed by a client that is there, in ms. */
  readonly closeTimeout: number;
  readonly copies: Copies;
  readonly counters: Counters;
  /** Over how many ms clients come back that are cut all at once; 0 for at once. */
  readonly spread: number;
  /** Runs a callback when the present turn of the event loop is done. */
  readonly defer: (callback: () => void) => void;
  /** The session is over. `verdict` answers a client that comes back for it. */
  ended(lifetime: Lifetime, verdict: Verdict): void;
}

/** What a client hears that attaches to a session which is over: nothing but that it is gone, why, or that all arrived. */
export type Verdict =
  'gone' | { readonly code: number; readonly reason: string } | { readonly received: number };
