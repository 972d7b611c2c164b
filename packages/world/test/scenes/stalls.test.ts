/** How long a message waits at most when the network changes under a session that is in use. */
import { describe, expect, it } from 'vitest';
import type { HoldfastOptions } from '@holdfast/client';
import { start, type Beginning } from './scene.ts';

const ways: [string, HoldfastOptions][] = [
  ['WebSocket', { transports: ['websocket'] }],
  ['streaming', { transports: ['streaming', 'polling'] }],
  ['polling', { transports: ['polling'] }],
];

/** The longest time, in ms, that nothing arrives at one of the two who talk all the time. */
function longestStall({ talk, world }: Beginning, ms: number): number {
  let longest = 0;
  const last = { up: world.clock.now(), down: world.clock.now() };
  const seen = { up: 0, down: 0 };
  talk.run(ms / 20, 20, () => {
    for (const way of ['up', 'down'] as const) {
      const now = world.clock.now();
      if (talk[way].received > seen[way]) last[way] = now;
      seen[way] = talk[way].received;
      longest = Math.max(longest, now - last[way]);
    }
  });
  return longest;
}

describe.each(ways)('over %s', (_, options) => {
  it('a cut heals within one step of the backoff', () => {
    const scene = start(options);
    longestStall(scene, 3000);
    scene.world.network.cut();
    expect(longestStall(scene, 3000)).toBeLessThan(500 + 200);
    scene.talk.settle();
  });

  it.each([
    ['both', 6500],
    ['down', 6500],
    // Its pings go nowhere, while what comes shows that the link is alive.
    ['up', 13_000],
  ] as const)('a silence (%s) is noticed', (direction, limit) => {
    const scene = start(options);
    longestStall(scene, 3000);
    // The connections of now stay silent for ever; new ones are not.
    scene.world.network.silence(direction);
    scene.world.clock.run(100);
    scene.world.network.forgetSilent();
    expect(longestStall(scene, 30_000)).toBeLessThan(limit);
    scene.talk.settle();
  });
});

it('responses that are held from some moment on wait for two seconds', () => {
  const scene = start({ transports: ['streaming', 'polling'] });
  longestStall(scene, 3000);
  expect(scene.socket.transport).toBe('streaming');
  scene.world.weather = { hold: Infinity };
  expect(longestStall(scene, 10_000)).toBeLessThan(2000);
  scene.talk.settle();
});

it('a first poll that is lost in silence is missed within some seconds', () => {
  const { world, socket } = start({ transports: ['streaming', 'polling'] });
  const received: unknown[] = [];
  socket.addEventListener('message', ({ data }) => received.push(data));
  let say: (data: string) => void = () => undefined;
  world.onConnection = (peer) => {
    say = (data) => {
      peer.send(data);
    };
  };
  world.clock.runUntil(() => socket.readyState === 1, 1000);
  // Its connection is forgotten while it is under way; new ones are not.
  world.clock.run(1);
  world.network.forget();
  world.clock.run(1500);
  // The answer to this tells it; what the server says later stands in no answer but the poll's.
  socket.send('a');
  world.clock.run(1000);
  say('b');
  world.clock.run(100);
  expect(received).toEqual(['b']);
});

it.each([1024, 4096])(
  'responses that pass in blocks of %i bytes from some moment on wait for two seconds',
  (hold) => {
    const scene = start({ transports: ['streaming', 'polling'] });
    longestStall(scene, 3000);
    scene.world.weather = { hold };
    expect(longestStall(scene, 10_000)).toBeLessThan(2000);
    scene.talk.settle();
  },
);
