/** The list of guards (`npm run guards`) cannot rot: each is where it is said to be, and so is its scene. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Damage {
  readonly file: string;
  readonly find: string;
}
interface Guard extends Damage {
  readonly name: string;
  readonly also?: readonly Damage[];
  readonly scene: string;
}
interface Lists {
  readonly guards: readonly Guard[];
  readonly partsOf: (scene: string) => { readonly file: string; readonly titles: readonly string[] };
}

const packages = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, packages), 'utf8');
const index = new URL('../scripts/guards/index.mjs', packages).href;
const { guards, partsOf } = (await import(/* @vite-ignore */ index)) as Lists;

/** The titles in a file of tests, as patterns: `%s` and the like stand for anything. */
const titlesIn = (file: string): RegExp[] =>
  [...read(file).matchAll(/(?<=\(\s*)(['`])((?:\\.|(?!\1).)*)\1/g)].map(
    ([, , title = '']) =>
      new RegExp(
        `^${title
          .replace(/\\(['`])/g, '$1')
          .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replace(/%[sdijfo]/g, '.*')}$`,
      ),
  );

it('names each guard once', () => {
  const names = guards.map(({ file, name }) => `${file}: ${name}`);
  expect(new Set(names).size).toBe(names.length);
});

it('finds each guard in its place, exactly once', () => {
  const places = guards.flatMap((guard) => [guard, ...(guard.also ?? [])]);
  const lost = places.filter(({ file, find }) => read(file).split(find).length !== 2);
  expect(lost.map(({ file, find }) => `${file}: ${find}`)).toEqual([]);
});

it('finds the scene of each guard in its file', () => {
  const titles = new Map<string, RegExp[]>();
  const lost = guards.filter(({ scene }) => {
    const { file, titles: parts } = partsOf(scene);
    const known = titles.get(file) ?? titlesIn(file);
    titles.set(file, known);
    return parts.length === 0 || parts.some((part) => !known.some((title) => title.test(part)));
  });
  expect(lost.map(({ scene }) => scene)).toEqual([]);
});
