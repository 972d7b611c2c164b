/** One timer for all that is due. It is moved only when something is due earlier; what became later is found out when it rings. */
import type { Environment } from './environment.ts';

/** `setTimeout` takes no more than 2^31 − 1 ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;

export class Alarm {
  readonly #env: Environment;
  readonly #ring: () => void;
  #timer: unknown;
  #at = Infinity;

  constructor(env: Environment, ring: () => void) {
    this.#env = env;
    this.#ring = ring;
  }

  /** Rings then, or earlier; for Infinity no more. */
  set(at: number): void {
    if (at >= this.#at && at < Infinity) return;
    this.#env.clearTimeout(this.#timer);
    this.#at = at;
    if (at === Infinity) return;
    this.#timer = this.#env.setTimeout(
      () => {
        this.#at = Infinity;
        this.#ring();
      },
      // A timer that fires a fraction of a ms early would find nothing due, and be set again for that fraction.
      Math.min(MAX_TIMEOUT, Math.max(0, Math.ceil(at - this.#env.now()))),
    );
  }
}
