// Holds the client to its size: what a page downloads, compressed as a CDN would. Each entry is bundled as applications do
// it, by three bundlers, and must lose what it does not use. The ceilings are what was measured and
// a hundred bytes, since short names fall otherwise with each change; they rise only for what a commit says.
//
//   npm run size               after a build
//   npm run size -- --parts    what each file of the sources adds, entry by entry

import { readFileSync } from 'node:fs';
import { bundlers, compressed } from './size/bundlers.mjs';
import { parts } from './size/parts.mjs';

const goals = { all: 5_000, websocket: 3_200, plain: 2_400 };

/** What a page writes, and what must not be in what it downloads then. */
const pages = [
  {
    name: '@holdfast/client',
    program: `export { HoldfastSocket } from '@holdfast/client'`,
    goal: goals.all,
    ceilings: { rollup: 18_600, esbuild: 18_960, webpack: 18_620 },
    without: [],
  },
  {
    name: '@holdfast/client/websocket',
    program: `export { HoldfastSocket } from '@holdfast/client/websocket'`,
    goal: goals.websocket,
    ceilings: { rollup: 11_140, esbuild: 11_380, webpack: 11_140 },
    without: ['XMLHttpRequest', 'nextHopProtocol', 'setItem', 'Firefox', 'malformed record', 'isPong'],
  },
  {
    name: '@holdfast/client/websocket, HTTP on demand',
    program: `
      import { HoldfastSocket, onDemand } from '@holdfast/client/websocket';
      export const open = (url) =>
        new HoldfastSocket(url, [], { http: onDemand(() => import('@holdfast/client/http')) });
    `,
    goal: goals.websocket,
    ceilings: { rollup: 11_720, esbuild: 12_030, webpack: 12_180 },
    without: ['XMLHttpRequest', 'nextHopProtocol', 'malformed record', 'isPong'],
  },
  {
    name: '@holdfast/client/plain',
    program: `export { HoldfastSocket } from '@holdfast/client/plain'`,
    goal: goals.plain,
    ceilings: { rollup: 5_920, esbuild: 6_130, webpack: 5_930 },
    without: [
      'XMLHttpRequest',
      'nextHopProtocol',
      'setItem',
      'Firefox',
      'malformed record',
      'holdfast.attach',
      'ack of what was never sent',
    ],
  },
];

const inWords = (/** @type {number} */ bytes) => bytes.toLocaleString('en');
let failed = false;
const hold = (
  /** @type {string} */ what,
  /** @type {number} */ size,
  /** @type {number} */ ceiling,
  /** @type {number} */ goal,
) => {
  const isOver = size > ceiling;
  failed ||= isOver;
  console.log(
    `${what}: ${inWords(size)} bytes with Brotli, ceiling ${inWords(ceiling)}, goal ${inWords(goal)}${isOver ? ': TOO LARGE' : ''}`,
  );
};

const script = 'packages/client/dist/holdfast.min.js';
hold(script, compressed(readFileSync(new URL(`../${script}`, import.meta.url))), 18_600, goals.all);

for (const { name, program, goal, ceilings, without } of pages)
  for (const [bundler, bundle] of Object.entries(bundlers)) {
    const { first, rest } = await bundle(program);
    hold(
      `${name} (${bundler})`,
      compressed(first),
      ceilings[/** @type {keyof typeof ceilings} */ (bundler)],
      goal,
    );
    if (rest) console.log(`  ${inWords(compressed(rest))} more on demand`);
    const left = without.filter((text) => first.includes(text));
    if (left.length > 0) {
      failed = true;
      console.log(`  holds what it does not use: ${left.join(', ')}`);
    }
  }

if (process.argv.includes('--parts')) await parts();
if (failed) process.exitCode = 1;
