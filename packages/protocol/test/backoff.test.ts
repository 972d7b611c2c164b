import { backoffDelay } from '@holdfast/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const backoff = { minDelay: 500, maxDelay: 30_000, factor: 2 };
const almostOne = 1 - 2 ** -53;

it('doubles the longest delay from try to try, up to the cap', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((n) => backoffDelay(backoff, n, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

it('spreads a crowd evenly over the whole delay, the cap included', () => {
  for (const part of [0, 0.25, 0.5, 0.75]) expect(backoffDelay(backoff, 20, () => part)).toBe(30_000 * part);
});

it('stays within the cap, however many tries there were', () => {
  fc.assert(
    fc.property(
      fc.record({
        minDelay: fc.integer({ min: 1, max: 100_000 }),
        maxDelay: fc.integer({ min: 0, max: 1_000_000 }),
        factor: fc.double({ min: 1, max: 10, noNaN: true }),
      }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: almostOne, noNaN: true }),
      (options, n, random) => {
        const delay = backoffDelay(options, n, () => random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(options.maxDelay);
      },
    ),
  );
});
