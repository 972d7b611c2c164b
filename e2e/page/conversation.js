/**
 * Two ends count to each other, each message as many as the last plus one, and each checks that it hears everything once,
 * in order and byte for byte. The same class at both ends: the page loads this file, and the tests import it.
 *
 * Nothing here waits for a clock: an end is never more than a window ahead of what it hears, so that a conversation is
 * in full flow at every moment at which a test lets something happen to it.
 */

/**
 * @typedef {object} Terms
 * @property {number} [total] How many messages each end says; without it both go on until they are stopped.
 * @property {number} [window] How many messages an end may be ahead of what it has heard.
 */

const encoder = new TextEncoder();

/**
 * Message n: its number and some filling, now short, now long enough to be in several pieces; every fourth is binary.
 *
 * @param {number} n
 * @returns {string | Uint8Array<ArrayBuffer>}
 */
export function messageAt(n) {
  const text = `${n} ${'·'.repeat(n % 500 === 0 ? 50_000 : (n * 37) % 151)}`;
  return n % 4 === 0 ? encoder.encode(text) : text;
}

/**
 * @param {string | Uint8Array} a
 * @param {string | Uint8Array} b
 */
function areEqual(a, b) {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export class Conversation {
  sent = 0;
  received = 0;

  /** Called with the number of each message that was heard. */
  onHeard = (/** @type {number} */ _number) => {};

  /** Resolves with 'complete' when all is said and heard, or with the first thing that was wrong. */
  done;

  #say;
  #window;
  /** How many messages to say, and how many to hear. */
  #toSay;
  #toHear;
  /** @type {(verdict: string) => void} */
  #settle = () => {};

  /**
   * @param {(message: string | Uint8Array<ArrayBuffer>) => void} say
   * @param {Terms} terms
   */
  constructor(say, { total = Infinity, window = 40 } = {}) {
    this.#say = say;
    this.#window = window;
    this.#toSay = this.#toHear = total;
    this.done = /** @type {Promise<string>} */ (new Promise((resolve) => (this.#settle = resolve)));
  }

  begin() {
    this.#goOn();
  }

  /** Says one message more, whether it is its turn or not. */
  insist() {
    this.#say(messageAt(++this.sent));
  }

  /** Says no more, and gives how much it has said. */
  stop() {
    this.#toSay = this.sent;
    return this.sent;
  }

  /**
   * The other end has stopped after so many messages.
   *
   * @param {number} count
   */
  expect(count) {
    this.#toHear = count;
    this.#goOn();
  }

  /** @param {string | Uint8Array} message */
  hear(message) {
    const expected = this.received + 1;
    if (!areEqual(message, messageAt(expected))) {
      const text = typeof message === 'string' ? message : new TextDecoder().decode(message);
      this.#settle(`expected message ${expected}, heard "${text.slice(0, 20)}" (${message.length} long)`);
      return;
    }
    this.received = expected;
    this.onHeard(expected);
    this.#goOn();
  }

  #goOn() {
    while (this.sent < Math.min(this.#toSay, this.received + this.#window)) this.#say(messageAt(++this.sent));
    if (this.sent === this.#toSay && this.received === this.#toHear) this.#settle('complete');
  }
}
