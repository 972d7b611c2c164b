// Holds the client to its size: what a page downloads, compressed as a CDN would. The ceiling was raised for reasons and
// learning (diagnostics.ts, learned.ts, places.ts), for plain servers, back-pressure and the standard to the letter, for a key
// to each session, and for Firefox where upgrades are not answered (unanswered.ts); from here it only goes down.

import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';

const goal = 5_000;
const ceiling = 17_080;
const file = 'packages/client/dist/holdfast.min.js';
const size = brotliCompressSync(readFileSync(new URL(`../${file}`, import.meta.url))).length;
const inWords = (/** @type {number} */ bytes) => bytes.toLocaleString('en');

console.log(
  `${file}: ${inWords(size)} bytes with Brotli, ceiling ${inWords(ceiling)}, goal ${inWords(goal)}`,
);
if (size > ceiling) process.exitCode = 1;
