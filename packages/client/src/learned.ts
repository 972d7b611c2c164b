/**
 * What a client has learned of the way to a server, kept for the next page: per origin, for a while, where there is a
 * storage. It never decides alone: a WebSocket that was set aside is tried again soon, behind HTTP.
 */
import type { Environment } from './environment.ts';
import { UNKNOWN, type PathFigures } from './http-path.ts';

/** The part of `localStorage` that is used. */
export interface LearnedStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** How long it is believed, in ms. */
const KEPT = 3_600_000;
/** More setbacks than that are not carried over: they only say how long to wait for the next WebSocket. */
const MAX_SETBACKS = 3;

interface Learned extends PathFigures {
  readonly setbacks: number;
}

/** Nothing was learned. */
const NOTHING: Learned = { setbacks: 0, ...UNKNOWN };

/** The memory of one origin; one that forgets without a storage, or where it cannot be used. */
export class Memo {
  readonly #storage: LearnedStorage | undefined;
  readonly #key: string;
  #written = '';

  constructor({ storage }: Pick<Environment, 'storage'>, url: string) {
    this.#storage = url ? storage : undefined;
    this.#key = `holdfast ${url && new URL(url).origin}`;
  }

  /** What was learned, as far as it can still be believed. */
  read(now: number): Learned {
    try {
      const text = this.#storage?.getItem(this.#key) ?? '';
      const [at = 0, setbacks = 0, hold = 0, maxBatch = 0] = text.split(' ').map(Number);
      const isFresh = Math.abs(now - at) < KEPT;
      const within = (figure: number, least: number, most: number): boolean =>
        figure >= least && figure <= most;
      if (!isFresh || !within(hold, 1000, UNKNOWN.hold) || !within(maxBatch, 1024, UNKNOWN.maxBatch))
        return NOTHING;
      return { setbacks: within(setbacks, 0, MAX_SETBACKS) ? setbacks : MAX_SETBACKS, hold, maxBatch };
    } catch {
      return NOTHING;
    }
  }

  /** Keeps what is worth it; forgets what is as if nothing had been learned. */
  write(now: number, setbacks: number, { hold, maxBatch }: PathFigures): void {
    const learned = [setbacks, Math.round(hold), maxBatch].join(' ');
    if (learned === this.#written) return;
    this.#written = learned;
    const isNothing = setbacks === 0 && hold === UNKNOWN.hold && maxBatch === UNKNOWN.maxBatch;
    try {
      if (isNothing) this.#storage?.removeItem(this.#key);
      else this.#storage?.setItem(this.#key, `${now} ${learned}`);
    } catch {
      // Full, or forbidden: nothing depends on it.
    }
  }
}
