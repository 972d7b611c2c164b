import { describe, expect, it } from 'vitest';
import { gather } from '../src/parts.ts';

/** Parts of these sizes, one after the other; gives how large those are that are kept, and what they hold. */
function gathered(...sizes: number[]): [sizes: number[], text: string] {
  const parts: Uint8Array[] = [];
  sizes.forEach((size, i) => {
    parts.push(Buffer.alloc(size, 97 + (i % 26)));
    gather(parts);
  });
  return [parts.map(({ length }) => length), Buffer.concat(parts).toString()];
}

describe('parts of a message', () => {
  it('are few, however many come', () => {
    const [sizes, text] = gathered(...Array<number>(1000).fill(1));
    expect(sizes).toEqual([512, 256, 128, 64, 32, 8]);
    expect(text).toBe(Array.from({ length: 1000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join(''));
  });

  it('are one if there is nothing in them, or one more than without those', () => {
    expect(gathered(0, 0, 0)).toEqual([[0], '']);
    expect(gathered(3, 0, 0, 0)).toEqual([[3, 0], 'aaa']);
    expect(gathered(3, 0, 0, 2)).toEqual([[3, 2], 'aaadd']);
  });

  it('are no part of what they came in', () => {
    const body = Buffer.alloc(1000, 'a');
    const parts: Uint8Array[] = [body.subarray(10, 12)];
    gather(parts);
    expect(parts[0]?.buffer.byteLength).toBe(2);
  });

  it('may be none', () => {
    const parts: Uint8Array[] = [];
    gather(parts);
    expect(parts).toEqual([]);
  });
});
