/**
 * How often each address does something: a token bucket, kept as one number, the instant at which it will be full again
 * (the generic cell rate algorithm, ITU-T I.371). A bucket that is full is forgotten, and no timer is needed.
 */

/** So many at once, and from then on so many a second. */
export interface RateBound {
  readonly burst: number;
  readonly perSecond: number;
}

/** Buckets that are remembered; the one that was used longest ago makes room. */
const MAX_BUCKETS = 100_000;

export class Rate {
  /** What one costs, and what a whole bucket holds, in ms. */
  readonly #cost: number;
  readonly #depth: number;
  readonly #now: () => number;
  /** When each is full, in the order in which they were used. */
  readonly #fullAt = new Map<string, number>();

  constructor({ burst, perSecond }: RateBound, now: () => number) {
    this.#cost = 1000 / perSecond;
    this.#depth = burst * this.#cost;
    this.#now = now;
  }

  /** Takes one; gives 0, or in how many ms there will be one. Who has no address is not counted. */
  take(address: string | undefined): number {
    if (address === undefined) return 0;
    const now = this.#now();
    const fullAt = Math.max(now, this.#fullAt.get(address) ?? now) + this.#cost;
    const wait = fullAt - now - this.#depth;
    // A sum of fractions is not exact.
    if (wait > 1e-6) return wait;
    this.#fullAt.delete(address);
    this.#fullAt.set(address, fullAt);
    this.#forget(now);
    return 0;
  }

  /** Buckets that are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  #forget(now: number): void {
    for (const [address, fullAt] of this.#fullAt) {
      if (fullAt > now && this.#fullAt.size <= MAX_BUCKETS) break;
      this.#fullAt.delete(address);
    }
  }
}
