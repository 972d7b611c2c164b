import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

test('docs/programs.md names the versions that are installed', () => {
  const rows = [...read('docs/programs.md').matchAll(/^\| \[(\S+)\]\(\S+\) \| (\S+) \|/gm)];
  expect(rows.length).toBeGreaterThan(10);
  for (const [, name, version] of rows) {
    const installed = JSON.parse(read(`node_modules/${name}/package.json`)) as { version: string };
    expect(version, name).toBe(installed.version);
  }
});
