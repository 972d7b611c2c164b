/** Many clients that are cut at once come back one after the other, since each was told before how many they are. */

import { Alarm, type Scheduler } from './scheduler.ts';

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

/** When a spread is twice this, in ms, those who are here are told of it for the first time. */
const LEAST_TOLD = MIN_HERD_SPREAD / 2;
/** They are told so long after that, in ms: where many come at once, each is told once. */
const PATIENCE = 1000;

/** Those who came when there were few learn that there are many: each time that they have doubled since there were fewest. */
export class Herd {
  /** A spread that all who are here know of, or a wider one, in ms. */
  #told = LEAST_TOLD;
  readonly #scheduler: Scheduler;
  readonly #size: () => number;
  readonly #telling: Alarm;

  /** @param tell lets those know who do not yet */
  constructor(scheduler: Scheduler, size: () => number, tell: () => void) {
    this.#scheduler = scheduler;
    this.#size = size;
    this.#telling = new Alarm(() => {
      this.#told = Math.max(LEAST_TOLD, this.spread);
      tell();
    });
  }

  /** Over how many ms they come back if all are cut at once; 0 for at once. */
  get spread(): number {
    return herdSpread(this.#size());
  }

  /** One more has come. */
  grow(): void {
    const { spread } = this;
    this.#told = Math.max(LEAST_TOLD, Math.min(this.#told, spread));
    if (spread < 2 * this.#told || this.#telling.at < Infinity) return;
    this.#scheduler.set(this.#telling, this.#scheduler.now() + PATIENCE);
  }

  /** Nobody comes any more. */
  end(): void {
    this.#scheduler.cancel(this.#telling);
  }
}
