/**
 * Two ends send each other numbered messages at a steady pace, and each keeps an account of what it hears. The same class
 * at both ends: the page loads this file, and the tests import it.
 *
 * Unlike a conversation it measures: time is what its stalls are made of, and what is wrong is counted and not the end.
 */

/**
 * @typedef {object} Pace
 * @property {number} interval Milliseconds between two messages.
 * @property {number} [large] Characters of every tenth message; the others are short.
 *
 * @typedef {object} Account
 * @property {number} lost
 * @property {number} doubled
 * @property {number} outOfOrder
 * @property {number} garbled
 * @property {number} stall The longest time without a message, in ms.
 */

/** @param {number} n @param {Pace} pace */
const messageAt = (n, { large = 0 }) =>
  `${n} ${'·'.repeat(large > 0 && n % 10 === 5 ? large : (n * 37) % 61)}`;

export class Metronome {
  sent = 0;

  #say;
  #pace;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;
  /** @type {Set<number>} */
  #heard = new Set();
  #highest = 0;
  #doubled = 0;
  #outOfOrder = 0;
  #garbled = 0;
  #stall = 0;
  #heardAt = 0;
  #toHear = Infinity;
  /** @type {{ count: number, resolve: () => void }[]} */
  #listeners = [];

  /**
   * @param {(message: string) => void} say
   * @param {Pace} pace
   */
  constructor(say, pace) {
    this.#say = say;
    this.#pace = pace;
  }

  begin() {
    this.listenAnew();
    this.#timer = setInterval(() => this.#say(messageAt(++this.sent, this.#pace)), this.#pace.interval);
  }

  /** Says no more, and gives how much it has said. */
  stop() {
    clearInterval(this.#timer);
    return this.sent;
  }

  /** Forgets the stalls so far. */
  listenAnew() {
    this.#stall = 0;
    this.#heardAt = performance.now();
  }

  /** @param {string} message */
  hear(message) {
    const now = performance.now();
    const n = parseInt(message, 10);
    if (message !== messageAt(n, this.#pace)) this.#garbled++;
    else if (this.#heard.has(n)) this.#doubled++;
    else {
      if (n < this.#highest) this.#outOfOrder++;
      this.#highest = Math.max(this.#highest, n);
      this.#heard.add(n);
    }
    this.#stall = Math.max(this.#stall, now - this.#heardAt);
    this.#heardAt = now;
    this.#tell();
  }

  /**
   * Resolves when so many messages more were heard.
   *
   * @param {number} count
   * @returns {Promise<void>}
   */
  hears(count) {
    return new Promise((resolve) => this.#listeners.push({ count: this.#heard.size + count, resolve }));
  }

  /**
   * Resolves when everything was heard of so many messages.
   *
   * @param {number} count
   * @returns {Promise<void>}
   */
  hearsAll(count) {
    this.#toHear = count;
    return new Promise((resolve) => {
      this.#listeners.push({ count, resolve });
      this.#tell();
    });
  }

  /** @returns {Account} */
  account() {
    return {
      lost: this.#toHear - this.#heard.size,
      doubled: this.#doubled,
      outOfOrder: this.#outOfOrder,
      garbled: this.#garbled,
      stall: this.#stall,
    };
  }

  #tell() {
    const due = this.#listeners.filter(({ count }) => this.#heard.size >= count);
    this.#listeners = this.#listeners.filter((listener) => !due.includes(listener));
    for (const { resolve } of due) resolve();
  }
}
