/** Messages that have arrived, on their way to an application that may not want them yet. */
import type { DataFrame } from './frames.ts';

export class Inbox {
  /** Whether the application reads no further for now; {@link flow} goes on when it does. */
  isPaused = false;
  readonly #unread: DataFrame[] = [];
  readonly #take: (frame: DataFrame) => void;

  /** @param take gives a message to the application; it must not throw */
  constructor(take: (frame: DataFrame) => void) {
    this.#take = take;
  }

  /** Whether the application has had everything. */
  get isEmpty(): boolean {
    return this.#unread.length === 0;
  }

  /** Adds a message behind those that wait. */
  push(frame: DataFrame): void {
    this.#unread.push(frame);
    this.flow();
  }

  /** Gives the application what it takes, in order, whatever it calls in the middle. */
  flow(): void {
    for (let frame; !this.isPaused && (frame = this.#unread.shift());) this.#take(frame);
  }
}
