/**
 * The answer to one poll: what was written so far, and the responses that it goes to. Mostly one; a poll that a browser
 * or a proxy repeats gets the same answer again (PROTOCOL.md §6.3).
 */
import type { Reply } from './exchange.ts';

/** Bytes that are kept for a repeated poll. Beyond, its client attaches anew. */
const MAX_LOG = 512 * 1024;

export class Downlink {
  readonly number: number;
  ended = false;
  /** Bytes written. */
  size = 0;
  #log: Uint8Array[] | undefined = [];
  /** Those that are not over. */
  readonly #replies: Reply[] = [];
  /** Bytes that waited when it was looked at last. */
  #waited = Infinity;
  readonly #onDrain: () => void;
  readonly #onLeft: () => void;

  /**
   * @param onDrain there is room for more
   * @param onLeft a reader is gone, up to now it was there
   */
  constructor(number: number, onDrain: () => void, onLeft: () => void) {
    this.number = number;
    this.#onDrain = onDrain;
    this.#onLeft = onLeft;
  }

  /** Whether somebody reads. */
  get isOpen(): boolean {
    return !this.ended && this.#replies.length > 0;
  }

  /** Bytes that the slowest reader has yet to take. */
  get buffered(): number {
    let most = 0;
    for (const reply of this.#replies) most = Math.max(most, reply.buffered);
    return most;
  }

  /** Whether a reader still takes what was written before the end: some of it has gone since this was asked last. */
  takesTheRest(): boolean {
    const { buffered } = this;
    const takes = buffered > 0 && buffered < this.#waited;
    this.#waited = buffered;
    return takes;
  }

  /** Answers this poll, or its repetition, as far as it is answered. */
  join(reply: Reply): void {
    if (!this.#log) {
      reply.fail(409, 'too late to repeat this poll');
      return;
    }
    for (const bytes of this.#log) reply.write(bytes);
    this.#replies.push(reply);
    reply.onDrain(this.#onDrain);
    reply.onClose(() => {
      this.#replies.splice(this.#replies.indexOf(reply), 1);
      this.#onLeft();
    });
    if (this.ended) reply.end();
  }

  write(bytes: Uint8Array): void {
    this.#keep(bytes);
    for (const reply of this.#replies) reply.write(bytes);
  }

  /** Ends it, with these bytes: one write, if they are all that it brings. */
  end(bytes?: Uint8Array): void {
    if (this.ended) return;
    this.ended = true;
    if (bytes) this.#keep(bytes);
    for (const reply of [...this.#replies]) {
      reply.end(bytes);
      this.#onLeft();
    }
  }

  #keep(bytes: Uint8Array): void {
    this.size += bytes.length;
    if (this.size <= MAX_LOG) this.#log?.push(bytes);
    else this.#log = undefined;
  }
}
