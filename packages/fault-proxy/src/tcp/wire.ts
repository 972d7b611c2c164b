/** The fault `bandwidth`: a line that all connections share in one direction, and that carries so many bytes a second. */

import type { Weather } from '../weather.ts';

/** Bytes that are carried in one piece: a packet. */
const packet = 1460;
/** A timer that fires late makes up for it, by so many milliseconds' worth of bytes. */
const maxLag = 20;

export class Wire {
  readonly #weather: Weather;
  #busyUntil = 0;

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  /** When it can take the next piece. */
  get freeAt(): number {
    return this.#weather.faults.bandwidth === false ? 0 : this.#busyUntil;
  }

  /** The most bytes that it takes in one piece. */
  get largestPiece(): number {
    return this.#weather.faults.bandwidth === false ? Infinity : packet;
  }

  carry(bytes: number): void {
    const { bandwidth } = this.#weather.faults;
    if (bandwidth === false) return;
    this.#busyUntil = Math.max(this.#busyUntil, performance.now() - maxLag) + (bytes / bandwidth) * 1000;
  }
}
