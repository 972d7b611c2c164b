import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../src/environment.ts';
import { everything } from '../src/everything.ts';
import { resolveOptions, type HoldfastOptions } from '../src/options.ts';
import { FakeWorld } from './fake-world.ts';

const resolve = (options: HoldfastOptions = {}, environment: Partial<Environment> = {}) =>
  resolveOptions(options, { ...new FakeWorld().environment, ...environment }, everything);

it('has a default for everything', () => {
  const options = resolve();
  expect(options).toMatchObject({
    link: { kinds: ['websocket', 'http'], fallbackDelay: 300 },
    streams: true,
    queue: { maxMessages: 65_536, maxBytes: 64 * 1024 * 1024, whenFull: 'error', timeToLive: Infinity },
    resend: true,
  });
  expect(options.auth()).toBe('');
});

describe('transports', () => {
  it.each<[HoldfastOptions['transports'], string[], boolean]>([
    [['websocket'], ['websocket'], false],
    [['streaming'], ['http'], true],
    [['polling'], ['http'], false],
    [['polling', 'streaming'], ['http'], true],
    [['polling', 'websocket'], ['http', 'websocket'], false],
    [['websocket', 'streaming', 'websocket', 'polling'], ['websocket', 'http'], true],
  ])('%j are kinds in that order, streaming or not', (transports = [], kinds, streams) => {
    const options = resolve({ transports });
    expect(options.link.kinds).toEqual(kinds);
    expect(options.streams).toBe(streams);
  });

  it('are those that the platform has', () => {
    expect(resolve({}, { WebSocket: undefined }).link.kinds).toEqual(['http']);
    expect(resolve({}, { post: undefined }).link.kinds).toEqual(['websocket']);
  });

  it('must be known, named, and there', () => {
    expect(() => resolve({ transports: [] })).toThrow(TypeError);
    expect(() => resolve({ transports: ['carrier-pigeon'] as never })).toThrow('carrier-pigeon');
    expect(() => resolve({ transports: ['toString'] as never })).toThrow(TypeError);
    expect(() => resolve({ transports: ['websocket'] }, { WebSocket: undefined })).toThrow(TypeError);
    expect(() => resolve({}, { WebSocket: undefined, post: undefined })).toThrow(TypeError);
  });
});

it.each([-1, NaN, 'soon', {}])('refuses the fallback delay %j', (fallbackDelay) => {
  expect(() => resolve({ fallbackDelay: fallbackDelay as number })).toThrow(TypeError);
});

describe('reconnect', () => {
  const delays = (reconnect: HoldfastOptions['reconnect'], rounds: readonly number[]) =>
    rounds.map((n) => resolve(reconnect === undefined ? {} : { reconnect }).link.retryDelay?.(n));

  it('waits up to half a second, then up to twice as long each time, half a minute at most', () => {
    // Chance is 0.5 here: half of each cap.
    expect(delays(undefined, [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([
      250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000,
    ]);
  });

  it('takes single numbers, and keeps the other defaults', () => {
    expect(delays({ minDelay: 100 }, [1, 2])).toEqual([50, 100]);
    expect(delays({ factor: 3 }, [1, 2, 3])).toEqual([250, 750, 2250]);
    expect(delays({ maxDelay: 600 }, [1, 2, 3])).toEqual([250, 300, 300]);
  });

  it('gives up after so many rounds', () => {
    expect(delays({ maxAttempts: 2 }, [1, 2, 3])).toEqual([250, undefined, undefined]);
  });

  it('may be a function, which may give up', () => {
    expect(delays((round) => round < 3 && round * 7, [1, 2, 3])).toEqual([7, 14, undefined]);
  });

  it('waits for no less than nothing, whatever the function gives', () => {
    expect(delays(() => -5, [1])).toEqual([0]);
    expect(delays(() => NaN, [1])).toEqual([0]);
    expect(delays(() => undefined as never, [1])).toEqual([0]);
  });

  it('goes on if the function throws, which surfaces', async () => {
    const listeners = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const surfaced = once(process, 'unhandledRejection');
    const waits = delays(() => {
      throw new Error('a bug');
    }, [1]);
    expect(waits).toEqual([250]);
    expect(await surfaced).toMatchObject([{ message: 'a bug' }, expect.anything()]);
    for (const listener of listeners) process.on('unhandledRejection', listener);
  });

  it('may be off', () => {
    expect(resolve({ reconnect: false }).link.retryDelay).toBeUndefined();
  });
});

it('takes single bounds of the queue, and keeps the other defaults', () => {
  expect(resolve({ queue: { maxMessages: 3 } }).queue).toEqual({
    maxMessages: 3,
    maxBytes: 64 * 1024 * 1024,
    whenFull: 'error',
    timeToLive: Infinity,
  });
  expect(resolve({ queue: false }).queue).toBeUndefined();
});

it('takes a token, or a function that gives one', async () => {
  expect(resolve({ auth: 'token' }).auth()).toBe('token');
  expect(resolve({ auth: () => 'fresh' }).auth()).toBe('fresh');
  await expect(resolve({ auth: async () => 'later' }).auth()).resolves.toBe('later');
});

it('sends again after a lost session unless told to discard', () => {
  expect(resolve({ sessionLost: 'resend' }).resend).toBe(true);
  expect(resolve({ sessionLost: 'discard' }).resend).toBe(false);
});
