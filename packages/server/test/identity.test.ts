import type { IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { identify, isKey, isSame, newKey, Refused, type Authenticate } from '../src/identity.ts';

describe('two identities are the same', () => {
  it.each([
    ['ada', 'ada'],
    [7, 7],
    [7n, 7n],
    [NaN, NaN],
    [true, true],
    [undefined, undefined],
    [
      { name: 'ada', rights: ['read', { room: 1 }] },
      { rights: ['read', { room: 1 }], name: 'ada' },
    ],
  ])('if they are one value, or like plain data: %o', (a, b) => {
    expect(isSame(a, b)).toBe(true);
    expect(isSame(b, a)).toBe(true);
  });

  it.each([
    ['ada', 'Ada'],
    ['7', 7],
    ['ada', undefined],
    [{ name: 'ada' }, { name: 'bob' }],
    [{ name: 'ada' }, { name: 'ada', admin: true }],
    [
      { name: 'ada', admin: undefined },
      { name: 'ada', other: undefined },
    ],
    [{ name: 'ada' }, 'ada'],
    [['ada'], { 0: 'ada' }],
    [['ada'], ['ada', 'bob']],
    [{ constructor: 1 }, {}],
    [{ user: null }, { user: {} }],
  ])('and otherwise not: %o, %o', (a, b) => {
    expect(isSame(a, b)).toBe(false);
    expect(isSame(b, a)).toBe(false);
  });
});

describe('a key', () => {
  it('is another one each time, of 128 bits', () => {
    const keys = Array.from({ length: 100 }, newKey);
    expect(new Set(keys).size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^[\w-]{22}$/);
  });

  it('is shown, or not', () => {
    const key = newKey();
    expect(isKey(key, key)).toBe(true);
    for (const shown of [undefined, '', key.slice(1), `${key}A`, newKey()])
      expect(isKey(key, shown)).toBe(false);
    expect(isKey('')).toBe(true);
    expect(isKey('', 'whatever')).toBe(true);
  });
});

describe('authenticate', () => {
  const request = { url: '/live' } as unknown as IncomingMessage;
  const ask = async (authenticate?: Authenticate): Promise<{ told: unknown[]; errors: Error[] }> => {
    const told: unknown[] = [];
    const errors: Error[] = [];
    identify(
      authenticate,
      { auth: 'token', request },
      (...answer) => told.push(...answer),
      (error) => errors.push(error),
    );
    await vi.waitUntil(() => told.length > 0);
    return { told, errors };
  };
  const unauthorized = { code: 3000, reason: 'Unauthorized', status: 401 };

  it('is shown the request and the token, and what it gives is who has come', async () => {
    const authenticate = vi.fn(() => 'ada');
    expect(await ask(authenticate)).toEqual({ told: [undefined, 'ada'], errors: [] });
    expect(authenticate).toHaveBeenCalledExactlyOnceWith(request, 'token');
    expect(await ask(() => Promise.resolve({ id: 1 }))).toEqual({ told: [undefined, { id: 1 }], errors: [] });
  });

  it('lets everybody in if there is none', async () => {
    expect(await ask()).toEqual({ told: [undefined], errors: [] });
  });

  it.each([undefined, null, false, '', 0, NaN])('refuses a client with %s, now or later', async (nobody) => {
    expect(await ask(() => nobody)).toEqual({ told: [unauthorized], errors: [] });
    expect(await ask(() => Promise.resolve(nobody))).toEqual({ told: [unauthorized], errors: [] });
  });

  it.each([
    [new Refused(), unauthorized],
    [new Refused(401, 'too late'), { code: 3000, reason: 'too late', status: 401 }],
    [new Refused(403), { code: 3003, reason: 'Forbidden', status: 403 }],
    [new Refused(403, 'not you'), { code: 3003, reason: 'not you', status: 403 }],
  ])('refuses in its own words, and nothing is reported: %s', async (thrown, refusal) => {
    const atOnce = (): never => {
      throw thrown;
    };
    expect(await ask(atOnce)).toEqual({ told: [refusal], errors: [] });
    expect(await ask(() => Promise.reject(thrown))).toEqual({ told: [refusal], errors: [] });
  });

  it('lets nobody in by a mistake, which is reported and says nothing against the client', async () => {
    const mistake = new TypeError('no such table');
    const later = { code: 1011, reason: '', status: 503, later: true };
    const atOnce = (): never => {
      throw mistake;
    };
    expect(await ask(atOnce)).toEqual({ told: [later], errors: [mistake] });
    expect(await ask(() => Promise.reject(mistake))).toEqual({ told: [later], errors: [mistake] });
  });

  class User {
    readonly #name: string;
    constructor(name: string) {
      this.#name = name;
    }
    toString(): string {
      return this.#name;
    }
  }
  const cycle: unknown[] = [];
  cycle.push(cycle);

  it.each<[string, unknown]>([
    ['an instance of a class', new User('ada')],
    ['a promise inside', { user: Promise.resolve('ada') }],
    ['a map', new Map([['name', 'ada']])],
    ['a date', new Date(0)],
    ['a function', () => 'ada'],
    ['a symbol', Symbol('ada')],
    ['a hidden field', { [Symbol.for('name')]: 'ada' }],
    ['a cycle', cycle],
  ])('takes what cannot be compared for a mistake: %s', async (_, identity) => {
    for (const answer of [() => identity, () => Promise.resolve(identity)]) {
      const { told, errors } = await ask(answer);
      expect(told).toEqual([{ code: 1011, reason: '', status: 503, later: true }]);
      expect(errors).toHaveLength(1);
    }
  });
});
