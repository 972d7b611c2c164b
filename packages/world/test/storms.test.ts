import { expect, it } from 'vitest';
import { storm } from '../src/index.ts';

const COUNT = Number(process.env['STORMS'] ?? 500);
const FIRST = Number(process.env['SEED'] ?? 1);

it(`keeps every promise in ${COUNT} storms`, { timeout: 600_000 }, () => {
  let messages = 0;
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) messages += storm(seed).messages;
  expect(messages).toBeGreaterThan(COUNT * 100);
});
