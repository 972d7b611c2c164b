/** How long a connection lives: the faults `resetAfter` and `halfOpen`. */

import type { Faults } from '../faults.ts';
import type { Weather } from '../weather.ts';

export interface Ends {
  /** Falls silent for ever. */
  forget(direction: 'both' | 'up' | 'down'): void;
  /** Resets both ends. */
  cut(): void;
}

export class Lifetime {
  readonly #ends: Ends;
  readonly #weather: Weather;
  readonly #random: () => number;
  readonly #timers: { resetAfter?: NodeJS.Timeout; halfOpen?: NodeJS.Timeout } = {};
  #resetAfter: Faults['resetAfter'] = false;
  #halfOpen: Faults['halfOpen'] = false;

  constructor(ends: Ends, weather: Weather, random: () => number) {
    this.#ends = ends;
    this.#weather = weather;
    this.#random = random;
    this.follow();
  }

  /** To be called whenever the weather changes; only what changed for this connection begins anew. */
  follow(): void {
    const { resetAfter, halfOpen } = this.#weather.faults;
    if (resetAfter !== this.#resetAfter) {
      this.#resetAfter = resetAfter;
      clearTimeout(this.#timers.resetAfter);
      if (resetAfter !== false) {
        // Resets that know nothing of each other: the time between two of them is exponential.
        const lives = -Math.log(1 - this.#random()) * resetAfter;
        this.#timers.resetAfter = setTimeout(() => this.#ends.cut(), lives);
      }
    }
    if (halfOpen !== this.#halfOpen) {
      this.#halfOpen = halfOpen;
      clearTimeout(this.#timers.halfOpen);
      if (halfOpen !== false) {
        this.#timers.halfOpen = setTimeout(() => this.#ends.forget(halfOpen.direction), halfOpen.after);
      }
    }
  }

  end(): void {
    clearTimeout(this.#timers.resetAfter);
    clearTimeout(this.#timers.halfOpen);
  }
}
