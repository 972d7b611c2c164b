/** What a client knows of the way to the server over HTTP, and what follows from it: how much to send at once, how long to wait. */
import type { Herding } from './carriers.ts';

/** The first size of a batch, in bytes: below nginx's limit of 1 MB. A proxy that allows less halves it, */
const MAX_BATCH = 512 * 1024;
/** down to this. */
const MIN_BATCH = 1024;
/** A batch of so many bytes is not to blame for its size, unless an answer says so. */
const SMALL_BATCH = 4 * 1024;
/** As long as the speed is not known, no more is sent at once, in bytes; and smaller bodies tell nothing of it. */
const CAREFUL_BATCH = 64 * 1024;
const TELLING = 8 * 1024;
/** A batch is on its way for about so long, in ms: what is lost in silence is missed no later than a few times that. */
const BATCH_TIME = 1000;
/** A small request is answered in this time, in ms, and a repeated one in the next; */
const REQUEST_TIMEOUTS = [1500, 2000, 4000];
const MAX_REQUEST_TIMEOUT = 8000;
/** a large one may take a ms more for so many bytes, at worst. */
const SLOW_BYTES_PER_MS = 4;
/** How long the server may hold a response, in ms: less when a proxy ends them earlier, */
const MAX_HOLD = 25_000;
const MIN_HOLD = 1000;
/** A limit holds for so long, in ms: then it is found out anew, that of a batch by trying twice as much. */
const FORGIVEN_AFTER = 600_000;

/** Figures that another page may begin with. */
export interface PathFigures {
  /** Bytes of a batch: less once a proxy took no more. */
  readonly maxBatch: number;
  /** How long the server may hold a response, in ms: less once a proxy ended one earlier. */
  readonly hold: number;
}

/** A way of which nothing is known. */
export const UNKNOWN: PathFigures = { maxBatch: MAX_BATCH, hold: MAX_HOLD };

/** The transports of a connection share it, one after the other. */
export class HttpPath {
  /** Whether a stream is wanted where responses arrive as they are written. */
  readonly streams: boolean;
  maxBatch: number;
  readonly server: Herding;
  /** How long the last body took to be answered, in ms. */
  roundTrip = 0;
  /** The size of a batch that was not answered, and may have been too large. */
  #suspect = Infinity;
  /** The size of the largest body that was answered. */
  #proven = 0;
  /** The shortest round trip lately, in ms. */
  #least = Infinity;
  /** The next batch is a small one: whether that gets through tells more. */
  #isCareful = false;
  #hold: number;
  #limitedAt = -Infinity;
  /** How long the last request had waited that did not come to its end, in ms. */
  #broke = 0;
  /** When the size of batches changed. */
  #cutAt: number;
  /** How fast bodies went lately, in bytes per ms. */
  #speed = SLOW_BYTES_PER_MS;

  constructor(streams: boolean, { maxBatch, hold }: PathFigures, now: number, server: Herding) {
    this.streams = streams;
    this.server = server;
    this.maxBatch = maxBatch;
    this.#hold = hold;
    this.#cutAt = now;
    if (hold < MAX_HOLD) this.#limitedAt = now;
  }

  get hold(): number {
    return this.#hold;
  }

  /** How much to send at once, in bytes. */
  get batchSize(): number {
    const most = this.#isCareful ? MIN_BATCH : Math.max(CAREFUL_BATCH, this.#speed * BATCH_TIME);
    return Math.min(this.maxBatch, most);
  }

  /**
   * Whether the way takes a batch of so many bytes beside others: bodies are answered as soon as ever, so there is room for
   * more, and one as large got through.
   */
  takes(bytes: number): boolean {
    const { roundTrip } = this;
    const isQuick = roundTrip > 0 && roundTrip <= Math.min(BATCH_TIME, 1.5 * this.#least + 10);
    return isQuick && bytes <= Math.max(SMALL_BATCH, this.#proven);
  }

  /** Short at first, since an abort discards a dead connection; longer with each repeat, since the network may be slow. */
  timeout(bytes: number, repeat: number): number {
    const least = Math.max(SLOW_BYTES_PER_MS, this.#speed / 4 ** (repeat + 1));
    return (REQUEST_TIMEOUTS[repeat] ?? MAX_REQUEST_TIMEOUT) + bytes / least;
  }

  /** A body of so many bytes, sent at `began`, was answered. */
  went(bytes: number, began: number, now: number): void {
    const ms = now - began;
    this.roundTrip = ms;
    // Slowly more: the way may be another one by now.
    this.#least = Math.min(ms, 1.02 * this.#least + 0.1);
    this.#isCareful = false;
    this.#proven = Math.max(this.#proven, bytes);
    if (2 * bytes > this.#suspect) this.#suspect = Infinity;
    if (bytes >= TELLING) this.#speed = bytes / (ms + 1);
    // Only who has so much to send finds out whether more is taken by now: at the cost of a request that is repeated.
    if (2 * bytes > this.maxBatch && now - this.#cutAt > FORGIVEN_AFTER) {
      this.#cutAt = now;
      this.maxBatch = Math.min(MAX_BATCH, 2 * this.maxBatch);
    }
  }

  /**
   * A batch of so many bytes was too large, as the answer said. Without an answer that can be read it may have been: if a
   * small one gets through, and then another large one is not answered, it was. False if it makes no sense to send less.
   */
  refused(bytes: number, isSaid: boolean, now: number): boolean {
    const least = Math.min(bytes, this.maxBatch, this.#suspect);
    if (!isSaid) {
      if (bytes <= SMALL_BATCH) return false;
      this.#isCareful = this.#suspect === Infinity;
      this.#suspect = this.#isCareful ? bytes : Infinity;
      if (this.#isCareful) return true;
    }
    const half = Math.floor(least / 2);
    if (half < MIN_BATCH) return false;
    this.maxBatch = half;
    this.#proven = 0;
    this.#cutAt = now;
    return true;
  }

  /** How long the next response may be held, in ms. */
  holdAt(now: number): number {
    if (now - this.#limitedAt > FORGIVEN_AFTER) this.#hold = MAX_HOLD;
    return Math.round(this.#hold);
  }

  /**
   * Something did not let a request wait so long. False if that tells nothing: one that ended may have met a cut, or the end of
   * a server. If the next one ends after the same time, it had waited too long; and so had one that ended in silence.
   */
  limited(now: number, lasted: number, isSilent: boolean): boolean {
    if (lasted <= MIN_HOLD) return false;
    const before = this.#broke;
    this.#broke = lasted;
    if (!isSilent && Math.abs(lasted - before) > MIN_HOLD) return false;
    this.#hold = Math.max(MIN_HOLD, Math.min(this.#hold, lasted) * 0.7);
    this.#limitedAt = now;
    return true;
  }
}
