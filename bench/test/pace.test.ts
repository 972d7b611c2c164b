/** What rows on slow links measure with: messages at a pace, times that are the middle or the worst, and rows that end. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pacedEchoes, percentile } from '../lib/pace.mjs';
import type { OpenClient } from '../types.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client whose echoes come after so many ms, as they are or as `change` makes them. */
function echoing(delay: number, change = (text: string) => text): OpenClient {
  const client: OpenClient = {
    send: (text) => setTimeout(() => client.onmessage(change(text)), delay),
    onmessage: () => undefined,
    onopen: () => undefined,
    close: () => Promise.resolve(),
  };
  return client;
}

const what = { size: 16, count: 20, interval: 10 };

describe('messages at a pace', () => {
  it('tells how long each took', async () => {
    const delays = pacedEchoes(echoing(30), what);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await delays).toEqual(Array.from({ length: 20 }, () => 30));
  });

  it('fails if one is not what was sent', async () => {
    const failed = expect(
      pacedEchoes(
        echoing(30, (text) => `${text}!`),
        what,
      ),
    ).rejects.toThrow('echo 1 is not what was sent');
    await vi.advanceTimersByTimeAsync(1000);
    await failed;
  });

  it('fails if they do not come', async () => {
    const failed = expect(pacedEchoes(echoing(1e6), what)).rejects.toThrow('only 0 of 20 echoes have come');
    await vi.advanceTimersByTimeAsync(30_000);
    await failed;
  });
});

it('tells what so many of a hundred do not exceed', () => {
  const values = Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([50, 95, 99, 100].map((percent) => percentile(values, percent))).toEqual([100, 190, 198, 200]);
});
