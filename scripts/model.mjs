// Checks the model of the protocol (packages/world/model) with spin: every state within the bounds, every broken rule.
//
//   npm run model              all of it; installs Debian's `spin` and `gcc` if they are missing
//   npm run model -- --deep    larger bounds as well, which take some minutes
//   npm run model -- --traces  writes the traces that packages/world/test/model.test.ts replays against the code
//   npm run model -- --write   prints the client's part from packages/client/src/step.ts anew

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bounds, broken, sought, traced } from './model-list.mjs';

/** @typedef {{ found: boolean, complete: boolean, states: number, depth: number, error: string, seconds: string }} Result */

const root = fileURLToPath(new URL('..', import.meta.url));
const model = join(root, 'packages/world/model');
const tracesFile = join(model, 'traces.txt');
const work = mkdtempSync(join(tmpdir(), 'holdfast-model-'));
const MEGABYTES = 1800;
const MAX_DEPTH = 500_000;

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args, cwd = work) {
  return spawnSync(command, args, { cwd, encoding: 'utf8', timeout: 5 * 60_000, maxBuffer: 1 << 28 });
}

/** @param {string} command */
const isMissing = (command) => run(command, [command === 'spin' ? '-V' : '--version']).error !== undefined;

/** Debian's packages, where they are missing. */
function install() {
  if (!['spin', 'gcc'].some(isMissing)) return;
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'spin', 'gcc', 'libc6-dev']]) {
    const command = ['apt-get', '-o', 'DPkg::Lock::Timeout=500', ...args];
    const [program = '', ...rest] = process.getuid?.() === 0 ? command : ['sudo', ...command];
    console.log(`$ ${[program, ...rest].join(' ')}`);
    spawnSync(program, rest, { stdio: 'inherit', timeout: 5 * 60_000 });
  }
  const missing = ['spin', 'gcc'].filter(isMissing);
  if (missing.length > 0) throw new Error(`not found, and could not be installed: ${missing.join(', ')}`);
}

/** @param {string} text */
const flags = (text) => text.split(' ').map((word) => `-D${word}`);

/**
 * Visits every state. `cycles` looks for runs without end, otherwise for broken assertions and for runs that end unsettled.
 *
 * @param {string} defines
 * @param {boolean} cycles
 * @returns {Result}
 */
function check(defines, cycles) {
  rmSync(join(work, 'holdfast.pml.trail'), { force: true });
  const startedAt = performance.now();
  const generated = run('spin', ['-a', ...flags(defines), 'holdfast.pml']);
  if (generated.status !== 0) throw new Error(generated.stdout + generated.stderr);
  const options = [
    '-O0',
    '-w',
    '-DCOLLAPSE',
    '-DNOFAIR',
    `-DMEMLIM=${MEGABYTES}`,
    cycles ? '-DNP' : '-DSAFETY',
  ];
  const compiled = run('gcc', [...options, '-o', 'pan', 'pan.c']);
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  const { stdout } = run('./pan', [`-m${MAX_DEPTH}`, ...(cycles ? ['-l'] : [])]);
  const number = (/** @type {RegExp} */ pattern) => Number(pattern.exec(stdout)?.[1] ?? NaN);
  return {
    found: number(/errors: (\d+)/) > 0,
    complete: /errors: 0/.test(stdout) && !/not completed|max search depth|out of memory/i.test(stdout),
    states: number(/([\d.e+]+) states, stored/),
    depth: number(/depth reached (\d+)/),
    error: /pan:1: (.*) \(at depth/.exec(stdout)?.[1] ?? '',
    seconds: ((performance.now() - startedAt) / 1000).toFixed(1),
  };
}

/**
 * What happened on the way to a violation, in the model's words.
 *
 * @param {string} defines
 */
function trail(defines) {
  return lastRun(defines).join('\n');
}

/** @param {string} defines */
const lastRun = (defines) =>
  words(run('spin', ['-t', ...flags(defines), 'holdfast.pml']).stdout.split('#processes')[0] ?? '');

/** @param {string} text */
const words = (text) =>
  text
    .split('\n')
    .map((line) => line.replace(/^ {6}/, '').trimEnd())
    .filter((line) => line !== '' && !/^(spin:|-+$|\d+ process)/.test(line.trim()));

/**
 * @param {string} name
 * @param {string} defines
 * @param {string} verdict
 * @param {Result} result
 */
function print(name, defines, verdict, { states, depth, seconds }) {
  const columns = [
    name.padEnd(58),
    String(states).padStart(9),
    String(depth).padStart(6),
    `${seconds} s`.padStart(7),
  ];
  console.log(`${columns.join(' ')}  ${verdict.padEnd(9)} ${defines}`);
}

/** @returns {number} how much went wrong */
function checkAll() {
  let wrong = 0;
  console.log(
    `${'property'.padEnd(58)} ${'states'.padStart(9)} ${'depth'.padStart(6)} ${'time'.padStart(7)}  verdict   bounds`,
  );
  const isWanted = (/** @type {{ isDeep?: boolean }} */ { isDeep = false }) =>
    !isDeep || process.argv.includes('--deep');
  for (const { name, defines } of bounds.filter(isWanted)) {
    for (const cycles of [false, true]) {
      const result = check(defines, cycles);
      const verdict = result.found ? 'VIOLATED' : result.complete ? 'holds' : 'TOO LARGE';
      print(
        `${name}: ${cycles ? 'every run ends' : 'in order, and settled at the end'}`,
        defines,
        verdict,
        result,
      );
      if (verdict === 'holds') continue;
      wrong++;
      if (result.found) console.log(`\n${result.error}:\n${trail(defines)}\n`);
    }
  }
  for (const { name, defines, cycles = false } of broken) {
    const result = check(defines, cycles);
    print(`without: ${name}`, defines, result.found ? 'noticed' : 'UNNOTICED', result);
    if (!result.found) wrong++;
  }
  return wrong;
}

/** @param {string} defines */
function way(defines) {
  if (!check(defines, false).found) throw new Error(`no way leads there: ${defines}`);
  return lastRun(defines);
}

/** Random runs of the model: the same ones for the same model, since the seeds are. */
function traces() {
  return traced
    .flatMap(({ defines, seeds }) =>
      Array.from({ length: seeds }, (_, seed) => {
        const { stdout } = run('spin', [`-n${seed + 1}`, '-u4000', ...flags(defines), 'holdfast.pml']);
        return [`# seed ${seed + 1} ${defines}`, ...words(stdout.split('#processes')[0] ?? '')];
      }),
    )
    .flat()
    .concat(
      sought.flatMap((defines) => [`# sought ${defines}`, ...way(defines)]),
      '',
    )
    .join('\n');
}

function main() {
  if (process.argv.includes('--write')) {
    const test = ['vitest', 'run', 'packages/world/test/model.test.ts', '-t', 'is printed'];
    const { status } = spawnSync('npx', test, {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, UPDATE_MODEL: '1' },
    });
    process.exitCode = status ?? 1;
    return;
  }
  install();
  cpSync(model, work, { recursive: true });
  if (process.argv.includes('--traces')) {
    writeFileSync(tracesFile, traces());
    return;
  }
  if (traces() !== readFileSync(tracesFile, 'utf8')) {
    console.log('The traces are not those of the model: run `npm run model -- --traces`, then the tests.');
    process.exitCode = 1;
  }
  if (checkAll() > 0) process.exitCode = 1;
}

try {
  main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
