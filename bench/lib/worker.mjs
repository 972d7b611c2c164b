/** A process of the bench, seen from the parent. */

import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What takes longer has hung, in ms. */
const TIMEOUT = 60_000;
/** What does not end by itself in this time is ended, in ms. */
const END_TIMEOUT = 5000;
const child = fileURLToPath(new URL('child.mjs', import.meta.url));

export const SERVER_CORE = 0;
export const CLIENT_CORE = 1;

/** Whether server and client are kept on a core each. */
export const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0,1', 'true']).status === 0;

export class Worker {
  #process;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #id = 0;

  /** @param {string} subject @param {number} core */
  constructor(subject, core) {
    const profile = process.env['BENCH_PROFILE'];
    const folder = profile && join(profile, subject, core === SERVER_CORE ? 'server' : 'client');
    const node = ['--expose-gc', ...(folder ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [])];
    this.#process = fork(
      child,
      [subject],
      pinned
        ? { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...node] }
        : { execArgv: node },
    );
    this.#process.on('message', (/** @type {{ id: number, result: any, error?: string }} */ answer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if (answer.error === undefined) waiting?.resolve(answer.result);
      else waiting?.reject(new Error(`${subject}: ${answer.error}`));
    });
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${subject} ended with ${code}`));
      this.#waiting.clear();
    });
  }

  /** @param {string} act @param {unknown} [what] @returns {Promise<any>} */
  call(act, what) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${this.#process.spawnargs.at(-1)}: no answer to ${act}, ${JSON.stringify(what)}`));
      }, TIMEOUT);
      this.#waiting.set(id, {
        resolve: (result) => {
          clearTimeout(timer);
          resolve(result);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      this.#process.send({ id, act, what });
    });
  }

  async end() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), END_TIMEOUT);
    await ended;
    clearTimeout(timer);
  }
}
