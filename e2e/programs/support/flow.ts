/**
 * Numbers that a program is given at one end and hands over at the other. While they flow, the network is cut. At the
 * end all of them have to be there, once each and in order.
 */

import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Stretch, Where } from './stretch.ts';

const CUTS: ReadonlyMap<number, Where> = new Map([
  [10, 'anywhere'],
  [25, 'from the server'],
  [40, 'from the server'],
]);
/** How many may be on their way at a time, so that there is always something to lose. */
const AHEAD = 8;

export class Flow {
  /** How many they are. */
  readonly length = 60;
  readonly #stretch: Stretch | undefined;
  readonly #seen: number[] = [];
  readonly #arrivals = new EventEmitter();

  /** @param stretch what is cut; left out where nothing would survive that */
  constructor(stretch?: Stretch) {
    this.#stretch = stretch;
  }

  /** All that have arrived so far. */
  get seen(): readonly number[] {
    return this.#seen;
  }

  /** The numbers to send. The next ones come when some have been seen. */
  async *numbers(): AsyncGenerator<number, void, undefined> {
    for (let n = 1; n <= this.length; n++) {
      while (n - this.#seen.length > AHEAD) await once(this.#arrivals, 'number');
      yield n;
    }
  }

  /** A number has arrived. */
  see(n: number): void {
    this.#seen.push(n);
    const where = CUTS.get(this.#seen.length);
    if (where) this.#stretch?.cut(where);
    this.#arrivals.emit('number');
  }

  /** Waits for the last number, and looks at them all. */
  async arrived(): Promise<void> {
    while (this.#seen.at(-1) !== this.length) await once(this.#arrivals, 'number');
    assert.deepEqual(
      this.#seen,
      Array.from({ length: this.length }, (_, i) => i + 1),
    );
    if (this.#stretch) assert.equal(this.#stretch.cuts, CUTS.size, 'the network was not cut');
  }
}
