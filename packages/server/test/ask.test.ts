import { describe, expect, it, vi } from 'vitest';
import { asError, ask, surface } from '../src/ask.ts';
import { surfaced } from './loopback.ts';

describe('an application that is asked', () => {
  it('says yes with true alone', () => {
    for (const answer of [true, false, undefined, null, 1, 'yes', {}]) {
      const [decide, onError] = [vi.fn(), vi.fn()];
      ask(() => answer, decide, onError);
      expect(decide.mock.calls).toEqual([[answer === true]]);
      expect(onError).not.toHaveBeenCalled();
    }
  });

  it('may answer later', async () => {
    for (const answer of [true, false, 1]) {
      const [decide, onError] = [vi.fn(), vi.fn()];
      ask(() => Promise.resolve(answer), decide, onError);
      expect(decide).not.toHaveBeenCalled();
      await vi.waitUntil(() => decide.mock.calls.length > 0);
      expect(decide.mock.calls).toEqual([[answer === true]]);
      expect(onError).not.toHaveBeenCalled();
    }
  });

  it.each([
    [
      'now',
      () => {
        throw new Error('no answer');
      },
    ],
    ['later', () => Promise.reject(new Error('no answer'))],
  ])('says no by failing %s, which is told', async (_, question) => {
    const [decide, onError] = [vi.fn(), vi.fn()];
    ask(question, decide, onError);
    await vi.waitUntil(() => onError.mock.calls.length > 0);
    expect(decide.mock.calls).toEqual([[false]]);
    expect(onError.mock.calls).toEqual([[new Error('no answer')]]);
  });
});

it('takes whatever was thrown for an error', () => {
  const error = new TypeError('a bug');
  expect(asError(error)).toBe(error);
  expect(asError('a bug')).toEqual(new Error('a bug'));
  expect(asError(undefined)).toEqual(new Error('undefined'));
});

it('lets what was thrown surface when nothing of ours is under way', async () => {
  const surfacing = surfaced();
  surface('anything');
  expect(await surfacing).toBe('anything');
});
