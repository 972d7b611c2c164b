/**
 * What is said to a server that acknowledges nothing: messages that were handed to a WebSocket and never answered for, and
 * those that wait behind them. What the browser still has when a WebSocket has closed was never sent; the rest is in doubt.
 */
import { CloseCode, type Entry, type OutboxBounds } from '@holdfast/protocol';
import type { WebSocketLike } from './environment.ts';
import type { SendQueue } from './socket-connection.ts';

/** Messages that stay in doubt although they have left the browser: the network may still lose them. So many, and so many bytes. */
const MAX_DOUBTS = 1024;
const MAX_DOUBTS_BYTES = 1024 * 1024;

/** A message; once it was handed over, when that was, and all bytes that this WebSocket had been given by then. */
interface Place extends Entry {
  at?: number;
  end?: number;
}

export class PlainQueue implements SendQueue {
  /** Bytes that were handed over and not answered for. */
  owedBytes = 0;
  readonly #bounds: OutboxBounds;
  #socket: WebSocketLike | undefined;
  /** Bytes that it was given. */
  #written = 0;
  #places: Place[] = [];
  /** So many of them were handed over, so many before the question that is out. */
  #handed = 0;
  #asked = 0;
  #waitingBytes = 0;

  constructor(bounds: OutboxBounds) {
    this.#bounds = bounds;
  }

  /** Messages that have not left. */
  get length(): number {
    return this.#places.length - this.#left;
  }

  /** Bytes that have not left. */
  get bytes(): number {
    return this.#waitingBytes + this.#buffered;
  }

  /** Since when an answer is owed, or Infinity. */
  get owedSince(): number {
    return this.#handed > 0 ? (this.#places[0]?.at as number) : Infinity;
  }

  fits(size: number): boolean {
    return this.length < this.#bounds.maxMessages && this.bytes + size <= this.#bounds.maxBytes;
  }

  push(entry: Entry): void {
    this.#places.push(entry);
    this.#waitingBytes += entry.size;
  }

  drop(which: (entry: Entry) => boolean, most = Infinity): Entry[] {
    const dropped: Entry[] = [];
    this.#places = this.#places.filter((place, i) => {
      if (i < this.#handed || dropped.length >= most || !which(place)) return true;
      this.#waitingBytes -= place.size;
      return !dropped.push(place);
    });
    return dropped;
  }

  /** Another WebSocket is open. Gives how many messages are in doubt: they are given up, unless they are sent again. */
  begin(socket: WebSocketLike, resend: boolean): number {
    const doubts = this.#handed;
    if (resend) this.#waitingBytes += this.owedBytes;
    else this.#places.splice(0, doubts);
    this.#handed = this.owedBytes = this.#written = 0;
    this.#socket = socket;
    return doubts;
  }

  /** It has closed: what has not left never will, and waits for the next one. */
  takeBack(): void {
    for (const left = this.#left; this.#handed > left;) this.#count(this.#places[--this.#handed], -1);
  }

  /** It is let go of. One that has not closed may still send what it was given. */
  end(): void {
    this.#socket = undefined;
  }

  /** Hands over what can be sent, the end behind it all. What is still being read lets nothing overtake it. */
  hand(now: number): void {
    for (let next; (next = this.#places[this.#handed])?.content; this.#handed++) {
      const { content } = next;
      if ('data' in content) this.#write(content.data);
      else if (content.code === CloseCode.noStatus) this.#socket?.close();
      else this.#socket?.close(content.code, content.reason);
      next.at = now;
      next.end = this.#written;
      this.#count(next, 1);
    }
    const most = this.#handed - MAX_DOUBTS;
    this.#settle(({ size }, i) => i < most || this.owedBytes - size > MAX_DOUBTS_BYTES);
  }

  /** A question goes out: its answer is one for all messages before it. */
  ask(data: string | Uint8Array | undefined): void {
    this.#asked = this.#handed;
    if (data !== undefined) this.#write(data);
  }

  /** It was answered. */
  answer(): void {
    this.#settle((_, i) => i < this.#asked);
  }

  /** Something came: as far as can be known, what was sent before that instant has arrived. */
  hear(before: number): void {
    this.#settle(({ at = 0 }) => at <= before);
  }

  get #buffered(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** How many of those that were handed over have left the browser. */
  get #left(): number {
    const gone = this.#written - this.#buffered;
    const left = this.#places.findIndex(({ end = 0 }, i) => i >= this.#handed || end > gone);
    return left < 0 ? this.#handed : left;
  }

  #write(data: string | Uint8Array): void {
    const before = this.#buffered;
    this.#socket?.send(data as never);
    this.#written += this.#buffered - before;
  }

  #count({ size } = { size: 0 }, sign: number): void {
    this.owedBytes += sign * size;
    this.#waitingBytes -= sign * size;
  }

  /** Forgets those from the front on that have left, as long as they are done with. */
  #settle(isDone: (place: Place, i: number) => boolean): void {
    const left = this.#left;
    let done = 0;
    for (let place; done < left && isDone((place = this.#places[done] as Place), done); done++)
      this.owedBytes -= place.size;
    this.#places.splice(0, done);
    this.#handed -= done;
    this.#asked -= done;
  }
}
