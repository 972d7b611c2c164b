/** Very many clients lose their server at once, and come back without a peak (PROTOCOL.md §7.6). Shown in `docs/herds.svg`. */
import { describe, expect, it } from 'vitest';
import { herd, histogram, peak, type Calamity } from '../src/index.ts';

const CLIENTS = 5000;
const BIN = 100;
/** A loaded machine takes its time for so many. */
const TIMEOUT = 120_000;
/** By how much a bin may differ from what all of them have on average. */
const UNEVEN = 0.25;

/** Bins that all have about as much as each other. */
function expectFlat(bins: readonly number[]): void {
  const mean = bins.reduce((sum, count) => sum + count, 0) / bins.length;
  for (const count of bins) expect(Math.abs(count - mean) / mean).toBeLessThan(UNEVEN);
}

describe('a herd of 5,000', () => {
  it('that a server sends away comes back evenly over the spread', { timeout: TIMEOUT }, () => {
    const { tries } = herd('moved', CLIENTS);
    expect(tries).toHaveLength(CLIENTS);
    // Behind 500 ms and the handing over, 2,500 ms long.
    const bins = histogram(tries, BIN);
    expect(bins.slice(0, 6).every((count) => count === 0)).toBe(true);
    expectFlat(bins.slice(7, 31));
    expect(bins.length).toBeLessThanOrEqual(33);
  });

  it('that is cut comes back evenly over what the server had told', { timeout: TIMEOUT }, () => {
    const { tries, backAfter } = herd('cut', CLIENTS);
    expect(tries).toHaveLength(CLIENTS);
    // Nobody knows of less than 3,200 ms.
    expectFlat(histogram(tries, BIN).slice(0, 31));
    expect(backAfter).toBeLessThan(3700);
  });

  it.each<Calamity>(['moved', 'cut', 'refused'])(
    'never has more than a tenth of it try in any 100 ms: %s',
    { timeout: TIMEOUT },
    (calamity) => {
      expect(peak(herd(calamity, CLIENTS, 2).tries, 100)).toBeLessThanOrEqual(CLIENTS / 10);
    },
  );

  it('that is smaller, of 2,000, has no more either', { timeout: TIMEOUT }, () => {
    expect(peak(herd('cut', 2000).tries, 100)).toBeLessThanOrEqual(200);
  });

  it('is none if it is small: each comes back at once', () => {
    const { tries } = herd('cut', 50);
    expect(Math.max(...tries)).toBe(0);
  });
});
