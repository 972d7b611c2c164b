/** Runs `live.mjs`, kills it and starts it anew on the same port, with nothing of its memory left. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('./live.mjs', import.meta.url));

export class LiveProcess {
  /** @type {import('node:child_process').ChildProcess} */
  #child;
  /** @type {readonly string[]} */
  #origins;
  /** @type {Promise<void> | undefined} */
  #restarting;

  port = 0;

  /** @param {readonly string[]} origins Of the pages that may connect. */
  static async start(origins) {
    const live = new LiveProcess(origins);
    await live.#started();
    return live;
  }

  /** @param {readonly string[]} origins */
  constructor(origins) {
    this.#origins = origins;
    this.#child = this.#fork();
  }

  /** Ends the server as a crash would, without a goodbye to anybody, and resolves when a new one listens. */
  restart() {
    this.#restarting ??= this.#killAndStart().finally(() => (this.#restarting = undefined));
    return this.#restarting;
  }

  async #killAndStart() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    this.#child = this.#fork();
    await this.#started();
  }

  #fork() {
    return fork(program, {
      env: { ...process.env, PORT: String(this.port), ORIGINS: this.#origins.join(' ') },
    });
  }

  async #started() {
    const child = this.#child;
    const failed = once(child, 'exit').then(() => {
      throw new Error('The server of the demo did not start; has `npm run build` been run?');
    });
    const [address] = await Promise.race([once(child, 'message'), failed]);
    failed.catch(() => undefined);
    this.port = address.port;
  }
}
