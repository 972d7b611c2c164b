/** Where results are kept: as JSON, and from that the tables and pictures of docs/benchmarks.md. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { rows } from '../rows/index.mjs';
import { barTable } from './bars.mjs';
import { curves } from './curves.mjs';
import { drawn } from './picture.mjs';
import { tableOf } from './tables.mjs';

/** @typedef {import('../types.ts').Results} Results */

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const versionOf = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(at(`node_modules/${name}/package.json`), 'utf8')).version;
const store = 'bench/results/latest.json';
const page = 'docs/benchmarks.md';
const pictures = 'docs/pictures';
const begin = '<!-- bench: printed by `npm run bench -- --write` -->';
const end = '<!-- /bench -->';

/** What it ran on and with. @returns {Omit<Results, 'rows'>} */
export function facts() {
  const packages = ['ws', 'engine.io', 'socket.io', 'sockjs'];
  return {
    node: process.version,
    machine: `${type()} ${release().split('-')[0]}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    versions: Object.fromEntries(packages.map((name) => [name, versionOf(name)])),
  };
}

/** @param {Omit<Results, 'rows'>} facts */
export const described = ({ node, machine, versions }) =>
  `Node ${node.slice(1)}, ${Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')}, on ${machine}.`;

/** @returns {Results | undefined} */
export const readResults = () =>
  existsSync(at(store)) ? JSON.parse(readFileSync(at(store), 'utf8')) : undefined;

/** @param {Results} all rows that were measured earlier say so; those that are no more are left out */
export function writeResults(all) {
  const known = Object.entries(all.rows).filter(([name]) => rows.some((row) => row.name === name));
  const results = { ...all, rows: Object.fromEntries(known) };
  mkdirSync(at('bench/results'), { recursive: true });
  mkdirSync(at(pictures), { recursive: true });
  writeFileSync(at(store), `${JSON.stringify(results, null, 2)}\n`);

  const parts = [described(results), '### Bars', barTable(results.rows)];
  for (const row of rows) {
    const result = results.rows[row.name];
    if (!result) continue;
    parts.push(`### ${row.title}`, row.about);
    if (row.picture ?? row.along) {
      writeFileSync(at(`${pictures}/${row.name}.svg`), row.along ? curves(row, result) : drawn(row, result));
      parts.push(`![${row.title}, drawn](pictures/${row.name}.svg)`);
    }
    parts.push(tableOf(row, result));
  }
  const text = readFileSync(at(page), 'utf8');
  const [head, tail] = [text.indexOf(begin), text.indexOf(end)];
  if (head < 0 || tail < head) throw new Error(`${page} has no place for the results`);
  writeFileSync(
    at(page),
    `${text.slice(0, head + begin.length)}\n\n${parts.join('\n\n')}\n\n${text.slice(tail)}`,
  );
}
