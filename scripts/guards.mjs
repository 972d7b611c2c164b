// Breaks each guard, one at a time in a copy of the sources, and sees whether its scene notices. A guard that can be
// broken unnoticed is either dead code or lacks its scene. What is a guard, and which scene is its own: `guards/`.
//
//   npm run guards               all of them
//   npm run guards -- ack        those whose name or file holds a word
//   npm run guards -- --find     for those that are not noticed: which of all tests would

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guards, partsOf } from './guards/index.mjs';

/** @typedef {import('./guards/index.mjs').Guard} Guard */
/** @typedef {import('./guards/bench.mjs').Order} Order */
/** @typedef {import('./guards/bench.mjs').Result} Result */

const BENCHES = 2;
/** A scene that takes longer hangs, and a hang is no notice: it does not say what is wrong. In ms. */
const SCENE_TIMEOUT = 20_000;
const ALL_TIMEOUT = 180_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);
const finds = args.includes('--find');
const words = args.filter((arg) => !arg.startsWith('--'));
const chosen = guards.filter(({ name, file }) => words.every((word) => `${name} ${file}`.includes(word)));

if (chosen.length === 0) {
  console.error(`no guard has all of these words in its name or file: ${words.join(' ')}`);
  process.exit(1);
}

/** A copy of the sources, and the process that works on it. */
class Bench {
  #folder = mkdtempSync(join(tmpdir(), 'holdfast-guards-'));
  /** @type {Promise<import('node:child_process').ChildProcess>} */
  #worker;

  constructor() {
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
    this.#worker = this.#open();
  }

  /** @param {Order} order @returns {Promise<Result[] | undefined>} undefined if it did not come to an end */
  async run(order, timeout = SCENE_TIMEOUT) {
    const worker = await this.#worker;
    worker.send(order);
    const watch = new AbortController();
    const timer = setTimeout(() => {
      watch.abort();
    }, timeout);
    try {
      const [{ results, error }] = await once(worker, 'message', { signal: watch.signal });
      if (error) throw new Error(error);
      return results;
    } catch (error) {
      if (!watch.signal.aborted) throw error;
      worker.kill('SIGKILL');
      this.#worker = this.#open();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async close() {
    const worker = await this.#worker;
    worker.disconnect();
    await once(worker, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #open() {
    rmSync(join(this.#folder, 'packages'), { recursive: true, force: true });
    cpSync(join(root, 'packages'), join(this.#folder, 'packages'), {
      recursive: true,
      filter: (path) => !/\/(dist|node_modules)$/.test(path),
    });
    for (const file of ['vitest.config.ts', 'package.json', 'tsconfig.base.json'])
      cpSync(join(root, file), join(this.#folder, file));
    const worker = fork(fileURLToPath(new URL('guards/bench.mjs', import.meta.url)), [this.#folder], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(worker, 'message');
    return worker;
  }
}

/** Every scene must pass while all guards stand: only so is a failure a notice. @param {Bench} bench */
async function checkScenes(bench) {
  const files = [...new Set(chosen.map(({ scene }) => partsOf(scene).file))];
  const results = (await bench.run({ files }, ALL_TIMEOUT)) ?? [];
  const wrong = chosen.filter(({ scene }) => {
    const found = results.filter(({ name }) => name === scene);
    return found.length !== 1 || !found[0]?.passed;
  });
  for (const { name, scene } of wrong)
    console.log(`${name}:\n  no such scene, or two, or it fails already: ${scene}`);
  if (wrong.length > 0 && !finds) process.exitCode = 1;
  return wrong.length === 0 || finds;
}

/** @param {Bench} bench @param {Guard} guard */
async function isNoticed(bench, guard) {
  const { file, titles } = partsOf(guard.scene);
  const results = await bench.run({ guard, files: [file], title: titles.join(' ') });
  const noticed = results?.length === 1 && !results[0]?.passed;
  const verdict = noticed ? 'noticed  ' : results ? 'UNNOTICED' : 'HANGS    ';
  const lines = [`${verdict}  ${guard.file.replace('/src', '')}: ${guard.name}`];
  if (!noticed && finds) lines.push(...(await find(bench, guard)));
  console.log(lines.join('\n'));
  return noticed;
}

/** @param {Bench} bench @param {Guard} guard */
async function find(bench, guard) {
  const results = await bench.run({ guard }, ALL_TIMEOUT);
  if (!results) return ['             by a hang of something'];
  const failed = results.filter(({ passed }) => !passed).map(({ name }) => `             by ${name}`);
  return failed.length > 0 ? failed : ['             by nothing'];
}

const benches = Array.from({ length: BENCHES }, () => new Bench());
try {
  if (await checkScenes(/** @type {Bench} */ (benches[0]))) {
    const rest = [...chosen];
    let noticed = 0;
    await Promise.all(
      benches.map(async (bench) => {
        for (let guard; (guard = rest.shift());) if (await isNoticed(bench, guard)) noticed++;
      }),
    );
    console.log(`${noticed} of ${chosen.length} broken guards were noticed`);
    if (noticed < chosen.length) process.exitCode = 1;
  }
} finally {
  await Promise.all(benches.map((bench) => bench.close()));
}
