/**
 * What a server does, in numbers. To count is to increment where a thing happens; what is the case now is looked up when
 * somebody asks. Names are ours or close codes, so that nothing here says who a client is.
 */
import { CloseCode } from '@holdfast/protocol';
import { Histogram, type Distribution } from './histogram.ts';
import type { Registry } from './registry.ts';
import type { TransportName } from './transport.ts';
import type { Visits } from './visits.ts';

/** Codes of applications that are told apart: clients choose from 2000, and to who keeps them each is a series of its own. */
const MAX_CODES = 32;
/** The first code that an application may choose (RFC 6455 §7.4.2). */
const FIRST_CHOSEN = 3000;
const OURS: readonly number[] = Object.values(CloseCode);

/** How often something happened, by close code; 'other' for codes of applications beyond the first 32 different ones. */
export type ByCode = Readonly<Record<string, number>>;

/** Messages, and their bytes. */
export interface Traffic {
  readonly messages: number;
  readonly bytes: number;
}

/** How an attach was answered. */
export interface Attaches {
  /** A session began. */
  readonly new: number;
  /** A client came back to its session, or another transport of its took it over. */
  readonly resumed: number;
  /** A WebSocket may claim the session later, if it turns out better than HTTP. */
  readonly standby: number;
  /** Over HTTP, an attach came again because its answer was lost. */
  readonly repeated: number;
  /** A later one has the session already. */
  readonly superseded: number;
  /** The session is over, and the client heard how it ended. */
  readonly ended: number;
  /** No such session is known (any more): to its client, it is lost. */
  readonly gone: number;
  /** The application said no, or what was offered is too long. */
  readonly refused: number;
}

/** Clients for whom there was no room, or nobody who could decide: most of them come again later. */
export interface TurnedAway {
  /** `attachRate` */
  readonly attaches: number;
  /** `maxSessions` */
  readonly sessions: number;
  /** `maxUnattached` */
  readonly unattached: number;
  /** `maxBodies` */
  readonly bodies: number;
  /** `maxRequests` */
  readonly requests: number;
  /** `attachTimeout`, `bodyTimeout`: the client was too slow, or the application's answer. */
  readonly late: number;
  /** The application's own function failed. */
  readonly undecided: number;
  /** `origins` */
  readonly origin: number;
  /** The server drains, or is closing. */
  readonly leaving: number;
}

/** How sessions end. */
export interface Ends {
  /** By a close of either end's that both know of. */
  readonly closed: number;
  /** The server went away, and each end has all that the other one sent (`close({ drain })`). */
  readonly drained: number;
  /** The server went away before that. */
  readonly left: number;
  /** The client did not come back in its `resumeWindow`, or did not confirm a close in `closeTimeout`. */
  readonly expired: number;
  /** By the application's `terminate()`. */
  readonly terminated: number;
  /** The client took too little for too long (3950). */
  readonly slow: number;
  /** The client broke the protocol or a bound (1002, 1007, 1008, 1009), or a Blob could not be read (1011). */
  readonly failed: number;
}

/**
 * Messages of the application's whose arrival was never confirmed, by what became of their session. Of `slow` one is the
 * message that did not fit.
 */
export interface Dropped extends Ends {
  /** Sent to a socket that was not open any more. */
  readonly late: number;
}

/** A server in numbers. All but what is said to be *now* is since it began. */
export interface Stats {
  /** Now: sessions that are not over, by what carries them; `away` are those whose client is expected back. */
  readonly sessions: Readonly<Record<TransportName | 'away', number>>;
  /** Now: requests and WebSockets without a session; and the bytes of bodies that are not all here. */
  readonly unattached: { readonly clients: number; readonly bytes: number };
  /** Now: what is kept for clients until they acknowledge it. `unsent` are the bytes that no network has yet. */
  readonly queued: Traffic & { readonly unsent: number };
  /** Now: sessions that are over, and whose clients would still hear how they ended. */
  readonly remembered: number;
  readonly attaches: Attaches;
  /** The refused ones, by the code that they close with. */
  readonly refusals: ByCode;
  readonly turnedAway: TurnedAway;
  /** Sessions that one transport took from another that was still there. */
  readonly supersedes: number;
  /** Messages, and closes, that clients who came back did not have: they were sent again. */
  readonly replayed: number;
  readonly ends: Ends;
  /** Sessions that ended, by the code that the application heard. */
  readonly closes: ByCode;
  readonly dropped: Dropped;
  /** Messages of clients that were new, of sessions. */
  readonly received: Traffic;
  /** Messages that the application sent to sessions. */
  readonly sent: Traffic;
  /**
   * Times to a client and back, in ms: of each ping of the server's own, and of the first poll after an attach over HTTP (with
   * whatever that takes to connect).
   */
  readonly roundTrips: Distribution;
  /** WebSockets that do not speak Holdfast: those that are open now, that opened, that the application refused, and how they ended. */
  readonly plain: {
    readonly open: number;
    readonly opened: number;
    readonly refused: number;
    readonly closes: ByCode;
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Counts by close code, of which only so many are told apart. */
export class Codes {
  readonly counts: Record<string, number> = {};
  #chosen = 0;

  add(code: number): void {
    const name = code in this.counts || this.#hasRoom(code) ? code : 'other';
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }

  #hasRoom(code: number): boolean {
    return code < FIRST_CHOSEN || OURS.includes(code) || this.#chosen++ < MAX_CODES;
  }
}

/** Where a server counts. */
export class Counters {
  readonly attaches: Mutable<Attaches> = {
    new: 0,
    resumed: 0,
    standby: 0,
    repeated: 0,
    superseded: 0,
    ended: 0,
    gone: 0,
    refused: 0,
  };
  readonly refusals = new Codes();
  readonly turnedAway: Mutable<TurnedAway> = {
    attaches: 0,
    sessions: 0,
    unattached: 0,
    bodies: 0,
    requests: 0,
    late: 0,
    undecided: 0,
    origin: 0,
    leaving: 0,
  };
  supersedes = 0;
  replayed = 0;
  readonly ends: Mutable<Ends> = noEnds();
  readonly closes = new Codes();
  readonly dropped: Mutable<Dropped> = { ...noEnds(), late: 0 };
  readonly received: Mutable<Traffic> = { messages: 0, bytes: 0 };
  readonly sent: Mutable<Traffic> = { messages: 0, bytes: 0 };
  readonly roundTrips = new Histogram();
  readonly plain = { open: 0, opened: 0, refused: 0, closes: new Codes() };

  /**
   * An attach got its session.
   *
   * @param supersedes whether it took it from another transport
   * @param replayed messages that its client has to be sent again
   */
  attached(isNew: boolean, supersedes: boolean, replayed: number): void {
    this.attaches[isNew ? 'new' : 'resumed']++;
    this.supersedes += Number(supersedes);
    this.replayed += replayed;
  }

  /** An attach did not get the session. */
  answered(
    refusal: { readonly code: number } | undefined,
    answer: 'refused' | 'welcome' | 'superseded' | 'gone',
    attempt: number,
  ): void {
    if (refusal) {
      this.attaches.refused++;
      this.refusals.add(refusal.code);
    } else if (answer === 'gone') this.attaches.gone++;
    else if (answer === 'superseded') this.attaches[attempt > 0 ? 'superseded' : 'standby']++;
    else this.attaches.ended++;
  }

  /** A plain WebSocket has opened. Gives what to call when it closes. */
  opened(): (code: number) => void {
    this.plain.opened++;
    this.plain.open++;
    return (code) => {
      this.plain.open--;
      this.plain.closes.add(code);
    };
  }

  /** A session is over. @param kept messages whose arrival was not confirmed */
  ended(how: keyof Ends, code: number, kept: number): void {
    this.ends[how]++;
    this.closes.add(code);
    this.dropped[how] += kept;
  }
}

const noEnds = (): Mutable<Ends> => ({
  closed: 0,
  drained: 0,
  left: 0,
  expired: 0,
  terminated: 0,
  slow: 0,
  failed: 0,
});

/** What was counted, and what is there now, for which each session is looked at. */
export function statsOf(counters: Counters, registry: Registry, visits: Visits): Stats {
  const sessions = { websocket: 0, streaming: 0, polling: 0, away: 0 };
  const queued = { messages: 0, bytes: 0, unsent: 0 };
  registry.each((connection) => {
    sessions[connection.transport?.name ?? 'away']++;
    queued.messages += connection.keptMessages;
    queued.bytes += connection.session.outbox.bytes;
    queued.unsent += connection.buffered;
  });
  const { attaches, refusals, turnedAway, supersedes, replayed, ends, closes, dropped, plain } = counters;
  return Object.freeze({
    sessions: copy(sessions),
    unattached: copy({ clients: visits.unattached.inUse, bytes: visits.bodies.inUse }),
    queued: copy(queued),
    remembered: registry.remembered,
    attaches: copy(attaches),
    refusals: copy(refusals.counts),
    turnedAway: copy(turnedAway),
    supersedes,
    replayed,
    ends: copy(ends),
    closes: copy(closes.counts),
    dropped: copy(dropped),
    received: copy(counters.received),
    sent: copy(counters.sent),
    roundTrips: counters.roundTrips.distribution,
    plain: copy({ ...plain, closes: copy(plain.closes.counts) }),
  });
}

const copy = <T extends object>(counts: T): Readonly<T> => Object.freeze({ ...counts });
