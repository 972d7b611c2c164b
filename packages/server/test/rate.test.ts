import { describe, expect, it } from 'vitest';
import { Rate } from '../src/rate.ts';

function start(burst: number, perSecond: number) {
  const time = { now: 0 };
  return { time, rate: new Rate({ burst, perSecond }, () => time.now) };
}

/** How many are taken before the first that has to wait. */
const taken = (rate: Rate, address = 'a'): number => {
  let count = 0;
  while (rate.take(address) === 0) count++;
  return count;
};

describe('a rate', () => {
  it('lets so many through at once, and says when there will be one more', () => {
    const { rate } = start(3, 10);
    expect([0, 1, 2, 3, 4].map(() => rate.take('a'))).toEqual([0, 0, 0, 100, 100]);
  });

  it('lets so many through in a second', () => {
    const { time, rate } = start(3, 10);
    taken(rate);
    time.now = 99;
    expect(rate.take('a')).toBeCloseTo(1);
    time.now = 100;
    expect(taken(rate)).toBe(1);
    time.now = 350;
    expect(taken(rate)).toBe(2);
  });

  it('has room for no more than a burst after however long', () => {
    const { time, rate } = start(3, 10);
    taken(rate);
    time.now = 1e9;
    expect(taken(rate)).toBe(3);
  });

  it('is one for each address', () => {
    const { rate } = start(3, 10);
    expect([taken(rate, 'a'), taken(rate, 'b')]).toEqual([3, 3]);
  });

  it('does not count who has no address', () => {
    const { rate } = start(1, 1);
    expect([1, 2, 3].map(() => rate.take(undefined))).toEqual([0, 0, 0]);
  });

  it('is no bound if it is without end', () => {
    for (const [burst, perSecond] of [
      [Infinity, 1],
      [1, Infinity],
      [Infinity, Infinity],
    ] as const) {
      const { rate } = start(burst, perSecond);
      expect([1, 2, 3].map(() => rate.take('a'))).toEqual([0, 0, 0]);
    }
  });

  it('forgets who has a whole burst again', () => {
    const { time, rate } = start(2, 10);
    for (let i = 0; i < 1000; i++) rate.take(`address ${i}`);
    expect(rate.size).toBe(1000);
    time.now = 100;
    rate.take('the next one');
    expect(rate.size).toBe(1);
  });

  it('remembers a hundred thousand addresses, and of more those that came last', () => {
    const { rate } = start(1, 1);
    for (let i = 0; i < 100_001; i++) rate.take(`address ${i}`);
    expect(rate.size).toBe(100_000);
    expect([rate.take('address 0'), rate.take('address 100000')]).toEqual([0, 1000]);
  });
});
