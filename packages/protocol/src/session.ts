/**
 * The session: a reliable, ordered stream of messages in each direction that outlives its transports. What counts,
 * acknowledges, replays and removes duplicates is written here, once, for both ends. It knows no socket, no clock and
 * no timer: frames and the present time go in, frames and the next instant at which something is due come out.
 */
import type { AckFrame, SessionFrame } from './frames.ts';
import { Outbox, type OutboxBounds } from './outbox.ts';

/** An acknowledgement is due after so many messages, */
const ACK_MESSAGES = 64;
/** or so many bytes, */
const ACK_BYTES = 128 * 1024;
/** or so many ms, whichever comes first. */
export const ACK_DELAY = 500;

/** Where a session's frames go: the transport that it is attached to. */
export interface FrameSink {
  /** False while the transport has enough to do; it says when it wants more. */
  readonly writable: boolean;
  /** True if frames travel in batches whose cost an acknowledgement does not raise (HTTP). */
  readonly batches: boolean;
  /** Takes a frame; never throws, whatever the transport's fate. */
  send(frame: SessionFrame): void;
}

/** What became of a message that arrived. A gap cannot come from a peer that follows the protocol. */
export type Arrival = 'new' | 'duplicate' | 'gap';

export class Session {
  /** The bearer secret: 128 random bits or more, base64url. Never in a URL, never in a log. */
  id: string;
  readonly outbox: Outbox;
  /** The attempt that holds the session, or that the client tried last. */
  attempt = 0;
  /** The last message received in order. */
  received = 0;
  /** When an acknowledgement must be on its way, in ms. */
  ackDueAt = Infinity;
  /** Since when the peer owes an acknowledgement, in ms; later news of it starts the wait anew. */
  owedSince = Infinity;
  #told = 0;
  #untoldBytes = 0;

  constructor(id: string, bounds: OutboxBounds) {
    this.id = id;
    this.outbox = new Outbox(bounds);
  }

  /**
   * A transport was attached: both ends know what the other has. False if the peer claims what cannot be.
   *
   * @param told what the peer was told that was received; what came since is due to be acknowledged
   */
  resume(peerReceived: number, told: number): boolean {
    this.#settle();
    if (told < this.received) {
      this.#told = told;
      this.ackDueAt = 0;
    }
    this.owedSince = Infinity;
    return this.outbox.rewind(peerReceived);
  }

  /** Counts a message (or the close) that arrived. Only a 'new' one goes to the application. */
  arrive(seq: number, size: number, now: number): Arrival {
    if (seq <= this.received) return 'duplicate';
    if (seq > this.received + 1) return 'gap';
    this.received = seq;
    this.#untoldBytes += size;
    if (seq - this.#told >= ACK_MESSAGES || this.#untoldBytes >= ACK_BYTES) this.ackDueAt = now;
    else if (this.ackDueAt === Infinity) this.ackDueAt = now + ACK_DELAY;
    return 'new';
  }

  /** The peer has everything up to `received`; false if it acknowledges what was never sent. */
  acknowledge(received: number, now: number): boolean {
    const before = this.outbox.unacknowledged;
    if (!this.outbox.acknowledge(received)) return false;
    if (this.outbox.unacknowledged < before) this.owedSince = this.outbox.inFlight > 0 ? now : Infinity;
    return true;
  }

  /** The acknowledgement that the peer has not been told yet, if there is one: whoever takes it sends it. */
  takeAck(): AckFrame | undefined {
    if (this.#told === this.received) return undefined;
    this.#settle();
    return { type: 'ack', received: this.received };
  }

  /** Gives the transport what is due and what it will take. */
  pump(sink: FrameSink, now: number): void {
    if (sink.writable && (now >= this.ackDueAt || (sink.batches && this.outbox.ready))) {
      const ack = this.takeAck();
      if (ack) sink.send(ack);
    }
    while (sink.writable) {
      const next = this.outbox.next();
      if (!next) return;
      if (this.owedSince === Infinity) this.owedSince = now;
      const { seq, content } = next;
      sink.send('data' in content ? { type: 'data', seq, ...content } : { type: 'close', seq, ...content });
    }
  }

  /** The peer has lost the session: this one begins anew under another id. Gives how many messages were never acknowledged. */
  renew(id: string, resend: boolean): number {
    const { unacknowledged } = this.outbox;
    this.outbox.renumber(resend);
    this.id = id;
    this.attempt = this.received = 0;
    this.owedSince = Infinity;
    this.#settle();
    return unacknowledged;
  }

  #settle(): void {
    this.#told = this.received;
    this.#untoldBytes = 0;
    this.ackDueAt = Infinity;
  }
}
