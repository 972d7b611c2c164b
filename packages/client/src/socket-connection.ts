/**
 * What a socket has of a connection, whatever that goes to: how far it is, a queue, a close. `connection.ts` goes to Holdfast
 * servers, with a session that outlives its transports; `plain-connection.ts` to any other WebSocket server.
 */
import type { Entry, Payload } from '@holdfast/protocol';
import type { Verdict } from './diagnostics.ts';
import type { Address } from './dialling.ts';
import type { Environment } from './environment.ts';
import type { Link } from './link.ts';
import type { ResolvedOptions } from './options.ts';
import type { PlainLink } from './plain-link.ts';
import type { TransportName } from './transport.ts';

/** A close that is not confirmed in this time ends as 1006, in ms. */
const CLOSE_TIMEOUT = 10_000;

/** Whom a connection reports to. */
export interface ConnectionOwner {
  /** A session began: the first, or another one after a loss. */
  opened(protocol: string): void;
  message(payload: Payload): void;
  /** The server lost the session; so many messages were sent and never acknowledged. */
  sessionLost(unacknowledged: number): void;
  /** The end, or that of a link where each is a session of its own. `failed`: it was not asked for, or not confirmed. */
  closed(code: number, reason: string, failed: boolean): void;
  /** Something that `state` or `transport` shows is different. */
  changed(): void;
  /** Something was found out about the way to the server. */
  diagnosed(verdict: Verdict): void;
  /** Messages that are not worth sending any more. */
  dropped(entries: readonly Entry[]): void;
  /** The server has some of what was sent. */
  acknowledged?(): void;
}

/** How far a conversation is, as the application counts it. */
export type Phase =
  | { readonly name: 'opening' | 'open' | 'closed' }
  | { readonly name: 'closing'; readonly code: number; readonly reason: string; readonly deadline: number };

/** What waits to be sent, within bounds. */
export interface SendQueue {
  /** Messages that count against the bounds, and their bytes. */
  readonly length: number;
  readonly bytes: number;
  /** Whether one more message of so many bytes stays within the bounds. */
  fits(size: number): boolean;
  /** Adds at the end, within the bounds or not. */
  push(entry: Entry): void;
  /** Takes out the messages that `which` picks among those that were never sent; stops at `most`. */
  drop(which: (entry: Entry) => boolean, most?: number): Entry[];
}

export abstract class SocketConnection {
  phase: Phase = { name: 'opening' };
  abstract readonly outbox: SendQueue;
  abstract readonly link: Link | PlainLink;
  /** The transport in use; undefined while there is none. */
  abstract readonly transport: TransportName | undefined;
  /** Bytes that were accepted and are not handed to the network. */
  abstract readonly buffered: number;
  /** The round trip that was measured last, in ms. */
  abstract readonly latency: number | undefined;
  protected readonly env: Environment;
  protected readonly options: ResolvedOptions;
  protected readonly address: Address;
  /** Those that are asked for. */
  protected readonly protocols: readonly string[];
  protected readonly owner: ConnectionOwner;

  constructor(
    env: Environment,
    options: ResolvedOptions,
    address: Address,
    protocols: readonly string[],
    owner: ConnectionOwner,
  ) {
    this.env = env;
    this.options = options;
    this.address = address;
    this.protocols = protocols;
    this.owner = owner;
  }

  /** Begins. */
  abstract start(): void;
  /** Sends what can be sent. */
  abstract pump(): void;
  /** Leaves the transport in use, or what it waits for, and tries again at once. */
  abstract reconnect(): void;
  /** Ends at once, without a goodbye. */
  abstract fail(code?: number, reason?: string): void;

  /** The present time, in ms. */
  now(): number {
    return this.env.now();
  }

  /** How many ms there are until an instant. */
  until(at: number): number {
    return Math.max(0, at - this.env.now());
  }

  /** Drops what is not worth sending any more. */
  expire(): void {
    const { queue } = this.options;
    if (!queue || queue.timeToLive === Infinity) return;
    const now = this.env.now();
    const dropped = this.outbox.drop((entry) => entry.expiresAt <= now);
    if (dropped.length > 0) this.owner.dropped(dropped);
  }

  /** Ends behind what was sent. Where nothing is open there is nothing to wait for: the socket has failed. */
  close(code: number, reason: string): void {
    if (this.phase.name !== 'open' && this.phase.name !== 'opening') return;
    const patience = this.phase.name === 'open' ? CLOSE_TIMEOUT : 0;
    this.phase = { name: 'closing', code, reason, deadline: this.env.now() + patience };
    this.sayGoodbye(code, reason);
    this.owner.changed();
    this.pump();
  }

  /** The last message: all ends behind what was sent. */
  protected sayGoodbye(code: number, reason: string): void {
    this.outbox.push({ content: { code, reason }, size: 0, expiresAt: Infinity });
  }
}
