/** The faults of this moment, and word to whoever is on the way when they change. */

import { clearWeather, type Faults } from './faults.ts';

export class Weather {
  #faults: Readonly<Faults> = clearWeather;
  readonly #listeners = new Set<() => void>();

  get faults(): Readonly<Faults> {
    return this.#faults;
  }

  /** Changes the named faults and leaves the others. A name that is no fault throws: a test with a typo must not pass. */
  set(changes: Partial<Faults>): void {
    for (const name of Object.keys(changes)) {
      if (!(name in clearWeather)) throw new TypeError(`No fault is called "${name}"`);
    }
    this.#faults = { ...this.#faults, ...changes };
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls the listener after every change; gives the function that ends this. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
