/** The session moves from one transport to another, and nobody notices but by its speed. */
import { describe, expect, it } from 'vitest';
import { start } from './scene.ts';

describe('moving', () => {
  it('goes back to WebSocket once the proxy lets it through, losing nothing', () => {
    const { world, socket, talk, log } = start({}, { upgrade: 'refuse' });
    talk.run(100, 10);
    expect(socket.transport).toBe('streaming');
    world.weather = { upgrade: 'pass' };
    talk.run(2000, 10);
    talk.settle();
    expect(socket.transport).toBe('websocket');
    expect(log.filter((name) => name === 'open')).toHaveLength(1);
  });

  it('moves a slow WebSocket in that HTTP has overtaken', () => {
    const { world, socket, talk } = start({ fallbackDelay: 10 }, { latency: 200 });
    talk.run(100, 20);
    talk.settle();
    expect(socket.transport).toBe('websocket');
    expect(world.network.traffic.upgrades).toBe(1);
  });

  it('stays on HTTP undisturbed while upgrades stay mute', () => {
    const { talk, log } = start({}, { upgrade: 'mute' });
    talk.run(6000, 10);
    talk.settle();
    expect(log).toEqual(['open', 'polling', 'streaming']);
  });

  it('notices a silence while an upgrade is tried', () => {
    const { world, talk, log } = start({}, { upgrade: 'swallow' });
    talk.run(300, 10);
    world.network.silence('both');
    talk.run(750, 10);
    expect(log).toContain('none');
  });

  it('does not take twice what HTTP brings while a WebSocket claims', () => {
    const { world, socket, talk, log } = start({}, { upgrade: 'refuse' });
    talk.pass(1000);
    world.weather = { upgrade: 'pass', latency: 200 };
    const claimed = (): boolean => world.accepted[0]?.transport === 'websocket';
    while (!claimed()) {
      world.accepted[0]?.send(talk.down.next());
      talk.pass(10);
    }
    talk.pass(1000);
    expect(talk.down.isEven).toBe(true);
    expect(socket.transport).toBe('websocket');
    expect(log).not.toContain('none');
  });

  it('takes the session back from a request that it does not want any more', () => {
    // HTTP starts 10 ms behind the WebSocket, which is welcomed before the server hears of HTTP.
    const { world, socket, talk, log } = start({ fallbackDelay: 10 });
    talk.run(100, 10);
    talk.settle();
    expect(log).toEqual(['open', 'websocket', 'none', 'websocket']);
    expect(socket.transport).toBe('websocket');
    expect(world.accepted).toHaveLength(1);
  });

  it('sends no request that was dropped in the task in which it was decided on', () => {
    const { world, socket } = start({ fallbackDelay: 40 });
    world.clock.run(2000);
    expect(socket.transport).toBe('websocket');
    expect(world.network.traffic.requests).toBe(0);
  });

  it('says nothing twice while HTTP is dialled beside a WebSocket that is slow to answer', () => {
    const { world, socket, talk } = start({ fallbackDelay: 50 });
    talk.pass(40);
    expect(socket.transport).toBe('websocket');
    world.weather = { latency: 400 };
    for (let i = 0; i < 1000; i++) socket.send(talk.up.next());
    talk.pass(310);
    // They are on their way on the WebSocket: HTTP asks for the session, and brings nothing along.
    expect(world.network.requests).toHaveLength(1);
    expect(world.network.requests[0]?.body.length).toBeLessThan(200);
    talk.settle();
    expect(world.accepted).toHaveLength(1);
  });

  it('leaves nothing behind on the transport that it moved from', () => {
    const { world, socket, talk } = start({}, { upgrade: 'refuse' });
    talk.run(100, 10);
    world.weather = { upgrade: 'pass' };
    talk.run(2000, 10);
    expect(socket.transport).toBe('websocket');
    expect(world.network.connections).toBe(1);
  });

  it('stays on HTTP when the WebSocket that claims dies before it is welcomed', () => {
    const { world, socket, talk } = start({}, { upgrade: 'refuse' });
    talk.run(10, 10);
    world.weather = { upgrade: 'mute-up' };
    talk.run(1000, 10);
    talk.settle();
    expect(socket.transport).toBe('streaming');
  });

  it('dials HTTP first after a WebSocket failed, and WebSocket again when the page has woken', () => {
    const { world, socket, talk } = start({}, { upgrade: 'refuse' });
    talk.run(10, 10);
    expect(world.network.traffic.upgrades).toBe(1);
    world.network.cut();
    talk.run(10, 10);
    expect(socket.transport).toBe('streaming');
    expect(world.network.traffic.upgrades).toBe(1);
    world.page('sleep');
    world.weather = { upgrade: 'pass' };
    talk.pass(10);
    world.page('wake');
    talk.pass(100);
    expect(socket.transport).toBe('websocket');
  });

  it('tries WebSocket less and less often while it fails', () => {
    const { world, talk } = start({}, { upgrade: 'refuse' });
    talk.pass(120_000);
    expect(world.network.traffic.upgrades).toBeGreaterThan(4);
    expect(world.network.traffic.upgrades).toBeLessThan(10);
  });
});
