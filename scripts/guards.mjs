// Breaks each guard against loss, doubling, reordering and livelock, one at a time in a copy of the sources, and sees
// whether a scene notices. A guard that can be broken unnoticed is either dead code or lacks its scene.
//
//   npm run guards            all of them
//   npm run guards -- ack     those whose name holds a word

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guards } from './guards-list.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'holdfast-guards-'));
const tests = [
  '--exclude=**/storms.test.ts',
  '--exclude=packages/fault-proxy/**',
  '--exclude=**/state-table.test.ts',
];
const words = process.argv.slice(2);

/** Runs the scenes in the copy; true if all pass. */
function scenesPass() {
  const run = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--bail=1', ...tests],
    {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
      timeout: 120_000,
    },
  );
  return { passed: run.status === 0, output: run.stdout + run.stderr };
}

try {
  cpSync(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    filter: (path) => !/\/(dist|node_modules)$/.test(path),
  });
  for (const file of ['vitest.config.ts', 'package.json', 'ARCHITECTURE.md', 'tsconfig.base.json'])
    cpSync(join(root, file), join(copy, file));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

  for (const { name, file, find } of guards) {
    const source = readFileSync(join(copy, 'packages', file), 'utf8');
    if (source.split(find).length !== 2)
      throw new Error(`${name}: "${find}" must stand in ${file} exactly once`);
  }
  const whole = scenesPass();
  if (!whole.passed)
    throw new Error(`the scenes fail with every guard in place:\n${whole.output.slice(-3000)}`);

  let unnoticed = 0;
  const chosen = guards.filter(({ name }) => words.every((word) => name.includes(word)));
  for (const { name, file, find, replace } of chosen) {
    const path = join(copy, 'packages', file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
    const { passed, output } = scenesPass();
    writeFileSync(path, source);
    if (passed) unnoticed++;
    const scene = /FAIL.*?> (.*)/.exec(output)?.[1] ?? '';
    console.log(`${passed ? 'UNNOTICED' : 'noticed  '}  ${name}${passed ? '' : `  (${scene})`}`);
  }
  console.log(`${chosen.length - unnoticed} of ${chosen.length} broken guards were noticed`);
  if (unnoticed > 0) process.exitCode = 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
