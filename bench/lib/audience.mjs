/** Clients that are sent the same messages: each checks in full, and in order, what it gets. */

import { texts } from './messages.mjs';

export class Audience {
  #clients;
  #heard = 0;
  #awaited = 0;
  #resolve = () => {};
  /** @type {Error | undefined} */
  #error;

  /** @param {readonly import('../types.ts').OpenClient[]} clients @param {number} size bytes of a message */
  constructor(clients, size) {
    this.#clients = clients.length;
    const text = texts(size);
    for (const client of clients) {
      let next = 0;
      client.onmessage = (heard) => {
        if (heard !== text(next++)) this.#error ??= new Error(`message ${next} is not what was sent`);
        if (++this.#heard >= this.#awaited || this.#error) this.#resolve();
      };
    }
  }

  /** Waits until all have heard so many messages each, from the first one on. @param {number} count */
  async heard(count) {
    this.#awaited = count * this.#clients;
    if (this.#heard < this.#awaited && !this.#error)
      await new Promise((resolve) => (this.#resolve = () => resolve(undefined)));
    if (this.#error) throw this.#error;
  }
}
