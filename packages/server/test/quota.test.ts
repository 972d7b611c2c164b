import { describe, expect, it } from 'vitest';
import { Quota } from '../src/quota.ts';

describe('a quota', () => {
  it('gives each address its share, and not one more', () => {
    const quota = new Quota({ total: 10, perAddress: 2 });
    expect(['a', 'a', 'a', 'b', 'b', 'b'].map((address) => quota.take(address))).toEqual([
      undefined,
      undefined,
      'perAddress',
      undefined,
      undefined,
      'perAddress',
    ]);
  });

  it('gives all together the total, and not one more', () => {
    const quota = new Quota({ total: 3, perAddress: 2 });
    expect(['a', 'a', 'b', 'b', undefined].map((address) => quota.take(address))).toEqual([
      undefined,
      undefined,
      undefined,
      'total',
      'total',
    ]);
  });

  it('counts who has no address in the total alone', () => {
    const quota = new Quota({ total: 3, perAddress: 1 });
    expect([1, 2, 3, 4].map(() => quota.take(undefined))).toEqual([undefined, undefined, undefined, 'total']);
  });

  it('takes amounts, and nothing of one that does not fit', () => {
    const quota = new Quota({ total: 100, perAddress: 10 });
    expect(quota.take('a', 8)).toBeUndefined();
    expect(quota.take('a', 3)).toBe('perAddress');
    expect(quota.take('a', 2)).toBeUndefined();
  });

  it('has room again for what was given back', () => {
    const quota = new Quota({ total: 2, perAddress: 1 });
    quota.take('a');
    quota.take('b');
    quota.free('a');
    expect(quota.take('b')).toBe('perAddress');
    expect(quota.take('a')).toBeUndefined();
    expect(quota.take('c')).toBe('total');
  });

  it('remembers no address that has nothing', () => {
    const quota = new Quota({ total: 1000, perAddress: 10 });
    for (let i = 0; i < 100; i++) quota.take(`address ${i}`, 2);
    expect(quota.size).toBe(100);
    for (let i = 0; i < 100; i++) quota.free(`address ${i}`, 2);
    expect(quota.size).toBe(0);
  });
});
