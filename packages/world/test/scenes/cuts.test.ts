/** Connections break, or die in silence. */
import type { HoldfastOptions } from '@holdfast/client';
import { describe, expect, it } from 'vitest';
import { listen, start } from './scene.ts';

describe.each<[string, HoldfastOptions]>([
  ['WebSocket', { transports: ['websocket'] }],
  ['streaming', { transports: ['streaming'] }],
  ['polling', { transports: ['polling'] }],
  ['all', {}],
])('nothing is lost, doubled or reordered over %s', (_, options) => {
  it('when connections are cut at random', () => {
    const { world, talk } = start(options, { jitter: 30 });
    for (let i = 0; i < 40; i++) {
      talk.run(world.random.between(1, 40), 10);
      world.network.cut();
    }
    talk.settle();
  });

  it('when the network goes silent and comes back', () => {
    const { world, talk } = start(options);
    talk.run(50, 10);
    world.network.silence('both');
    talk.run(700, 10);
    world.network.speak();
    talk.run(50, 10);
    talk.settle();
  });

  it('when every link dies in silence', () => {
    const { world, talk } = start(options);
    for (let i = 0; i < 5; i++) {
      talk.run(100, 10);
      world.network.silence('both');
      talk.run(100, 10);
      world.network.cut();
      world.network.speak();
    }
    talk.settle();
  });

  it('when only one direction goes silent', () => {
    const { world, talk } = start(options);
    for (const direction of ['up', 'down'] as const) {
      talk.run(100, 10);
      world.network.silence(direction);
      talk.run(1000, 10);
      world.network.speak();
    }
    talk.settle();
  });
});

it('sends again over another WebSocket what a cut has lost', () => {
  const { world, talk } = start({ transports: ['websocket'] });
  talk.pass(100);
  talk.socket.send(talk.up.next());
  world.accepted[0]?.send(talk.down.next());
  world.network.cut();
  talk.settle(1000);
  expect(talk.up.received + talk.down.received).toBe(2);
});

it('sends again what rode along with an attach that was lost', () => {
  const { world, talk } = start({ transports: ['polling'] });
  talk.socket.send(talk.up.next());
  world.clock.run(10);
  world.network.cut();
  talk.socket.send(talk.up.next());
  talk.settle(5000);
  expect(world.accepted).toHaveLength(1);
});

it('sends again what an attach was too large to bring', () => {
  const { world, socket } = start({ transports: ['polling'] });
  const received = listen(world);
  socket.send('x'.repeat(1_000_000));
  world.clock.run(10_000);
  expect(received.map((message) => message.length)).toEqual([1_000_000]);
});

it('does not take a resumed session for silent because it was away for long', () => {
  const { world, socket, talk } = start({ transports: ['polling'] });
  talk.run(10, 10);
  talk.settle();
  world.page('sleep');
  talk.pass(50_000);
  const { requests } = world.network.traffic;
  world.page('wake');
  talk.pass(1000);
  expect(socket.transport).toBe('polling');
  // The attach, and a poll.
  expect(world.network.traffic.requests - requests).toBe(2);
});

it('notices a dead link by the heartbeat that the server has named', () => {
  const { world, socket, talk } = start({ transports: ['websocket'] }, {}, { heartbeat: 2000 });
  talk.run(10, 10);
  talk.settle();
  talk.pass(5000);
  world.network.silence('both');
  talk.pass(4900);
  expect(socket.transport).toBe('websocket');
  talk.pass(5000);
  expect(socket.transport).toBeUndefined();
});

it('waits longer from round to round while nobody answers', () => {
  const { world, socket, talk } = start({ transports: ['websocket'] });
  talk.run(10, 10);
  world.stopServer();
  talk.pass(120_000);
  expect(world.network.traffic.upgrades).toBeLessThan(20);
  expect(socket.readyState).toBe(1);
});

it('gives up a round after ten seconds in which nobody answers', () => {
  const { world, socket } = start({ transports: ['websocket'] }, { upgrade: 'swallow' });
  world.clock.run(9999);
  expect(socket.state.name).toBe('connecting');
  expect(world.network.connections).toBe(1);
  world.clock.run(1);
  expect(socket.state.name).toBe('waiting');
  world.clock.run(20);
  expect(world.network.connections).toBe(0);
});

it('gives up for good after as many rounds as it may try', () => {
  const { world, socket, log } = start(
    {
      transports: ['websocket'],
      reconnect: { maxAttempts: 3 },
    },
    { upgrade: 'refuse' },
  );
  world.clock.run(60_000);
  expect(socket.readyState).toBe(3);
  expect(world.network.traffic.upgrades).toBe(3);
  expect(log).toEqual(['error', 'close']);
});

it('measures the round trip again while messages are sent', () => {
  const { world, socket, talk } = start({ transports: ['websocket'] });
  talk.run(10, 10);
  expect(socket.latency).toBe(40);
  world.weather = { latency: 100 };
  talk.run(1500, 10);
  expect(socket.latency).toBe(200);
});

it('carries texts that look like control frames', () => {
  for (const transports of [['websocket'], ['polling']] as const) {
    const { world, socket } = start({ transports });
    const received = listen(world);
    const shown: unknown[] = [];
    socket.onmessage = ({ data }) => shown.push(data);
    const texts = ['\x10', '\x10ack 9', '\x10\x10', 'ack 9'];
    for (const text of texts) socket.send(text);
    world.clock.run(1000);
    for (const text of texts) world.accepted[0]?.send(text);
    world.clock.run(1000);
    expect(received).toEqual(texts);
    expect(shown).toEqual(texts);
  }
});
