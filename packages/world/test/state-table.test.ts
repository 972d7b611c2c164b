import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { stateTable } from '../src/index.ts';

const DOCUMENT = new URL('../../../ARCHITECTURE.md', import.meta.url);
const BETWEEN = /(<!-- states: printed by `npm run docs` -->\n\n).*?(\n\n<!-- \/states -->)/s;

it('prints the table that ARCHITECTURE.md shows', () => {
  const text = readFileSync(DOCUMENT, 'utf8');
  expect(text).toMatch(BETWEEN);
  const current = text.replace(BETWEEN, (_, before: string, after: string) => before + stateTable() + after);
  if (process.env['UPDATE_DOCS']) writeFileSync(DOCUMENT, current);
  else expect(text, 'run `npm run docs`').toBe(current);
});
