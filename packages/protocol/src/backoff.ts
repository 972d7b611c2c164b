/**
 * Delays between tries: exponential, capped, and then fully jittered, so that a crowd cut at once does not come back at
 * once ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015: "full jitter").
 */
export interface Backoff {
  /** The cap of the first delay, in ms. */
  readonly minDelay: number;
  /** No delay is longer, in ms. */
  readonly maxDelay: number;
  /** By how much the cap grows from one try to the next. */
  readonly factor: number;
}

/** The delay before try `n` (1, 2, 3 …): uniform between 0 and the cap. `random` gives [0, 1). */
export const backoffDelay = (
  { minDelay, maxDelay, factor }: Backoff,
  n: number,
  random: () => number,
): number => random() * Math.min(maxDelay, minDelay * factor ** (n - 1));
