/** The index of the recipes: it names each page, and each page has code that is run. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { filesOf } from './support/recipe.ts';

const folder = new URL('../../docs/recipes/', import.meta.url);
const pages = readdirSync(folder).filter((file) => file !== 'README.md');

/** The pages that a text links to. */
const linked = (text: string): string[] => [...text.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, page]) => page!);

test('the index names each page once', () => {
  expect(linked(readFileSync(new URL('README.md', folder), 'utf8')).sort()).toEqual(pages.sort());
});

test('each page has a title and files, and links to pages that are there', () => {
  for (const page of pages) {
    const text = readFileSync(new URL(page, folder), 'utf8');
    expect(text).toMatch(/^# [A-Z]/);
    expect(filesOf(page.replace('.md', '')).size, page).toBeGreaterThan(0);
    for (const other of linked(text)) expect(pages, page).toContain(other);
  }
});

test('each page is run by a test', () => {
  const specs = readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.spec.ts'));
  const tests = specs.map((file) => readFileSync(new URL(file, import.meta.url), 'utf8')).join('\n');
  for (const page of pages) expect(tests).toMatch(new RegExp(`['(]${page.replace('.md', '')}['),]`));
});
