/** The numbered messages of a talker, and who counts what arrived of them. */

/** Which messages are long, and how long, in bytes. */
const SIZES = /** @type {const} */ ([
  { every: 128, size: 100_000 },
  { every: 16, size: 4000 },
  { every: 1, size: 100 },
]);
const LONGEST = SIZES[0].size + 1000;
const filler = Array.from(
  { length: LONGEST },
  (_, i) => 'abcdefghijklmnopqrstuvwxyzäöü€'[(i * 7919) % 30],
).join('');

/** A talker's message of this number: text, or bytes. @param {number} talker @param {number} n */
export function message(talker, n) {
  const { size } = SIZES.find(({ every }) => (n + talker) % every === 0) ?? SIZES[2];
  const start = (n * 31) % 1000;
  const text = `${n} ${filler.slice(start, start + size)}`;
  return n % 2 === 0 ? text : Buffer.from(text);
}

/** @param {string | Buffer} data */
export const numberOf = (data) =>
  parseInt(typeof data === 'string' ? data : data.toString('latin1', 0, 20), 10);

/**
 * @typedef {object} Seam where one life of the server ends and the next one begins
 * @property {number} talker
 * @property {number} from the life of the server in which the last message arrived
 * @property {number} to that in which the next one did
 * @property {number} step how many messages are missing between them; below 0, how many came again
 */

/**
 * What arrived of one direction of a talker. Within a life of the server each message must be the next one; where a new
 * life begins it is noted what was lost or came again, since whether that may be depends on how the old one ended.
 */
export class Book {
  last = 0;
  #life = 0;
  #talker;
  /** @type {string[]} */
  faults = [];
  /** @type {Seam[]} */
  seams = [];

  /** @param {number} talker */
  constructor(talker) {
    this.#talker = talker;
  }

  /** @param {number} n @param {number} life */
  take(n, life) {
    const step = n - this.last - 1;
    if (life !== this.#life) this.seams.push({ talker: this.#talker, from: this.#life, to: life, step });
    else if (step !== 0) this.faults.push(`talker ${this.#talker}: ${n} came after ${this.last}`);
    this.#life = life;
    this.last = n;
  }
}
