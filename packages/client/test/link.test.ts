import { describe, expect, it } from 'vitest';
import { beginning, deadline, dialsOf, suspiciousAt, type Dial, type Facts, type Link } from '../src/link.ts';
import { fairFacts } from './scene.ts';

const ws: Dial = { id: 1, kind: 'websocket' };
const http: Dial = { id: 2, kind: 'http' };
const dueAt = (link: Link, facts: Partial<Facts> = {}): number =>
  deadline({ link, memory: beginning.memory }, { ...fairFacts, ...facts });

it('begins with nothing done, and waits to be started', () => {
  expect(beginning).toEqual({
    link: { name: 'waiting', retryAt: Infinity },
    memory: { rounds: 0, setbacks: 0, dialled: 0 },
  });
});

describe('suspicion', () => {
  it('comes with a silence of the heartbeat and five seconds', () => {
    expect(suspiciousAt({ ...fairFacts, heardAt: 1000, heartbeat: 25_000 })).toBe(31_000);
  });

  it('comes earlier with an acknowledgement that is owed for three seconds', () => {
    expect(suspiciousAt({ ...fairFacts, heardAt: 1000, owedSince: 2000 })).toBe(5000);
  });

  it('gives large messages the time that a slow link needs', () => {
    expect(suspiciousAt({ ...fairFacts, owedSince: 2000, owedBytes: 320_000 })).toBe(15_000);
  });

  it('has a heartbeat as its last limit, however large the messages are', () => {
    expect(suspiciousAt({ ...fairFacts, owedSince: 2000, owedBytes: 1e9 })).toBe(30_000);
  });
});

describe('what is due', () => {
  it('is the next round while waiting, and nothing once all is over', () => {
    expect(dueAt({ name: 'waiting', retryAt: 700 })).toBe(700);
    expect(dueAt({ name: 'closed' })).toBe(Infinity);
  });

  it('is the other transport, then the end of the round, while connecting', () => {
    const link = { name: 'connecting', dials: [ws], deadline: 10_000 } as const;
    expect(dueAt({ ...link, hedgeAt: 300 })).toBe(300);
    expect(dueAt({ ...link, hedgeAt: Infinity })).toBe(10_000);
  });

  it('is a suspicion while nothing was sent', () => {
    const link = { name: 'untried', current: ws, since: 0, patience: 300 } as const;
    expect(dueAt(link)).toBe(30_000);
    expect(dueAt(link, { owedSince: 0 })).toBe(3000);
  });

  it('is a suspicion or an upgrade, whichever comes first, while open', () => {
    const link = { name: 'open', current: http, since: 0 } as const;
    expect(dueAt({ ...link, upgradeAt: 2000 })).toBe(2000);
    expect(dueAt({ ...link, upgradeAt: Infinity })).toBe(30_000);
    expect(dueAt({ ...link, upgradeAt: 29_000 }, { owedSince: 0 })).toBe(3000);
    expect(dueAt({ ...link, upgradeAt: 2000 }, { midway: true })).toBe(30_000);
  });

  it('is a suspicion or the deadline while upgrading: HTTP is still what carries', () => {
    const link = { name: 'upgrading', current: http, candidate: ws, since: 0, deadline: 9000 } as const;
    expect(dueAt(link)).toBe(9000);
    expect(dueAt(link, { owedSince: 0 })).toBe(3000);
  });

  it('is the deadline of every other state, whatever is heard', () => {
    const facts = { heardAt: -1e6, owedSince: -1e6 };
    const timed = { current: ws, since: 0, deadline: 300 };
    expect(dueAt({ name: 'unproven', hedge: undefined, ...timed }, facts)).toBe(300);
    expect(dueAt({ name: 'probing', askedAt: 0, askedBytes: 0, ...timed }, facts)).toBe(300);
    expect(dueAt({ name: 'claiming', candidate: ws, ...timed }, facts)).toBe(300);
  });
});

it('names all transports of a state, the one that carries the session first', () => {
  expect(dialsOf({ name: 'waiting', retryAt: 0 })).toEqual([]);
  expect(dialsOf({ name: 'closed' })).toEqual([]);
  expect(dialsOf({ name: 'connecting', dials: [ws, http], hedgeAt: 0, deadline: 0 })).toEqual([ws, http]);
  const timed = { since: 0, deadline: 0 };
  expect(dialsOf({ name: 'untried', current: ws, since: 0, patience: 0 })).toEqual([ws]);
  expect(dialsOf({ name: 'unproven', current: ws, hedge: undefined, ...timed })).toEqual([ws]);
  expect(dialsOf({ name: 'unproven', current: ws, hedge: http, ...timed })).toEqual([ws, http]);
  expect(dialsOf({ name: 'open', current: ws, since: 0, upgradeAt: 0 })).toEqual([ws]);
  expect(dialsOf({ name: 'probing', current: ws, askedAt: 0, askedBytes: 0, ...timed })).toEqual([ws]);
  expect(dialsOf({ name: 'upgrading', current: http, candidate: ws, ...timed })).toEqual([http, ws]);
  expect(dialsOf({ name: 'claiming', current: http, candidate: ws, ...timed })).toEqual([http, ws]);
});
