/** Watches a stream that counts 1, 2, 3 … and says what was lost, doubled, or came out of order. */

export class Ledger {
  #expected = 1;
  /** @type {Set<number>} */
  #missing = new Set();

  received = 0;
  doubled = 0;
  outOfOrder = 0;

  /** Numbers that were passed over and have not come since. */
  get lost() {
    return this.#missing.size;
  }

  get highest() {
    return this.#expected - 1;
  }

  get figures() {
    const { received, lost, doubled, outOfOrder } = this;
    return { received, lost, doubled, outOfOrder };
  }

  /** @param {number} number */
  take(number) {
    this.received++;
    if (number >= this.#expected) {
      while (this.#expected < number) this.#missing.add(this.#expected++);
      this.#expected++;
    } else if (this.#missing.delete(number)) {
      this.outOfOrder++;
    } else {
      this.doubled++;
    }
  }
}
