/** Several pages of one origin, and the ends of pages. */
import { describe, expect, it } from 'vitest';
import { World } from '../../src/index.ts';
import { listen, start } from './scene.ts';

/** A storage as a page has it. */
function storage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  };
}

describe('the next page', () => {
  it('begins with what the last one used, and climbs back by itself', () => {
    const world = new World();
    const memory = storage();
    world.storage = memory;
    world.weather = { upgrade: 'swallow' };
    const first = world.client();
    world.clock.runUntil(() => first.readyState === 1, 1000);
    world.clock.run(6000);
    expect([...memory.items.keys()]).toEqual(['holdfast ws://server']);
    first.close();
    const began = world.clock.now();
    const second = world.client();
    world.clock.runUntil(() => second.readyState === 1, 1000);
    // One round trip, without the fallback delay.
    expect(world.clock.now() - began).toBe(40);
    world.weather = { upgrade: 'pass' };
    world.clock.runUntil(() => second.transport === 'websocket', 20_000);
  });

  it.each([
    ['nothing', ''],
    ['nonsense', 'nonsense'],
    ['figures out of bounds', `${Date.now()} 1 -5 NaN`],
    ['what is hours old', `${Date.now() - 7_200_000} 2 25000 524288`],
  ])('makes nothing of %s', (_, text) => {
    const world = new World();
    world.storage = { ...storage(), getItem: () => text };
    const socket = world.client();
    world.clock.run(40);
    expect(socket.transport).toBe('websocket');
  });

  it('does without a storage that throws', () => {
    const world = new World();
    const fail = (): never => {
      throw new DOMException('no', 'SecurityError');
    };
    world.storage = { getItem: fail, setItem: fail, removeItem: fail };
    world.weather = { upgrade: 'refuse' };
    const socket = world.client();
    world.clock.runUntil(() => socket.readyState === 1, 1000);
  });
});

describe('connections', () => {
  it.each([
    { transport: 'streaming', pause: 1000, connections: 2 },
    { transport: 'polling', pause: 1000, connections: 3 },
    { transport: 'streaming', pause: 5, connections: 5 },
    { transport: 'polling', pause: 5, connections: 5 },
  ] as const)(
    'are $connections at most over $transport for a page that sends each $pause ms',
    ({ transport, pause, connections }) => {
      const { world, talk } = start({ transports: [transport] }, { jitter: 50 });
      let most = 0;
      const count = (): void => void (most = Math.max(most, world.network.connections));
      talk.run(100, pause, count);
      talk.pass(60_000, count);
      talk.settle();
      expect(most).toBe(connections);
    },
  );

  it('are left to a page that has no place for a held response, which asks once a second', () => {
    const world = new World();
    let give: (() => void) | undefined;
    world.takePlace = (taken) => {
      give = taken;
      return () => undefined;
    };
    const socket = world.client({ transports: ['streaming', 'polling'] });
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    world.clock.run(10_000);
    const asked = world.network.traffic.requests;
    expect(asked).toBeGreaterThan(8);
    expect(asked).toBeLessThan(14);
    world.accepted[0]?.send('hello');
    world.clock.runUntil(() => heard.length > 0, 1100);
    // A place is free.
    give?.();
    world.clock.runUntil(() => socket.transport === 'streaming', 3000);
    const before = world.network.traffic.requests;
    world.clock.run(10_000);
    expect(world.network.traffic.requests - before).toBeLessThan(3);
  });
});

describe('the end of a page', () => {
  it.each(['websocket', 'streaming', 'polling'] as const)(
    'is told at once, with its last words, over %s',
    (transport) => {
      const { world, socket, log } = start({ transports: [transport] });
      const received = listen(world);
      world.clock.run(5000);
      const codes: number[] = [];
      world.accepted[0]?.on('close', (code) => codes.push(code));
      socket.send('one');
      // While a request is under way.
      world.clock.run(1);
      socket.send('two');
      log.length = 0;
      world.page('end');
      world.clock.run(100);
      expect(received).toEqual(['one', 'two']);
      expect(codes).toEqual([1001]);
      // Nobody is there to hear of it.
      expect(log).toEqual([]);
      world.clock.run(60_000);
      expect(world.machine.timers).toBe(0);
    },
  );
});
