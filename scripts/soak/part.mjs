/** A process of the soak, from outside. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What takes longer has hung, in ms. */
const TIMEOUT = 300_000;

export class Part {
  #process;
  #name;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #id = 0;

  /** @param {string} name of a file beside this one @param {string[]} args */
  constructor(name, ...args) {
    this.#name = name;
    const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
    this.#process = fork(file, args, { execArgv: ['--expose-gc'] });
    this.#process.on('message', (/** @type {{ id: number, result: any, error?: string }} */ answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiting?.resolve(answer.result);
      else waiting?.reject(new Error(`${name}: ${answer.error}`));
    });
    this.#process.on('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`${name} ended with ${code ?? signal}`));
      this.#waiting.clear();
    });
  }

  /** @param {string} act @param {unknown} [what] @returns {Promise<any>} */
  async call(act, what) {
    const id = ++this.#id;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`${this.#name}: no answer to ${act}`)), TIMEOUT);
        this.#waiting.set(id, { resolve, reject });
        this.#process.send({ id, act, what });
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }
}
