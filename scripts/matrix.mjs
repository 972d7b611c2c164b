// `npm run matrix`: measures every network with every browser, one at a time, and puts the tables into `docs/networks.md`.
// That takes about an hour; with `MATRIX=4` a row has four seconds of traffic and not twelve. Arguments go to Playwright:
// `npm run matrix -- -g Squid` measures some rows anew.

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { fileURLToPath } from 'node:url';

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const selection = process.argv.slice(2);
const seconds = process.env['MATRIX'] ?? '12';

// Some rows anew, beside all that were measured before; or all of them, and none that has no test any more.
if (selection.length === 0) rmSync(at('e2e/results'), { recursive: true, force: true });

// A second row at the same time would be measured as a stall of the first.
const args = [
  'playwright',
  'test',
  '-c',
  'e2e',
  'matrix.spec',
  '--workers=1',
  '--global-timeout=0',
  ...selection,
];
const { status } = spawnSync('npx', args, {
  cwd: at('.'),
  stdio: 'inherit',
  env: { ...process.env, MATRIX: seconds },
});

const begin = '<!-- matrix: printed by `npm run matrix` -->';
const end = '<!-- /matrix -->';
const page = at('docs/networks.md');
const text = readFileSync(page, 'utf8');
const [head, tail] = [text.indexOf(begin), text.indexOf(end)];
if (head < 0 || tail < head) throw new Error(`${page} has no place for the matrix`);
const where = `Measured on ${new Date().toISOString().slice(0, 10)}, Linux ${release().split('-')[0]}, ${cpus().length} cores, ${seconds} s of traffic for each row.`;
const tables = readFileSync(at('e2e/results/matrix.md'), 'utf8').trim();
writeFileSync(page, `${text.slice(0, head)}${begin}\n\n${where}\n\n${tables}\n\n${text.slice(tail)}`);

process.exitCode = status ?? 1;
