/** What a run has counted, and how much memory it holds. */

export interface Tally {
  readonly name: string;
  inputs: number;
  /** Inputs by what came of them. */
  readonly outcomes: Map<string, number>;
  /** The heap after a collection, in bytes: at a tenth of the way, and at its end. */
  readonly heap: number[];
  /** The first input that broke something, small, as a line for the corpus, and what it broke. */
  failure?: { readonly input: string; readonly error: Error };
}

/** What is in use, in bytes; after a collection, where one may be asked for (`--expose-gc`). */
export function heapNow(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
}
