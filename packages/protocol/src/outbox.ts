/**
 * What one end has to say: messages kept from `send` until the peer acknowledges them. A message's number is its place,
 * fixed when it is first handed to a transport; until then it may still be dropped.
 */
import type { Payload } from './frames.ts';

/** How much an outbox may hold, sent or not, before it is full. */
export interface OutboxBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** The end of what is said. */
export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

/** One place in the outbox. */
export interface Entry {
  /** Undefined while it is still being read (a Blob): nothing overtakes it. */
  content: Payload | Goodbye | undefined;
  /** Bytes that count against the bound. */
  readonly size: number;
  /** When it need not be sent any more, in ms. */
  readonly expiresAt: number;
  /** Called when it is given to a transport for the first time. */
  readonly onSent?: (() => void) | undefined;
}

/** What a message counts beside its bytes, where an end bounds what it takes: an empty one costs memory as well. */
export const MESSAGE_COST = 64;

/** No bound. */
export const UNBOUNDED: OutboxBounds = { maxMessages: Infinity, maxBytes: Infinity };

/** Popped places are forgotten in bulk: an array's `shift` costs its length. */
const COMPACT_AT = 16;

export class Outbox {
  #entries: Entry[] = [];
  /** Places at the front of `#entries` that are acknowledged already. */
  #popped = 0;
  #acknowledged = 0;
  /** Places behind the acknowledged ones that the present transport was given. */
  #sent = 0;
  /** The highest number that any transport was ever given. */
  #highest = 0;
  /** That is an end ({@link end}). */
  #ended = false;
  #bytes = 0;
  #unsentBytes = 0;
  /** Bytes of what the peer acknowledged. */
  #forgottenBytes = 0;
  readonly #bounds: OutboxBounds;
  readonly #inFlight: OutboxBounds;

  /** @param inFlight how much of it may be sent and not acknowledged; left out: all */
  constructor(bounds: OutboxBounds, inFlight: OutboxBounds = UNBOUNDED) {
    this.#bounds = bounds;
    this.#inFlight = inFlight;
  }

  /** The number of the last message that the peer acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Messages that are kept. */
  get length(): number {
    return this.#entries.length - this.#popped;
  }

  /** Bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes that the present transport was not given yet. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** What all messages up to the last one that the present transport was given have cost (PROTOCOL.md §2.7). */
  get cost(): number {
    const bytes = this.#forgottenBytes + this.#bytes - this.#unsentBytes;
    return bytes + (this.#acknowledged + this.#sent) * MESSAGE_COST;
  }

  /** Messages that the present transport was given and the peer did not acknowledge. */
  get inFlight(): number {
    return this.#sent;
  }

  /** Messages that some transport was given and the peer did not acknowledge. */
  get unacknowledged(): number {
    return Math.max(0, this.#highest - this.#acknowledged - Number(this.#ended));
  }

  /** The place behind all that some transport was given. */
  get #firstFree(): number {
    return this.#popped + this.#highest - this.#acknowledged;
  }

  /** Whether one more message of so many bytes stays within the bounds. */
  fits(size: number): boolean {
    return this.length < this.#bounds.maxMessages && this.#bytes + size <= this.#bounds.maxBytes;
  }

  /** Adds at the end, within the bounds or not: that is the caller's to ask. */
  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += entry.size;
    this.#unsentBytes += entry.size;
  }

  /** Ends what is said, behind what some transport was given. The rest is for the next session. */
  end(goodbye: Goodbye): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#entries.splice(this.#firstFree, 0, { content: goodbye, size: 0, expiresAt: Infinity });
    this.#highest++;
  }

  /**
   * Gives the next message to the present transport, with its number; undefined if there is none, or it is not read yet,
   * or those before it cost as much as the peer allows, or too much is in flight.
   */
  next(allowance = Infinity): { readonly seq: number; readonly content: Payload | Goodbye } | undefined {
    const entry = this.#entries[this.#popped + this.#sent];
    if (entry?.content === undefined) return undefined;
    if (this.#ended && this.#acknowledged + this.#sent >= this.#highest) return undefined;
    if ('data' in entry.content && this.cost >= allowance) return undefined;
    const { maxMessages, maxBytes } = this.#inFlight;
    const isFull = this.#sent >= maxMessages || this.#bytes - this.#unsentBytes >= maxBytes;
    if ('data' in entry.content && isFull) return undefined;
    const seq = this.#acknowledged + ++this.#sent;
    if (seq > this.#highest) {
      this.#highest = seq;
      entry.onSent?.();
    }
    this.#unsentBytes -= entry.size;
    return { seq, content: entry.content };
  }

  /** Whether {@link next} has something to give. */
  get ready(): boolean {
    return this.#entries[this.#popped + this.#sent]?.content !== undefined;
  }

  /** Forgets what the peer has; false for a number that was never sent. Old news is no news. */
  acknowledge(received: number): boolean {
    if (received > this.#highest) return false;
    while (this.#acknowledged < received) {
      const entry = this.#entries[this.#popped] as Entry;
      this.#entries[this.#popped++] = POPPED;
      this.#acknowledged++;
      this.#bytes -= entry.size;
      this.#forgottenBytes += entry.size;
      if (this.#sent > 0) this.#sent--;
      else this.#unsentBytes -= entry.size;
    }
    if (this.#popped >= COMPACT_AT && this.#popped * 2 >= this.#entries.length) {
      this.#entries = this.#entries.slice(this.#popped);
      this.#popped = 0;
    }
    return true;
  }

  /** Forgets all that was sent: the peer has it. */
  acknowledgeAll(): void {
    this.acknowledge(this.#highest);
  }

  /** A new transport: everything behind `received` goes again. False if that cannot be, because it is gone or never was. */
  rewind(received: number): boolean {
    if (received < this.#acknowledged || !this.acknowledge(received)) return false;
    for (; this.#sent > 0; this.#sent--) {
      this.#unsentBytes += (this.#entries[this.#popped + this.#sent - 1] as Entry).size;
    }
    return true;
  }

  /** Takes out the messages that `which` picks among those that no transport was ever given; stops at `most`. */
  drop(which: (entry: Entry) => boolean, most = Infinity): Entry[] {
    const dropped: Entry[] = [];
    for (let i = this.#firstFree; i < this.#entries.length && dropped.length < most;) {
      const entry = this.#entries[i] as Entry;
      if (!which(entry)) i++;
      else {
        dropped.push(...this.#entries.splice(i, 1));
        this.#bytes -= entry.size;
        this.#unsentBytes -= entry.size;
      }
    }
    return dropped;
  }

  /** For a peer that remembers nothing: numbers begin anew at 1. Gives up what was sent but not acknowledged, unless it is kept. */
  renumber(keepUnacknowledged: boolean): void {
    const from = this.#popped + (keepUnacknowledged ? 0 : this.unacknowledged);
    // An end was the old session's.
    this.#entries = this.#entries.slice(from).filter(({ content }) => !content || 'data' in content);
    this.#ended = false;
    this.#popped = this.#sent = this.#acknowledged = this.#highest = this.#forgottenBytes = 0;
    this.#bytes = this.#unsentBytes = this.#entries.reduce((sum, { size }) => sum + size, 0);
  }
}

/** Stands in a place whose message is forgotten, so that its memory is free. */
const POPPED: Entry = { content: undefined, size: 0, expiresAt: 0 };
