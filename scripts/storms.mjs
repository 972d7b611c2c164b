// Storms in the simulated world, as many as one likes, on all cores. See packages/world/src/storm.ts.
//
//   npm run storms -- --count 1000000     so many, with progress
//   npm run storms -- --minutes 60        no more than fit into so many minutes
//   npm run storms -- --seed 7 --count 1  one of them
//   npm run storms -- --coverage          also which code no storm reached; on one core
//   npm run storms -- --rows              also how often each row of the state table was taken

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { buildWorld } from './world.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {import('../packages/world/src/index.ts').Tally} Tally */
/** @typedef {typeof import('../packages/world/src/index.ts')} World */

if (isMainThread) await main();
else await work();

async function main() {
  const { values } = parseArgs({
    options: {
      count: { type: 'string' },
      minutes: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
      coverage: { type: 'boolean', default: false },
      rows: { type: 'boolean', default: false },
    },
  });
  const minutes = Number(values.minutes);
  const count = Number(values.count ?? (minutes < Infinity ? 1e9 : 10_000));
  const seed = Number(values.seed);
  if (!(count >= 1 && Number.isInteger(seed))) throw new Error('--count and --seed are whole numbers');
  if (!(minutes > 0)) throw new Error('--minutes is a number');
  const folder = mkdtempSync(join(root, 'node_modules/.storms-'));
  try {
    const world = await buildWorld(folder);
    /** @type {World} */
    const { Coverage } = await import(world);
    const startedAt = performance.now();
    const tallies = values.coverage
      ? [await covered(world, folder, seed, count)]
      : await Promise.all(workers(world, seed, count, minutes));
    const coverage = new Coverage();
    for (const tally of tallies) coverage.add(tally.coverage);
    if (values.rows) printRows(coverage);
    printTally(tallies, coverage, (performance.now() - startedAt) / 1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One storm after the other on each core: the n-th worker takes each n-th seed. */
function workers(
  /** @type {string} */ world,
  /** @type {number} */ seed,
  /** @type {number} */ count,
  /** @type {number} */ minutes,
) {
  const until = Date.now() + minutes * 60_000;
  const stride = Math.min(availableParallelism(), count);
  const done = new Array(stride).fill(0);
  let shown = performance.now();
  return done.map((_, n) => {
    const worker = new Worker(fileURLToPath(import.meta.url), {
      workerData: { world, first: seed + n, count: count - n, stride, until },
    });
    /** @type {Promise<Tally>} */
    const tally = new Promise((resolve, reject) => {
      worker.on('error', reject);
      worker.on('message', (/** @type {number | Tally} */ message) => {
        if (typeof message === 'object') {
          resolve(message);
          return;
        }
        done[n] = message;
        if (performance.now() - shown < 5000) return;
        shown = performance.now();
        console.log(`${done.reduce((a, b) => a + b)}${count < 1e9 ? ` of ${count}` : ''}`);
      });
    });
    return tally;
  });
}

async function work() {
  const { world, first, count, stride, until } = workerData;
  /** @type {World} */
  const { runStorms } = await import(world);
  const tally = runStorms(first, count, stride, (storms) => {
    parentPort?.postMessage(storms);
    return Date.now() < until;
  });
  parentPort?.postMessage(tally);
}

/** Runs storms under V8's coverage, and prints the blocks of both ends that none of them reached. */
async function covered(
  /** @type {string} */ world,
  /** @type {string} */ folder,
  /** @type {number} */ seed,
  /** @type {number} */ count,
) {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  /** @type {World} */
  const { runStorms } = await import(`${world}?covered`);
  const tally = runStorms(seed, count);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  for (const { url, functions } of result) {
    const file = url.startsWith('file:') ? relative(folder, fileURLToPath(url.split('?')[0] ?? url)) : '';
    if (!/^(protocol|client|server)\/src\//.test(file)) continue;
    const source = readFileSync(join(folder, file), 'utf8');
    const unreached = functions.flatMap(({ ranges }) => ranges.filter((range) => range.count === 0));
    const outer = unreached.filter(
      (a) => !unreached.some((b) => b !== a && b.startOffset <= a.startOffset && a.endOffset <= b.endOffset),
    );
    if (outer.length > 0) console.log(`\n${file.replace('.mjs', '.ts')}: not reached`);
    for (const { startOffset, endOffset } of outer) {
      const text = source.slice(startOffset, endOffset).replace(/\s+/g, ' ').trim();
      console.log(`  ${text.slice(0, 110)}${text.length > 110 ? ' …' : ''}`);
    }
  }
  console.log();
  return tally;
}

function printRows(/** @type {InstanceType<World['Coverage']>} */ coverage) {
  const rows = coverage.rows();
  for (const { row, taken, possible } of rows)
    if (possible) console.log(`${String(taken).padStart(10)}  ${row}`);
  const pairs = Object.keys(coverage.pairs).length;
  console.log(`${pairs} different pairs of state and event\n`);
}

function printTally(
  /** @type {Tally[]} */ tallies,
  /** @type {InstanceType<World['Coverage']>} */ coverage,
  /** @type {number} */ seconds,
) {
  const sum = (/** @type {'storms' | 'messages'} */ what) =>
    tallies.reduce((all, tally) => all + tally[what], 0);
  const possible = coverage.rows().filter((row) => row.possible);
  const taken = possible.filter((row) => row.taken > 0).length;
  const longest = Object.entries(coverage.longest).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  const failures = tallies.flatMap(({ failure }) => failure ?? []);
  console.log(`${sum('storms')} storms, ${sum('messages')} messages, ${seconds.toFixed(0)} s`);
  console.log(`${taken} of ${possible.length} rows of the state table taken`);
  console.log(`longest after the weather cleared: ${longest.join(', ')}`);
  for (const failure of failures) console.log(`\n${failure}`);
  console.log(`${sum('storms')} passed, ${failures.length} failed`);
  if (failures.length > 0) process.exitCode = 1;
}
