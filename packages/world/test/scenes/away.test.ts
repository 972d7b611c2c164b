/** Pages that sleep, clients that are silent, sessions that wait. */
import { describe, expect, it } from 'vitest';
import { behind } from '../../src/behind.ts';
import { start } from './scene.ts';

describe('a page', () => {
  it('hardly dials while offline, and dials at once when it is back', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    world.online = false;
    world.network.cut();
    const { upgrades, requests } = world.network.traffic;
    talk.pass(29_000);
    expect(world.network.traffic).toEqual({ upgrades, requests });
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 1000 });
    world.online = true;
    world.page('wake');
    talk.pass(100);
    expect(socket.transport).toBe('websocket');
  });

  it('goes on within half a minute where the browser is wrong to say that it is offline', () => {
    const { world, socket, talk } = start({ reconnect: { maxAttempts: 1 } }, {}, { resumeWindow: 200_000 });
    talk.run(10, 10);
    world.online = false;
    // The server is away for longer than a few tries take.
    world.disconnectServer();
    talk.pass(100_000);
    world.reconnectServer();
    talk.pass(31_000);
    expect(socket.transport).toBe('websocket');
    talk.run(10, 10);
    talk.settle();
  });

  it('finds out within two seconds of waking that its link is dead', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    world.network.silence('both');
    talk.pass(1000);
    world.network.cut();
    world.network.speak();
    talk.run(10, 10);
    world.page('wake');
    talk.pass(2200);
    expect(socket.transport).toBe('websocket');
    talk.settle();
  });

  it('lets go when it is put aside, and goes on when it is shown again', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    world.page('sleep');
    talk.pass(100);
    expect(world.network.connections).toBe(0);
    talk.run(10, 1000);
    world.page('wake');
    talk.settle();
    expect(socket.transport).toBe('websocket');
  });
});

describe('the server', () => {
  it('lets go of a silent client, and keeps its session', () => {
    const { world, talk } = start({ transports: ['websocket'] });
    talk.run(10, 10);
    world.network.silence('up');
    world.page('sleep');
    const [peer] = world.accepted;
    expect(peer?.transport).toBe('websocket');
    talk.pass(40_000);
    expect(peer?.transport).toBeUndefined();
    expect(peer?.readyState).toBe(1);
  });

  it('keeps the session of a client that polls, however short the resume window', () => {
    const { world, talk, log } = start({ transports: ['polling'] }, {}, { resumeWindow: 3000 });
    talk.run(10, 10);
    talk.pass(120_000);
    expect(log).not.toContain('sessionlost');
    expect(world.accepted).toHaveLength(1);
  });
});

describe('a server that goes away', () => {
  it('is left, and dialled again when it said', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    behind(world.accepted[0]).leave({ type: 'go-away', delay: 5000, spread: 0 });
    talk.pass(100);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 5000 - 80 });
    talk.pass(5000);
    expect(socket.transport).toBe('websocket');
  });
});
