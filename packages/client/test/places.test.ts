/** Places of a page without Web Locks. With them, real tabs share them (`e2e/page-moments.spec.ts`). */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { placeTaker } from '../src/places.ts';

beforeEach(() => {
  vi.stubGlobal('location', new URL('http://insecure.test/'));
  vi.stubGlobal('navigator', {});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('a page without locks has four, and one that is given back is free for the next', () => {
  const take = placeTaker();
  let taken = 0;
  const ask = () => take?.(() => taken++) ?? (() => undefined);
  const givesBack = Array.from({ length: 6 }, ask);
  expect(taken).toBe(4);
  // Who has none gives none back, and who has one gives it back once.
  givesBack[5]?.();
  givesBack[0]?.();
  givesBack[0]?.();
  givesBack.push(ask(), ask());
  expect(taken).toBe(5);
  for (const giveBack of givesBack) giveBack();
  ask()();
  expect(taken).toBe(6);
});

it('nothing but a page or a worker has to ask', () => {
  vi.stubGlobal('location', undefined);
  expect(placeTaker()).toBeUndefined();
});
