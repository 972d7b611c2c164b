/**
 * The session: a reliable, ordered stream of messages in each direction that outlives its transports. What counts,
 * acknowledges, replays and removes duplicates is written here, once, for both ends. It knows no socket, no clock and
 * no timer: frames and the present time go in, frames and the next instant at which something is due come out.
 */
import type { AckFrame, SessionFrame } from './frames.ts';
import { MESSAGE_COST, Outbox, type OutboxBounds } from './outbox.ts';

/** An acknowledgement is due after so many messages, */
const ACK_MESSAGES = 64;
/** or so many bytes, */
const ACK_BYTES = 128 * 1024;
/** or so many ms, whichever comes first. It lets a sender see early that its transport has died. */
export const ACK_DELAY = 500;
/** The same for a sender that only wants to forget what it keeps: each of these may cost a request. */
export const LAZY_ACK_DELAY = 5000;
/** An acknowledgement rides with a message if the last one went more than so many ms before: where messages are rare, none needs a write of its own. */
export const ACK_INTERVAL = 100;
/** Where it may need a request of its own, it waits for so many times as many messages and bytes. */
const BATCHED_ACKS = 8;

/** Where a session's frames go: the transport that it is attached to. */
export interface FrameSink {
  /** False while the transport has enough to do; it says when it wants more. */
  readonly writable: boolean;
  /** True if frames travel in batches whose cost an acknowledgement does not raise (HTTP). */
  readonly batches: boolean;
  /** Takes a frame; never throws, whatever the transport's fate. */
  send(frame: SessionFrame): void;
}

/** How much of what either end says may wait, and for how long. */
export interface SessionBounds {
  /** What we say, until the peer acknowledges it. */
  readonly maxBuffered: OutboxBounds;
  /** How much of that may be sent and not acknowledged. @default all of it */
  readonly maxInFlight?: OutboxBounds;
  /** How much the peer may send that the application has not taken yet, in bytes; Infinity for no bound. */
  readonly receiveWindow: number;
  /** How long a message of the peer's may wait to be acknowledged, in ms. */
  readonly ackDelay: number;
  /** Beyond which time after an acknowledgement the next one rides with a message, in ms; Infinity for never. @default ackDelay */
  readonly ackInterval?: number;
}

/** What became of a message that arrived. A gap, or an excess, cannot come from a peer that follows the protocol. */
export type Arrival = 'new' | 'duplicate' | 'gap' | 'excess';

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
  /** What the messages that we send may cost in all: as much as the peer has room for. */
  allowance = Infinity;
  /** Since when the peer owes an acknowledgement, in ms; later news of it starts the wait anew. */
  owedSince = Infinity;
  #told = 0;
  #untoldBytes = 0;
  /** When an acknowledgement was pumped last, in ms. */
  #ackedAt = -Infinity;
  #patience = 1;
  /** What the messages that have arrived cost, and those of them that the application has taken. */
  #arrivedCost = 0;
  #takenCost = 0;
  /** What the peer was told that its messages may cost. */
  #allowed: number;
  readonly #window: number;
  readonly #ackDelay: number;
  readonly #ackInterval: number;

  constructor(id: string, bounds: SessionBounds) {
    const { maxBuffered, maxInFlight, receiveWindow, ackDelay, ackInterval = ackDelay } = bounds;
    this.id = id;
    this.outbox = new Outbox(maxBuffered, maxInFlight);
    this.#allowed = this.#window = receiveWindow;
    this.#ackDelay = ackDelay;
    this.#ackInterval = ackInterval;
  }

  /**
   * A transport was attached: both ends know what the other has. False if the peer claims what cannot be.
   *
   * @param told what the peer was told that was received; what came since is due to be acknowledged
   * @param allowance what the peer has room for
   * @param batches as the transport has it ({@link FrameSink.batches})
   */
  resume(peerReceived: number, told: number, allowance = Infinity, batches = false): boolean {
    this.#settle();
    this.allowance = allowance;
    this.#patience = batches ? BATCHED_ACKS : 1;
    if (told < this.received) {
      this.#told = told;
      this.ackDueAt = 0;
    }
    this.owedSince = Infinity;
    return this.outbox.rewind(peerReceived);
  }

  /** What the peer may send from now on, for whoever tells it; undefined for no bound. */
  takeAllowance(): number | undefined {
    return this.#window === Infinity ? undefined : (this.#allowed = this.#takenCost + this.#window);
  }

  /** Whether so much was taken that the peer should be told. */
  get allowanceDue(): boolean {
    return this.#window < Infinity && this.#takenCost + this.#window - this.#allowed >= this.#window / 2;
  }

  /** The peer has room for more. */
  allow(total: number): void {
    this.allowance = Math.max(this.allowance, total);
  }

  /** The application has taken a message of so many bytes. */
  taken(size: number): void {
    this.#takenCost += size + MESSAGE_COST;
  }

  /**
   * Counts a message that arrived, or the close. Only a 'new' one goes to the application.
   *
   * @param size its bytes; undefined for the close, which needs no room
   */
  arrive(seq: number, size: number | undefined, now: number): Arrival {
    if (seq <= this.received) return 'duplicate';
    if (seq > this.received + 1) return 'gap';
    if (size !== undefined) {
      if (this.#arrivedCost >= this.#allowed) return 'excess';
      this.#arrivedCost += size + MESSAGE_COST;
      this.#untoldBytes += size;
    }
    this.received = seq;
    if (seq - this.#told >= ACK_MESSAGES * this.#patience || this.#untoldBytes >= ACK_BYTES * this.#patience)
      this.ackDueAt = now;
    else if (this.ackDueAt === Infinity) this.ackDueAt = now + this.#ackDelay;
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
    const rides = this.outbox.ready && (sink.batches || now - this.#ackedAt > this.#ackInterval);
    if ((rides || now >= this.ackDueAt) && sink.writable) {
      const ack = this.takeAck();
      if (ack) {
        this.#ackedAt = now;
        sink.send(ack);
      }
    }
    if (this.allowanceDue && sink.writable)
      sink.send({ type: 'allow', total: this.takeAllowance() as number });
    while (this.outbox.ready && sink.writable) {
      const next = this.outbox.next(this.allowance);
      if (!next) return;
      if (this.owedSince === Infinity) this.owedSince = now;
      const { seq, content } = next;
      if ('data' in content) {
        const { data, binary } = content;
        // Not spread: that would take longer, and there are many.
        sink.send({ type: 'data', seq, data, binary });
      } else {
        // Behind the last word nobody would hear it.
        const ack = this.takeAck();
        if (ack) sink.send(ack);
        sink.send({ type: 'close', seq, ...content });
      }
    }
  }

  /** The peer has lost the session: this one begins anew under another id. Gives how many messages were never acknowledged. */
  renew(id: string, resend: boolean): number {
    const { unacknowledged } = this.outbox;
    this.outbox.renumber(resend);
    this.id = id;
    this.attempt = this.received = this.#arrivedCost = this.#takenCost = 0;
    this.#allowed = this.#window;
    this.allowance = this.owedSince = Infinity;
    this.#settle();
    return unacknowledged;
  }

  #settle(): void {
    this.#told = this.received;
    this.#untoldBytes = 0;
    this.ackDueAt = Infinity;
  }
}
