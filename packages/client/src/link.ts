/**
 * The life of a client's connection, as data: its states, what can happen, what has to be done. `step.ts` is the table of
 * what follows from what. No socket, no clock, no timer: each state that waits has its deadline in it.
 */

import type { Loss } from './transport.ts';

/** Streaming and long-polling are one kind of transport: two ways to receive over HTTP. */
export type Kind = 'websocket' | 'http';

/** One transport, as the state machine knows it. */
export interface Dial {
  readonly id: number;
  readonly kind: Kind;
  /** Something that we sent was answered: the next welcome answers an attach, and so proves both directions. */
  readonly answered?: true;
}

export type Link =
  /** No transport, none on its way. */
  | { readonly name: 'waiting'; readonly retryAt: number }
  /** Transports on their way, none welcomed. At `hedgeAt` the other kind starts beside the first. */
  | {
      readonly name: 'connecting';
      readonly dials: readonly Dial[];
      readonly hedgeAt: number;
      readonly deadline: number;
    }
  /** Welcomed on a WebSocket, and nothing was sent on it yet. An answer to what is sent first may take `patience` ms. */
  | { readonly name: 'untried'; readonly current: Dial; readonly since: number; readonly patience: number }
  /** Nothing shows yet that what we send arrives: a ping is out. The other kind may be on its way. */
  | {
      readonly name: 'unproven';
      readonly current: Dial;
      readonly hedge: Dial | undefined;
      readonly since: number;
      readonly deadline: number;
    }
  | { readonly name: 'open'; readonly current: Dial; readonly since: number; readonly upgradeAt: number }
  /** Nothing was heard for too long, or the page woke up: a ping is out. */
  | {
      readonly name: 'probing';
      readonly current: Dial;
      readonly since: number;
      readonly askedAt: number;
      /** What had been heard by then ({@link Facts.heardBytes}). */
      readonly askedBytes: number;
      readonly deadline: number;
    }
  /** HTTP carries the session; a WebSocket stands by, on its way or answered. */
  | {
      readonly name: 'upgrading';
      readonly current: Dial;
      readonly candidate: Dial;
      readonly since: number;
      readonly deadline: number;
    }
  /** The WebSocket that stood by has claimed the session; its welcome completes the upgrade. */
  | {
      readonly name: 'claiming';
      readonly current: Dial;
      readonly candidate: Dial;
      readonly since: number;
      readonly deadline: number;
    }
  | { readonly name: 'closed' };

/** What outlasts a state: how often in a row connecting failed, and how often WebSockets let us down. */
export interface Memory {
  /** Rounds of connecting since the last transport that lived. */
  readonly rounds: number;
  /** Times that WebSocket failed where HTTP got through, or died young. */
  readonly setbacks: number;
  /** The number of the last dial. */
  readonly dialled: number;
}

export interface Life {
  readonly link: Link;
  readonly memory: Memory;
}

/** What happened. `id` names the transport it happened to. */
export type LinkEvent =
  /** `speak`: something is sent on an untried WebSocket. `proven`: an answer came to what was sent. `wake`, `sleep`: the page or its network came back, or goes. */
  | { readonly type: 'start' | 'tick' | 'speak' | 'proven' | 'wake' | 'sleep' | 'end' }
  | { readonly type: 'welcome' | 'superseded' | 'gone'; readonly id: number }
  | ({ readonly type: 'lost'; readonly id: number } & Loss)
  | { readonly type: 'go-away'; readonly delay: number };

/** What the shell has to do, in this order. */
export type Effect =
  /** Open a transport. One that stands by claims nothing until it is told to attach. */
  | { readonly do: 'dial'; readonly dial: Dial; readonly standby: boolean }
  /** Claim the session on a WebSocket that is open. */
  | { readonly do: 'attach'; readonly dial: Dial }
  /** This transport carries the session from now on. */
  | { readonly do: 'adopt'; readonly dial: Dial }
  | { readonly do: 'drop'; readonly dial: Dial }
  | { readonly do: 'ping'; readonly dial: Dial }
  /** The server does not have the session any more: begin a new one. */
  | { readonly do: 'renew' }
  /** No way through, and no more tries. */
  | { readonly do: 'give-up' };

/** What the shell observes; all instants in ms of its clock. */
export interface Facts {
  readonly now: number;
  /** When the current transport last brought anything. */
  readonly heardAt: number;
  /** How much transports have brought so far. */
  readonly heardBytes: number;
  /** The longest silence of a healthy server, in ms. */
  readonly heartbeat: number;
  /** Since when an acknowledgement is owed to us, or Infinity; and for how many bytes. */
  readonly owedSince: number;
  readonly owedBytes: number;
  /** The measured round trip, in ms. */
  readonly latency: number | undefined;
  /** Whether the browser says that it is offline. */
  readonly offline: boolean;
  /** Whether a part of a message is here: on another transport it would come anew. */
  readonly midway: boolean;
  /** Over how many ms clients come back that are cut all at once, as the server said. */
  readonly spread: number;
}

/** What does not change in a connection's life. */
export interface LinkOptions {
  /** The kinds that may be used, best first. */
  readonly kinds: readonly Kind[];
  readonly fallbackDelay: number;
  /** The delay before the next round when `rounds` have failed, in ms, or undefined to give up; no function for no retry at all. */
  readonly retryDelay: ((rounds: number) => number | undefined) | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** A silence beyond the heartbeat that is not yet suspicious, in ms. */
const GRACE = 5000;
/** An acknowledgement takes no longer than this, in ms, */
export const ACK_TIMEOUT = 3000;
/** and a ms for so many bytes: what a slow link needs for large messages. */
export const SLOW_BYTES_PER_MS = 32;

/** The state before `start`. */
export const beginning: Life = {
  link: { name: 'waiting', retryAt: Infinity },
  memory: { rounds: 0, setbacks: 0, dialled: 0 },
};

/** When something is due in this state if nothing happens before, in ms; Infinity for never. */
export function deadline({ link }: Life, facts: Facts): number {
  switch (link.name) {
    case 'waiting':
      return link.retryAt;
    case 'connecting':
      return Math.min(link.hedgeAt, link.deadline);
    case 'untried':
      return suspiciousAt(facts);
    case 'open':
      return Math.min(facts.midway ? Infinity : link.upgradeAt, suspiciousAt(facts));
    case 'upgrading':
      return Math.min(link.deadline, suspiciousAt(facts));
    case 'closed':
      return Infinity;
    default:
      return link.deadline;
  }
}

/** When the current transport has been silent for too long. */
export const suspiciousAt = ({ heardAt, heartbeat, owedSince, owedBytes }: Facts): number =>
  Math.min(heardAt + heartbeat + GRACE, owedSince + ACK_TIMEOUT + owedBytes / SLOW_BYTES_PER_MS);

/** All transports of a state. */
export function dialsOf(link: Link): Dial[] {
  switch (link.name) {
    case 'waiting':
    case 'closed':
      return [];
    case 'connecting':
      return [...link.dials];
    case 'unproven':
      return link.hedge ? [link.current, link.hedge] : [link.current];
    case 'untried':
    case 'open':
    case 'probing':
      return [link.current];
    case 'upgrading':
    case 'claiming':
      return [link.current, link.candidate];
  }
}
