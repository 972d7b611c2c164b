// `npm test`: runs every step, whatever the earlier ones said, and sums them up in the last line.
// A check counts as one; a suite counts its tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @typedef {{ passed: number, failed: number }} Count */

const reports = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
const reportOf = (/** @type {string} */ name) => join(reports, `${name.replace(':', '-')}.json`);
/** A suite of Vitest's, and where it leaves its report. */
const vitest = (/** @type {string} */ name, /** @type {string[]} */ ...args) => {
  const report = reportOf(name);
  return {
    name,
    args: ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    count: () => countVitest(report),
  };
};
/** One of Playwright's. */
const playwright = (/** @type {string} */ name) => {
  const report = reportOf(name);
  return {
    name,
    args: ['--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    count: () => countPlaywright(report),
  };
};

/** @typedef {{ name: string, args?: string[], env?: Record<string, string>, count?: () => Count }} Step */

/**
 * Stages, one after the other. What uses one core each goes side by side.
 *
 * @type {Step[][][]}
 */
const stages = [
  [
    [{ name: 'build' }],
    // They wait for the network and the disk.
    [{ name: 'browsers' }, { name: 'proxies' }],
  ],
  [
    ['typecheck', 'lint', 'format:check', 'publint', 'attw', 'size'].map((name) => ({ name })),
    [{ name: 'model' }, { name: 'storms', args: ['--count', '4000'] }, vitest('test:load', '--maxWorkers=1')],
  ],
  [
    [
      ...['test:unit', 'test:doctor', 'test:programs'].map((name) => vitest(name)),
      ...['test:recipes', 'test:e2e'].map(playwright),
    ],
  ],
];

/**
 * @param {string} report
 * @returns {Count}
 */
function countVitest(report) {
  const { testResults, numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that could not be loaded has failed without a failed test in it.
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}

/**
 * @param {string} report
 * @returns {Count}
 */
function countPlaywright(report) {
  const { stats, errors } = JSON.parse(readFileSync(report, 'utf8'));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + errors.length };
}

/**
 * A runner that says it failed, yet reports no failure or nothing at all (it crashed), counts as one failure.
 *
 * @param {boolean} succeeded
 * @param {() => Count} [count]
 * @returns {Count}
 */
function result(succeeded, count) {
  if (!count) return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  try {
    const { passed, failed } = count();
    return { passed, failed: succeeded ? failed : Math.max(failed, 1) };
  } catch (error) {
    console.error(`No report to count: ${String(error)}`);
    return { passed: 0, failed: 1 };
  }
}

/** @type {{ verdict: string, name: string, count: string, seconds: string }[]} */
const summary = [];
const total = { passed: 0, failed: 0 };

/** @param {Step} step @param {boolean} isAlone whether its output may go out as it comes */
async function run({ name, args = [], env, count }, isAlone) {
  if (isAlone) console.log(`\n> ${name}`);
  const startedAt = performance.now();
  const npm = spawn('npm', ['run', '--silent', name, '--', ...args], {
    stdio: isAlone ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [npm.stdout, npm.stderr]) stream?.on('data', (bytes) => output.push(bytes));
  const [status] = await once(npm, 'close');
  if (!isAlone) console.log(`\n> ${name}\n${Buffer.concat(output).toString()}`);
  const { passed, failed } = result(status === 0, count);
  total.passed += passed;
  total.failed += failed;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const verdict = failed > 0 ? 'FAILED' : 'ok';
  summary.push({ verdict, name, count: count ? `${passed} passed, ${failed} failed` : '', seconds });
}

for (const lanes of stages) {
  await Promise.all(
    lanes.map(async (steps) => {
      for (const step of steps) await run(step, lanes.length === 1);
    }),
  );
}

rmSync(reports, { recursive: true });

console.log();
for (const { verdict, name, count, seconds } of summary) {
  console.log(`${verdict.padEnd(7)}${name.padEnd(14)}${`${seconds} s`.padStart(8)}  ${count}`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0) process.exitCode = 1;
