import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { resolveBounds, type BoundOptions } from '../src/bounds.ts';
import { Scheduler } from '../src/scheduler.ts';
import { Counters } from '../src/stats.ts';
import { Visits, type Visit } from '../src/visits.ts';
import { FakeClock } from './fake-clock.ts';

const MIB = 1024 * 1024;

/** Visits from the address that the test says, and a clock. */
function start(options: BoundOptions = {}) {
  const clock = new FakeClock();
  const visits = new Visits(resolveBounds(options), new Scheduler(clock), new Counters(), ({ url }) => url);
  const arrive = (url?: string) => visits.arrive({ url } as unknown as IncomingMessage);
  /** One for which there is room. */
  const visit = (url?: string): Visit => arrive(url) as Visit;
  return { clock, visits, arrive, visit };
}

describe('a body', () => {
  it('may take twenty seconds, and a ms more for every two bytes that are here', () => {
    const { clock, visit } = start();
    const ends: string[] = [];
    const reading = (name: string, bytes: number): Visit => {
      const each = visit();
      each.awaits(() => ends.push(name));
      each.grow(0);
      each.grow(bytes);
      return each;
    };
    reading('nothing', 0);
    reading('a little', 2000);
    reading('more', 20_000);
    clock.run(19_950);
    expect(ends).toEqual([]);
    clock.run(100);
    expect(ends).toEqual(['nothing']);
    clock.run(1000);
    expect(ends).toEqual(['nothing', 'a little']);
    clock.run(9000);
    expect(ends).toEqual(['nothing', 'a little', 'more']);
  });

  it('that comes as fast as the slowest link brings it is waited for', () => {
    const { clock, visit } = start();
    let isOver = false;
    const slow = visit();
    slow.awaits(() => (isOver = true));
    for (let bytes = 0; bytes <= 512 * 1024; bytes += 4000) {
      slow.grow(bytes);
      clock.run(1000);
    }
    expect(isOver).toBe(false);
  });

  it('has room as long as all that wait fit, to the byte', () => {
    const { arrive, visit } = start({ maxBatch: MIB, maxBodies: { total: 3 * MIB, perAddress: 2 * MIB } });
    const [a, b, c] = [visit('a'), visit('a'), visit('b')];
    expect([a.grow(MIB), b.grow(MIB)]).toEqual([undefined, undefined]);
    expect(b.grow(MIB + 1)).toMatchObject({ status: 429 });
    expect(c.grow(MIB)).toBeUndefined();
    expect(c.grow(MIB + 1)).toMatchObject({ status: 503, retryAfter: 1000 });
    a.leave();
    expect(c.grow(2 * MIB)).toBeUndefined();
    expect(arrive('b')).toMatchObject({ isHere: true });
  });

  it('of a visitor that is not here any more takes no room', () => {
    const { visit } = start({ maxBatch: MIB, maxBodies: { perAddress: MIB } });
    const gone = visit('a');
    gone.leave();
    gone.grow(MIB);
    expect(visit('a').grow(MIB)).toBeUndefined();
  });
});

describe('a visit', () => {
  it('that ends leaves no timer behind, and gives its place back once', () => {
    const { clock, arrive, visit } = start({ maxUnattached: { perAddress: 1 } });
    const one = visit('a');
    one.leave();
    one.leave();
    expect(clock.pending).toBe(0);
    expect([arrive('a'), arrive('a')]).toMatchObject([{ isHere: true }, { status: 429 }]);
  });

  it('may begin again', () => {
    const { visit } = start();
    const one = visit();
    one.leave();
    expect([one.enter(), one.isHere, one.enter()]).toEqual([undefined, true, undefined]);
  });
});

describe('bounds', () => {
  it('are each a number that can be meant, or a TypeError that names it', () => {
    const numbers = ['maxBatch', 'bodyTimeout', 'maxRequests', 'maxOffer', 'attachTimeout', 'receiveWindow'];
    const parts = {
      maxBodies: ['total', 'perAddress'],
      maxSessions: ['total', 'perAddress'],
      maxUnattached: ['total', 'perAddress'],
      attachRate: ['burst', 'perSecond'],
      maxBuffered: ['maxMessages', 'maxBytes'],
    };
    for (const wrong of [-1, NaN, 'much']) {
      for (const name of numbers) expect(() => resolveBounds({ [name]: wrong })).toThrow(`${name} must be`);
      for (const [name, each] of Object.entries(parts))
        for (const part of each)
          expect(() => resolveBounds({ [name]: { [part]: wrong } })).toThrow(`${name}.${part} must be`);
    }
    for (const wrong of [-1, 0.5, NaN, true, 'loopback'])
      expect(() => resolveBounds({ trustProxy: wrong as number })).toThrow('trustProxy must be');
  });

  it('have room for one body at least', () => {
    expect(() => resolveBounds({ maxBatch: 2 * MIB, maxBodies: { perAddress: MIB } })).toThrow('maxBodies');
    expect(() => resolveBounds({ maxBatch: MIB, maxBodies: { perAddress: MIB } })).not.toThrow();
  });

  it('may be without end', () => {
    const endless = { total: Infinity, perAddress: Infinity };
    const bounds = resolveBounds({ maxSessions: endless, maxUnattached: endless, bodyTimeout: Infinity });
    expect(bounds).toMatchObject({ maxSessions: endless, maxUnattached: endless, bodyTimeout: Infinity });
  });

  it('are all in the table of SECURITY.md', () => {
    const page = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
    const told = [...page.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`(\w+)`/g),
    ]);
    expect(told.map(([, name]) => name)).toEqual(expect.arrayContaining(Object.keys(resolveBounds({}))));
  });

  it('leave the rest of a pair as it is', () => {
    expect(resolveBounds({ maxSessions: { perAddress: 5 } }).maxSessions).toEqual({
      total: 100_000,
      perAddress: 5,
    });
  });
});
