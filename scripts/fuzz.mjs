// Hostile bytes, as many as one likes, on all cores. See packages/world/src/fuzz and SECURITY.md.
//
//   npm run fuzz -- --inputs 10000000 --seed 1   so many in all, shared out among the targets
//   npm run fuzz -- --only "the server"          one target; all are named at the end
//   npm run fuzz -- --no-coverage                faster: what is new is told by outcomes alone

import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { buildWorld } from './world.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @typedef {typeof import('../packages/world/src/fuzz/index.ts')} Fuzz */
/** @typedef {{ name: string, inputs: number }} Job */
/** @typedef {{ name: string, inputs: number, seconds: number, outcomes: [string, number][], heap: number[], blocks: number, kept: number, failure: string | undefined }} Result */

/** Shares of the inputs: whole endpoints are hundreds of times as dear as decoders. The rest is shared out evenly. */
const SHARES = new Map([
  ['the server', 0.002],
  ['the client', 0.004],
  ['the endpoint', 0.004],
]);

if (isMainThread) await main();
else await work();

async function main() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      inputs: { type: 'string', default: '200000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      coverage: { type: 'boolean', default: true },
    },
  });
  const [inputs, seed] = [Number(values.inputs), Number(values.seed)];
  if (!(inputs >= 1 && Number.isInteger(seed))) throw new Error('--inputs and --seed are whole numbers');
  const folder = mkdtempSync(join(root, 'node_modules/.fuzz-'));
  try {
    const url = await buildWorld(folder, 'world/src/fuzz/index');
    /** @type {Fuzz} */
    const { decoders } = await import(url);
    const all = new Set([...decoders.map(({ name }) => name), ...SHARES.keys()]);
    const names = [...all].filter((name) => !values.only || name === values.only);
    const rest = 1 - [...SHARES.values()].reduce((a, b) => a + b);
    const share = (/** @type {string} */ name) =>
      values.only ? 1 : (SHARES.get(name) ?? rest / (all.size - SHARES.size));
    /** @type {Job[]} */
    const jobs = names.map((name) => ({ name, inputs: Math.ceil(inputs * share(name)) }));
    const startedAt = performance.now();
    /** @type {Result[]} */
    const results = [];
    const lane = async () => {
      for (let job; (job = jobs.shift());) {
        const result = await inWorker({ ...job, url, seed, coverage: values.coverage });
        results.push(result);
        print(result);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
    const sum = results.reduce((all, each) => all + each.inputs, 0);
    const failures = results.filter(({ failure }) => failure);
    for (const { failure } of failures) console.log(`\n${failure}`);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    console.log(`\n${sum} inputs, seed ${seed}, ${seconds} s, ${failures.length} failed`);
    if (failures.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {Promise<Result>} */
function inWorker(/** @type {object} */ job) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: job });
    worker.on('message', resolve);
    worker.on('error', reject);
  });
}

function print(/** @type {Result} */ { name, inputs, seconds, outcomes, heap, blocks, kept, failure }) {
  const [early = 0, late = 0] = heap.map((bytes) => bytes / 2 ** 20);
  const most = outcomes.sort(([, a], [, b]) => b - a).slice(0, 6);
  console.log(
    `${failure ? 'FAILED ' : ''}${name}: ${inputs} inputs, ${Math.round(inputs / seconds)} a second`,
  );
  console.log(`  heap ${early.toFixed(1)} MiB at a tenth, ${late.toFixed(1)} MiB at the end`);
  if (blocks > 0) console.log(`  ${blocks} blocks of code reached, ${kept} inputs kept`);
  console.log(
    `  ${outcomes.length} outcomes: ${most.map(([what, n]) => `${what || '(none)'} ${n}`).join(' · ')}`,
  );
}

async function work() {
  const { name, inputs, url, seed, coverage } = workerData;
  /** @type {Fuzz} */
  const { decoders, fuzz, fuzzServer, fuzzClient, failureInWords } = await import(url);
  // A collection can be asked for from here on.
  setFlagsFromString('--expose-gc');
  globalThis.gc = runInNewContext('gc');
  const startedAt = performance.now();
  const decoder = decoders.find((each) => each.name === name);
  const watch = coverage && decoder ? watchBlocks() : undefined;
  const guided = decoder && fuzz(decoder, { inputs, seed }, watch);
  const whole = name === 'the server' ? fuzzServer : fuzzClient;
  const tally = guided ?? (await whole({ inputs, seed }));
  /** @type {Result} */
  const result = {
    ...{ name, inputs: tally.inputs, seconds: (performance.now() - startedAt) / 1000 },
    ...{ outcomes: [...tally.outcomes], heap: tally.heap, failure: failureInWords(tally) },
    blocks: guided?.blocks.size ?? 0,
    kept: guided?.kept.length ?? 0,
  };
  parentPort?.postMessage(result);
}

/** V8's own count of the blocks of our sources that ran since it was asked last. */
function watchBlocks() {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const look = () => {
    /** @type {string[]} */
    const blocks = [];
    session.post('Profiler.takePreciseCoverage', (error, coverage) => {
      if (error) throw error;
      for (const { url, functions } of coverage.result) {
        if (!/\/(protocol|client|server)\/src\//.test(url)) continue;
        const file = url.split('/').slice(-3).join('/');
        for (const { ranges } of functions)
          for (const { startOffset, endOffset, count } of ranges)
            if (count > 0) blocks.push(`${file} ${startOffset} ${endOffset}`);
      }
    });
    return blocks;
  };
  const stop = () => {
    session.post('Profiler.stopPreciseCoverage');
  };
  return { look, stop };
}
