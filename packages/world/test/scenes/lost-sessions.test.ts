/** The server has lost a session, or will not have it any more. */
import type { HoldfastOptions } from '@holdfast/client';
import { describe, expect, it } from 'vitest';
import { start } from './scene.ts';

describe('a lost session', () => {
  const lose = (options: HoldfastOptions) => {
    const { world, socket, log } = start(options);
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    world.clock.run(200);
    world.network.silence('both');
    socket.send('sent');
    world.clock.run(10);
    world.stopServer();
    socket.send('unsent');
    const losses: number[] = [];
    socket.addEventListener('sessionlost', ({ unacknowledged }) => losses.push(unacknowledged));
    world.clock.run(1000);
    world.network.speak();
    world.startServer();
    world.clock.run(30_000);
    return { received, log, losses };
  };

  it('sends again what was never acknowledged, says so, and opens again', () => {
    const { received, log, losses } = lose({ transports: ['websocket'] });
    expect(losses).toEqual([1]);
    expect(received).toEqual(['sent', 'unsent']);
    expect(log.filter((name) => name === 'open')).toHaveLength(2);
  });

  it('discards it if told to, but never what was not sent', () => {
    const { received, losses } = lose({ transports: ['websocket'], sessionLost: 'discard' });
    expect(losses).toEqual([1]);
    expect(received).toEqual(['unsent']);
  });

  it('ends the socket if told to, says so before, and begins no other', () => {
    const { received, losses, log } = lose({ transports: ['websocket'], sessionLost: 'close' });
    expect(losses).toEqual([1]);
    expect(log.slice(-3)).toEqual(['sessionlost', 'error', 'close']);
    expect(log.filter((name) => name === 'open')).toHaveLength(1);
    expect(received).toEqual([]);
  });
});

describe('the server', () => {
  it('does not begin an ended session again when its first request comes once more', () => {
    const { world, socket, talk } = start({ transports: ['polling'] });
    talk.run(10, 10);
    socket.close();
    talk.pass(1000);
    const opening = world.network.requests[0];
    expect(opening).toBeDefined();
    if (opening) world.network.repeat(opening);
    talk.pass(1000);
    expect(world.accepted).toHaveLength(1);
    expect(talk.up.received).toBe(10);
  });

  it('takes no message of a resume that it does not know', () => {
    const { world, socket, talk } = start({ transports: ['polling'] });
    const received: string[] = [];
    talk.run(1, 10);
    talk.pass(2000);
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    world.stopServer();
    world.startServer();
    socket.send('once');
    talk.pass(5000);
    expect(received).toEqual(['once']);
  });

  it.each<HoldfastOptions>([
    { transports: ['websocket'] },
    { transports: ['polling'] },
    { transports: ['streaming'] },
  ])('does not come back to a server that has dropped it, if it must not reconnect: %j', (options) => {
    const { world, socket, talk, log } = start({ ...options, reconnect: false });
    talk.run(10, 10);
    world.accepted[0]?.terminate();
    talk.pass(5000);
    expect(socket.readyState).toBe(3);
    expect(world.accepted).toHaveLength(1);
    expect(log.filter((name) => name === 'open')).toHaveLength(1);
  });
});
