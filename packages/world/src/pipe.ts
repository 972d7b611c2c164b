/**
 * One direction of a TCP connection: what goes in comes out later, in order, or not at all from some point on. While the
 * network is silent it waits, as TCP retransmits; a cut loses what is under way.
 */
import type { VirtualClock } from './clock.ts';

export class Pipe {
  readonly #clock: VirtualClock;
  readonly #delay: () => number;
  #queue: (() => void)[] = [];
  #lastAt = 0;
  #silent = false;
  #dead = false;

  constructor(clock: VirtualClock, delay: () => number) {
    this.#clock = clock;
    this.#delay = delay;
  }

  /** Delivers at the other end, unless the connection is cut before. */
  send(deliver: () => void): void {
    if (this.#dead) return;
    this.#lastAt = Math.max(this.#lastAt, this.#clock.now() + this.#delay());
    this.#clock.setTimeout(() => {
      if (this.#dead) return;
      if (this.#silent || this.#queue.length > 0) this.#queue.push(deliver);
      else deliver();
    }, this.#lastAt - this.#clock.now());
  }

  silence(): void {
    this.#silent = true;
  }

  /** The network is back: what waited comes now. */
  speak(): void {
    if (!this.#silent) return;
    this.#silent = false;
    const queue = this.#queue;
    this.#queue = [];
    for (const deliver of queue) if (!this.#dead) deliver();
  }

  cut(): void {
    this.#dead = true;
    this.#queue = [];
  }
}
