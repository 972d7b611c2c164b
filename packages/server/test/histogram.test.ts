import { describe, expect, it } from 'vitest';
import { Histogram, RoundTrip } from '../src/histogram.ts';

/** The buckets that hold something, by their bounds. */
function filled(histogram: Histogram): Record<string, number> {
  const { bounds, counts } = histogram.distribution;
  const named = counts.map((count, i) => [String(bounds[i] ?? 'more'), count] as const);
  return Object.fromEntries(named.filter(([, count]) => count > 0));
}

describe('a histogram', () => {
  it('counts each duration once, in the first bucket that it fits in', () => {
    const histogram = new Histogram();
    for (const ms of [0, 5, 5.1, 10_000, 10_001, 1e9]) histogram.add(ms);
    expect(filled(histogram)).toEqual({ 5: 2, 10: 1, 10000: 1, more: 2 });
    expect(histogram.distribution.sum).toBe(5 + 5.1 + 10_000 + 10_001 + 1e9);
  });

  it('gives what it has, and not what it gets later', () => {
    const histogram = new Histogram();
    const { counts, bounds } = histogram.distribution;
    histogram.add(1);
    expect(counts).toEqual(new Array(12).fill(0));
    expect(Object.isFrozen(counts) && Object.isFrozen(bounds)).toBe(true);
  });
});

describe('a round trip', () => {
  it('ends with the answer, once', () => {
    const histogram = new Histogram();
    const trip = new RoundTrip(histogram);
    trip.answered(10);
    trip.asked(100);
    trip.answered(140);
    trip.answered(150);
    expect(filled(histogram)).toEqual({ 50: 1 });
  });

  it('is none if another transport is asked from now on', () => {
    const histogram = new Histogram();
    const trip = new RoundTrip(histogram);
    trip.asked(100);
    trip.forget();
    trip.answered(120);
    expect(filled(histogram)).toEqual({});
  });
});
