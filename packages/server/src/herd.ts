/** Many clients that are cut at once come back one after the other, since each was told before how many they are. */

/** A server lets in so many clients that come back in a ms. */
const CLIENTS_PER_MS = 2;
/** Fewer clients than come back in this time, in ms, are no herd: each of them comes back at once. */
const MIN_HERD_SPREAD = 200;

/** Over how many ms so many clients come back. */
export const spreadOf = (clients: number): number => Math.round(clients / CLIENTS_PER_MS);

/** Those who wait a random time are close together by chance, so they have so much more, in ms; a ms for each is enough. */
const HERD_MARGIN = 1000;

/** The same for those who lose their connections without a word; 0 for at once. */
export function herdSpread(clients: number): number {
  const spread = Math.min(clients, HERD_MARGIN + spreadOf(clients));
  return spread < MIN_HERD_SPREAD ? 0 : spread;
}

/** When a spread is twice this, in ms, all are told of it for the first time. */
const LEAST_TOLD = MIN_HERD_SPREAD / 2;

/** Those who came when there were few learn that there are many: each time that they have doubled since there were fewest. */
export class Herd {
  /** A spread that all who are here know of, or a wider one, in ms. */
  #told = LEAST_TOLD;

  /** Whether all have to be told of this spread, now that one more has come. */
  isNews(spread: number): boolean {
    this.#told = Math.max(LEAST_TOLD, Math.min(this.#told, spread));
    if (spread < 2 * this.#told) return false;
    this.#told = spread;
    return true;
  }
}
