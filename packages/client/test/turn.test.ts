import { describe, expect, it } from 'vitest';
import { beginning, type Dial, type Facts, type LinkOptions, type Memory } from '../src/link.ts';
import { Turn } from '../src/turn.ts';
import { fairFacts, inWords, usualOptions } from './scene.ts';

const ws: Dial = { id: 1, kind: 'websocket' };
const http: Dial = { id: 2, kind: 'http' };

/** A turn at 100 s in which two transports were dialled before. */
const turn = ({
  memory,
  facts,
  ...options
}: Partial<LinkOptions> & { memory?: Partial<Memory>; facts?: Partial<Facts> } = {}): Turn =>
  new Turn(
    { ...beginning.memory, dialled: 2, ...memory },
    { ...fairFacts, now: 100_000, ...facts },
    { ...usualOptions, ...options },
  );

describe('a lost transport', () => {
  /** A WebSocket of this age is lost in the third round. */
  const lose = (age: number, kinds: LinkOptions['kinds'] = ['websocket', 'http'], dial = ws): Memory =>
    turn({ kinds, memory: { rounds: 3, setbacks: 2 } }).lose(dial, 100_000 - age).memory;

  it('counts as one more failed round if it did not live for a second', () => {
    expect(lose(999, ['websocket']).rounds).toBe(3);
    expect(lose(999, undefined, http).rounds).toBe(3);
    expect(lose(1000, ['websocket']).rounds).toBe(1);
    expect(lose(1000, undefined, http).rounds).toBe(1);
  });

  it('is a setback if it is a WebSocket of less than five seconds and HTTP can stand in', () => {
    expect(lose(0).setbacks).toBe(3);
    expect(lose(4999).setbacks).toBe(3);
    expect(lose(5000).setbacks).toBe(2);
    expect(lose(0, ['websocket']).setbacks).toBe(2);
    expect(lose(0, undefined, http).setbacks).toBe(2);
  });

  it('is followed by HTTP at once if it is the first WebSocket that dies so soon, and only then', () => {
    const next = (rounds: number, kinds: LinkOptions['kinds'] = ['websocket', 'http']): string =>
      turn({ kinds, memory: { rounds } }).lose(ws, 100_000).link.name;
    expect(next(1)).toBe('connecting');
    expect(next(2)).toBe('waiting');
    expect(next(1, ['websocket'])).toBe('waiting');
  });

  it('makes up for setbacks if it is a WebSocket of thirty seconds', () => {
    expect(lose(29_999).setbacks).toBe(2);
    expect(lose(30_000).setbacks).toBe(0);
    expect(lose(30_000, undefined, http).setbacks).toBe(2);
  });

  it('is not replaced at once while offline', () => {
    const offline = turn({ facts: { now: 70_000, offline: true } });
    expect(offline.lose(ws, 0).link).toEqual({ name: 'waiting', retryAt: 100_000 });
  });

  it('is the end if nothing is retried, and so are a rest and a lost session', () => {
    for (const [end, effects] of [
      [(last: Turn) => last.lose(ws, 0), ['give-up']],
      [(last: Turn) => last.rest(10), ['give-up']],
      [(last: Turn) => last.renew(ws, http), ['drop 2', 'drop 1', 'give-up']],
    ] as const) {
      const last = turn({ retryDelay: undefined });
      expect(end(last).link).toEqual({ name: 'closed' });
      expect(last.effects.map(inWords)).toEqual(effects);
    }
  });

  it('is followed by what is on its way already, and by the other kind at once', () => {
    const next = turn();
    expect(next.lose(http, 0, ws).link).toEqual({
      name: 'connecting',
      dials: [ws],
      hedgeAt: 100_000,
      deadline: 110_000,
    });
    expect(next.effects).toEqual([]);
    expect(turn({ kinds: ['websocket'] }).lose(ws, 0, ws).link).toMatchObject({ hedgeAt: Infinity });
  });
});

describe('an upgrade', () => {
  const delay = (setbacks: number, chance: number): number => {
    const { link } = turn({ memory: { setbacks }, random: () => chance }).open(http);
    return link.name === 'open' ? link.upgradeAt - 100_000 : NaN;
  };

  it('is tried two seconds after the first setback, and half as often after each further one', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((n) => delay(n, 1))).toEqual([
      2000, 2000, 4000, 8000, 16_000, 32_000, 64_000,
    ]);
  });

  it('is tried every two minutes at least', () => {
    expect([7, 8, 100, 10_000].map((n) => delay(n, 1))).toEqual([120_000, 120_000, 120_000, 120_000]);
  });

  it('is spread over the second half of the delay', () => {
    expect(delay(1, 0)).toBe(1000);
    expect(delay(1, 0.5)).toBe(1500);
  });

  it('is not tried from a WebSocket, to one that is not preferred, or to none', () => {
    expect(turn().open(ws).link).toMatchObject({ upgradeAt: Infinity });
    expect(turn({ kinds: ['http', 'websocket'] }).open(http).link).toMatchObject({ upgradeAt: Infinity });
    expect(turn({ kinds: ['http'] }).open(http).link).toMatchObject({ upgradeAt: Infinity });
  });
});

describe('patience', () => {
  /** How long a WebSocket has for its proof that was welcomed so many ms after the round began. */
  const proof = (took: number, options: Partial<LinkOptions> = {}): number => {
    const { link } = turn(options).welcomed(ws, {
      name: 'connecting',
      dials: [ws],
      hedgeAt: Infinity,
      deadline: 110_000 - took,
    });
    return link.name === 'untried' ? link.patience : NaN;
  };

  it('with a proof is as long as the welcome took, the fallback delay and 300 ms at least', () => {
    expect(proof(20, { fallbackDelay: 0 })).toBe(300);
    expect(proof(20, { fallbackDelay: 500 })).toBe(500);
    expect(proof(800, { fallbackDelay: 500 })).toBe(800);
  });

  it('with a ping or a claim is two seconds, three round trips of a slow link, and more for large messages', () => {
    const link = { name: 'upgrading', current: http, candidate: ws, since: 0, deadline: 0 } as const;
    for (const [facts, deadline] of [
      [{ latency: undefined }, 102_000],
      [{ latency: 100 }, 102_000],
      [{ latency: 1000 }, 103_000],
      [{ latency: 1000, owedBytes: 320_000 }, 113_000],
    ] as const) {
      const next = turn({ facts });
      expect(next.probe(ws, 0).link).toMatchObject({ deadline });
      expect(next.claim(link).link).toMatchObject({ deadline });
    }
  });
});

describe('the first kind of a round', () => {
  const first = (options: Parameters<typeof turn>[0]): string[] => {
    const next = turn(options);
    next.connect();
    return next.effects.map(inWords);
  };

  it('is the preferred one', () => {
    expect(first({})).toEqual(['dial websocket 3']);
    expect(first({ kinds: ['http', 'websocket'] })).toEqual(['dial http 3']);
  });

  it('is HTTP after setbacks of a preferred WebSocket, if HTTP may be used', () => {
    expect(first({ memory: { setbacks: 1 } })).toEqual(['dial http 3']);
    expect(first({ memory: { setbacks: 1 }, kinds: ['websocket'] })).toEqual(['dial websocket 3']);
  });
});
