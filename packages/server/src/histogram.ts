/** How long things take, as a fixed row of counts; and the stopwatch of one session, which measures round trips. */

/** The upper bounds of the buckets, in ms; above the last is one more. */
const BOUNDS = Object.freeze([5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000]);

/** Durations, sorted into buckets. */
export interface Distribution {
  /** The upper bound of each bucket, itself included, in ms. */
  readonly bounds: readonly number[];
  /** How many durations were in each bucket; the last one, which has no bound, is one more. */
  readonly counts: readonly number[];
  /** All durations together, in ms. */
  readonly sum: number;
}

export class Histogram {
  readonly #counts = new Array<number>(BOUNDS.length + 1).fill(0);
  #sum = 0;

  /** @param duration in ms */
  add(duration: number): void {
    let bucket = 0;
    while (bucket < BOUNDS.length && duration > (BOUNDS[bucket] as number)) bucket++;
    (this.#counts[bucket] as number)++;
    this.#sum += duration;
  }

  get distribution(): Distribution {
    return Object.freeze({ bounds: BOUNDS, counts: Object.freeze([...this.#counts]), sum: this.#sum });
  }
}

/** What a client answers at once: a ping. */
export class RoundTrip {
  readonly #histogram: Histogram;
  /** Infinity if nothing was asked. */
  #askedAt = Infinity;

  constructor(histogram: Histogram) {
    this.#histogram = histogram;
  }

  asked(now: number): void {
    this.#askedAt = now;
  }

  /** Another transport: what was asked on the last one is not answered. */
  forget(): void {
    this.#askedAt = Infinity;
  }

  answered(now: number): void {
    if (this.#askedAt <= now) this.#histogram.add(now - this.#askedAt);
    this.forget();
  }
}
