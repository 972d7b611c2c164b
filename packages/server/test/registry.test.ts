import { describe, expect, it } from 'vitest';
import type { Connection } from '../src/connection.ts';
import { Registry } from '../src/registry.ts';

const connection = (id: string): Connection => ({ id }) as unknown as Connection;

function start(keepFor = 1000) {
  const time = { now: 0 };
  return { time, registry: new Registry(() => time.now, keepFor) };
}

describe('a session', () => {
  it('is found by its id until it ends', () => {
    const { registry } = start();
    const one = connection('one');
    registry.add(one);
    expect(registry.get('one')).toBe(one);
    expect(registry.get('two')).toBeUndefined();
    registry.end(one, 'gone');
    expect(registry.get('one')).toBeUndefined();
  });

  it('is not found by a name of every object', () => {
    const { registry } = start();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(registry.get(name)).toBeUndefined();
      expect(registry.verdict(name)).toBeUndefined();
    }
  });
});

describe('a verdict', () => {
  it('is remembered, whatever it is', () => {
    const { registry } = start();
    for (const verdict of ['gone', { code: 1009, reason: 'too big' }, { received: 7 }] as const) {
      const ended = connection(JSON.stringify(verdict));
      registry.add(ended);
      expect(registry.verdict(ended.id)).toBeUndefined();
      registry.end(ended, verdict);
      expect(registry.verdict(ended.id)).toEqual(verdict);
    }
  });

  it('is forgotten when its time is over, and not before', () => {
    const { time, registry } = start(1000);
    registry.end(connection('one'), 'gone');
    time.now = 999;
    registry.end(connection('two'), 'gone');
    expect(registry.verdict('one')).toBe('gone');
    time.now = 1000;
    expect(registry.verdict('one')).toBeUndefined();
    expect(registry.verdict('two')).toBe('gone');
  });

  it('makes room when there are a hundred thousand later ones', () => {
    const { registry } = start(1000);
    for (let i = 0; i <= 100_000; i++) registry.end(connection(`session ${i}`), 'gone');
    expect(registry.verdict('session 0')).toBeUndefined();
    expect(registry.verdict('session 1')).toBe('gone');
    expect(registry.verdict('session 100000')).toBe('gone');
  });
});
