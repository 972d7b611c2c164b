/** A socket opens, over what there is. */
import { describe, expect, it } from 'vitest';
import { start } from './scene.ts';

describe('opening', () => {
  it('opens over WebSocket in two round trips, TCP included', () => {
    const { world, socket, log } = start();
    world.clock.runUntil(() => socket.readyState === 1, 1000);
    expect(world.clock.now()).toBe(40);
    expect(log).toEqual(['open', 'websocket']);
  });

  it.each(['refuse', 'swallow', 'mute'] as const)(
    'is open within the fallback delay and two round trips: %s',
    (upgrade) => {
      const { world, socket, talk } = start({ fallbackDelay: 300 }, { upgrade });
      world.clock.runUntil(() => socket.readyState === 1, 340);
      expect(socket.transport).toBe('polling');
      talk.run(100, 10);
      talk.settle();
      expect(socket.transport).toBe('streaming');
    },
  );

  it('opens over WebSocket and stays there, with nothing beside it', () => {
    const { world, log } = start();
    world.clock.run(20_000);
    expect(log).toEqual(['open', 'websocket']);
    expect(world.network.traffic).toEqual({ upgrades: 1, requests: 0 });
  });

  it('moves to HTTP when a proxy passes nothing of what we send', () => {
    const { world, socket, talk } = start({ fallbackDelay: 300 }, { upgrade: 'mute-up' });
    world.clock.runUntil(() => socket.readyState === 1, 100);
    expect(socket.transport).toBe('websocket');
    talk.run(200, 10);
    talk.settle();
    expect(socket.transport).toBe('streaming');
  });

  it('sends what was queued with the request that opens', () => {
    const { world, socket } = start({ transports: ['polling'] });
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    socket.send('first');
    world.clock.run(21);
    expect(received).toEqual(['first']);
  });

  it('opens through a proxy that takes no large body, with much to say', () => {
    const { world, socket } = start({ transports: ['polling'] }, { maxBody: 100_000 });
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    const long = 'x'.repeat(300_000);
    socket.send(long);
    world.clock.run(3000);
    expect(received).toEqual([long]);
  });

  it('backs off when WebSockets are killed at once and HTTP is refused', () => {
    const { world } = start({}, { maxBody: 0 });
    world.onConnection = (peer) => {
      peer.terminate();
    };
    world.clock.run(10_000);
    expect(world.network.traffic.upgrades).toBeLessThan(20);
  });

  it('goes on trying when the function that gives the token fails', () => {
    let calls = 0;
    const auth = (): string => {
      if (++calls < 3) throw new Error('no token yet');
      return 'token';
    };
    const { world, socket } = start({ auth });
    world.clock.run(5000);
    // A failed look-up is told in a microtask, which the virtual clock does not wait for.
    return Promise.resolve().then(async () => {
      for (let i = 0; i < 10 && socket.readyState !== 1; i++) {
        await Promise.resolve();
        await Promise.resolve();
        world.clock.run(5000);
      }
      expect(socket.readyState).toBe(1);
      expect(world.accepted[0]?.auth).toBe('token');
    });
  });
});
