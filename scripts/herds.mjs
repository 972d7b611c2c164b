// Shows when 5,000 clients that lose their server at once try to come back: in the simulated world, with the real client
// and server code, into docs/herds.svg. See packages/world/src/herd.ts.
//
//   npm run herds

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWorld } from './world.mjs';

const CLIENTS = 5000;
/** In ms. */
const BIN = 100;
const SHOWN = 9000;
/** A tenth of the clients: no bin may have more. */
const MOST = CLIENTS / 10;

const WIDTH = 720;
const HEIGHT = 150;
const LEFT = 40;
const TOP = 26;

/** @type {{ calamity: import('../packages/world/src/index.ts').Calamity, title: string }[]} */
const panels = [
  { calamity: 'moved', title: 'sent away: close({ drain, delay: 500 })' },
  { calamity: 'cut', title: 'cut without a word' },
  { calamity: 'refused', title: 'cut, and answered 503 with Retry-After: 1 for five seconds' },
];

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(root, 'node_modules/.herds-'));
try {
  /** @type {typeof import('../packages/world/src/index.ts')} */
  const { herd, histogram, peak } = await import(await buildWorld(folder));
  const drawn = panels.map(({ calamity, title }, i) => {
    const { tries, backAfter } = herd(calamity, CLIENTS);
    const most = peak(tries, BIN);
    const figures = `${inWords(tries.length)} tries, at most ${inWords(most)} in any ${BIN} ms, all back after ${(backAfter / 1000).toFixed(1)} s`;
    console.log(`${title}: ${figures}`);
    return panel(i * HEIGHT, `${title}. ${figures}`, histogram(tries, BIN));
  });
  const height = panels.length * HEIGHT + 10;
  const style =
    'text{font:12px sans-serif;fill:#555}rect{fill:#4a7fb5}line{stroke:#999}.most{stroke:#c33;stroke-dasharray:4}';
  writeFileSync(
    join(root, 'docs/herds.svg'),
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}"><style>${style}</style>\n<rect width="${WIDTH}" height="${height}" style="fill:#fff"/>\n${drawn.join('\n')}\n</svg>\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/** One herd: bars, the time in seconds, and the line that none may cross. */
function panel(
  /** @type {number} */ top,
  /** @type {string} */ title,
  /** @type {readonly number[]} */ bins,
) {
  const bottom = top + HEIGHT - 24;
  const y = (/** @type {number} */ count) => bottom - (count / MOST) * (bottom - top - TOP);
  const x = (/** @type {number} */ ms) => LEFT + (ms / SHOWN) * (WIDTH - LEFT - 10);
  const bars = bins
    .slice(0, SHOWN / BIN)
    .map((count, i) => [x(i * BIN), y(count), x(BIN) - x(0) - 1, bottom - y(count)].map((n) => n.toFixed(1)))
    .map(([left, above, wide, high]) => `<rect x="${left}" y="${above}" width="${wide}" height="${high}"/>`);
  const seconds = Array.from({ length: SHOWN / 1000 + 1 }, (_, s) => s);
  return [
    `<text x="${LEFT}" y="${top + 16}">${title}</text>`,
    ...bars,
    `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${bottom}" y2="${bottom}"/>`,
    `<line class="most" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y(MOST)}" y2="${y(MOST)}"/>`,
    `<text x="${LEFT - 6}" y="${y(MOST) + 4}" text-anchor="end">${MOST}</text>`,
    ...seconds.map((s) => `<text x="${x(s * 1000)}" y="${bottom + 15}" text-anchor="middle">${s} s</text>`),
  ].join('\n');
}

function inWords(/** @type {number} */ count) {
  return count.toLocaleString('en');
}
