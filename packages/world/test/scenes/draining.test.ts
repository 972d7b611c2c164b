/** A server goes away in order (PROTOCOL.md §8.4): what is under way arrives, once, and the client begins another session. */
import type { HoldfastOptions } from '@holdfast/client';
import type { HoldfastServerSocket } from '@holdfast/server';
import { describe, expect, it } from 'vitest';
import type { Weather } from '../../src/index.ts';
import { start, type Beginning } from './scene.ts';

const everyTransport: HoldfastOptions[] = [
  { transports: ['websocket'] },
  { transports: ['streaming'] },
  { transports: ['polling'] },
];

interface Moved extends Beginning {
  readonly losses: number[];
  /** How each of the server's sockets ended. */
  readonly ends: number[];
  /** The old server's part is over: another one takes its place. */
  readonly replace: () => void;
}

/** A conversation that goes on while the server goes away, and its events. */
function begin(options: HoldfastOptions = {}, weather: Partial<Weather> = {}): Moved {
  const scene = start(options, { latency: 40, ...weather });
  const { world, socket, talk } = scene;
  const losses: number[] = [];
  socket.addEventListener('sessionlost', ({ unacknowledged }) => losses.push(unacknowledged));
  const ends: number[] = [];
  world.onConnection = ((before) => (peer) => {
    before(peer);
    peer.on('close', (code) => ends.push(code));
  })(world.onConnection);
  talk.run(20, 5);
  talk.pass(2000);
  const replace = (): void => {
    world.clock.runUntil(() => ends.length > 0, 20_000);
    world.stopServer();
    world.startServer();
  };
  return { ...scene, losses, ends, replace };
}

const only = ({ world }: Beginning): HoldfastServerSocket => world.accepted[0] as HoldfastServerSocket;

describe('a server that goes away', () => {
  it.each(everyTransport)('loses and doubles nothing that is under way, both ways: %j', (options) => {
    const scene = begin({ ...options, sessionLost: 'discard' });
    const { world, socket, talk, log, losses, ends, replace } = scene;
    // Each message is on its way for 40 ms, and its acknowledgement as long.
    talk.run(20, 1);
    world.moveServer(300);
    for (let i = 0; i < 20; i++) {
      socket.send(talk.up.next());
      if (only(scene).readyState === 1) only(scene).send(talk.down.next());
      talk.pass(1);
    }
    replace();
    expect(ends).toEqual([1001]);
    expect(talk.down.isEven).toBe(true);
    expect(losses).toEqual([0]);
    socket.send(talk.up.next());
    talk.settle();
    expect(talk.up.isEven).toBe(true);
    expect(world.accepted).toHaveLength(2);
    expect(log.filter((name) => name === 'open')).toHaveLength(2);
  });

  it.each(everyTransport)(
    'keeps nobody waiting for more than a second beside what it says: %j',
    (options) => {
      const { world, socket, talk } = begin(options);
      const sentAt = world.clock.now();
      world.moveServer(1000);
      socket.send(talk.up.next());
      world.accepted[0]?.on('close', () => {
        world.clock.setTimeout(() => {
          world.stopServer();
          world.startServer();
        }, 300);
      });
      talk.pass(60);
      socket.send(talk.up.next());
      world.clock.runUntil(() => talk.up.isEven, 20_000);
      const waited = world.clock.now() - sentAt;
      expect(waited).toBeGreaterThan(1000);
      expect(waited).toBeLessThan(2000);
    },
  );

  it.each(everyTransport)('hears all of the old session before any of the new one: %j', (options) => {
    const { world, socket, talk, replace } = begin(options);
    const old = new Set([world.accepted[0]]);
    const heard: boolean[] = [];
    const hear = (peer: HoldfastServerSocket): void => {
      peer.on('message', () => heard.push(old.has(peer)));
    };
    world.accepted.forEach(hear);
    world.onConnection = hear;
    for (let i = 0; i < 5; i++) socket.send(talk.up.next());
    world.moveServer();
    talk.pass(100);
    for (let i = 0; i < 5; i++) socket.send(talk.up.next());
    replace();
    talk.pass(5000);
    expect(heard).toEqual([true, true, true, true, true, false, false, false, false, false]);
  });

  it.each(everyTransport)('may still answer what came before: %j', (options) => {
    const { world, socket, replace, ends } = begin(options);
    const answers: unknown[] = [];
    socket.onmessage = ({ data }) => answers.push(data);
    world.accepted[0]?.removeAllListeners('message').on('message', (data) => {
      // Somebody has to be asked first, each time.
      for (const after of [60, 150, 240])
        world.clock.setTimeout(() => world.accepted[0]?.send(`${String(data)} after ${after}`), after);
    });
    socket.send('1');
    world.moveServer();
    replace();
    expect(answers).toEqual(['1 after 60', '1 after 150', '1 after 240']);
    expect(ends).toEqual([1001]);
  });

  it('does not wait for ever for an application that goes on and on', () => {
    const { world, ends, talk } = begin();
    const peer = world.accepted[0];
    world.moveServer();
    const began = world.clock.now();
    while (peer?.readyState === 1) {
      peer.send(talk.down.next());
      talk.pass(20);
    }
    talk.settle();
    expect(world.clock.now() - began).toBeLessThan(800);
    talk.pass(100);
    expect(ends).toEqual([1001]);
  });

  it('sends nothing behind its last word, and says so', async () => {
    const { world } = begin();
    const errors: unknown[] = [];
    world.moveServer();
    world.clock.runUntil(() => world.accepted[0]?.readyState === 2, 1000);
    world.accepted[0]?.send('late', (error) => errors.push(error?.message));
    await new Promise(setImmediate);
    expect(errors).toEqual(['WebSocket is not open: readyState 2 (CLOSING)']);
  });

  it.each(everyTransport)('hands over across a cut: %j', (options) => {
    const { world, socket, talk, losses, ends, replace } = begin({ ...options, sessionLost: 'discard' });
    talk.run(5, 1);
    world.moveServer();
    talk.pass(20);
    world.network.cut();
    socket.send(talk.up.next());
    talk.pass(130);
    world.network.cut();
    replace();
    expect(ends).toEqual([1001]);
    expect(losses).toEqual([0]);
    expect(talk.down.isEven).toBe(true);
    talk.settle();
    expect(talk.up.isEven).toBe(true);
  });

  it('asks a client that was away when it comes back', () => {
    const { world, talk, ends, losses } = begin({ transports: ['websocket'] });
    world.disconnectServer();
    world.moveServer();
    talk.pass(100);
    world.reconnectServer();
    world.clock.runUntil(() => ends.length > 0, 5000);
    talk.pass(100);
    expect(ends).toEqual([1001]);
    expect(losses).toEqual([0]);
  });

  it('turns away who is new, over every transport, and knows who is not', () => {
    const { world, ends } = begin({ transports: ['websocket'] }, { latency: 10 });
    world.moveServer(100);
    const others = everyTransport.map((options) => world.client(options));
    world.clock.run(1000);
    expect(ends).toEqual([1001]);
    expect(world.accepted).toHaveLength(1);
    expect(others.map(({ readyState }) => readyState)).toEqual([0, 0, 0]);
    world.stopServer();
    world.startServer();
    world.clock.run(5000);
    expect(others.map(({ readyState }) => readyState)).toEqual([1, 1, 1]);
  });

  it('tells how much was sent and not acknowledged if it ends before', () => {
    const { world, socket, talk, losses } = begin({ transports: ['websocket'], sessionLost: 'discard' });
    world.network.silence('up');
    world.moveServer();
    socket.send(talk.up.next());
    socket.send(talk.up.next());
    talk.pass(100);
    // Behind the end: for the next session.
    socket.send('kept');
    const heard: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => heard.push(String(data)));
    world.drainServer(0);
    world.stopServer();
    world.network.speak();
    world.startServer();
    talk.pass(5000);
    expect(losses).toEqual([2]);
    expect(heard).toEqual(['kept']);
  });

  it('sends that again, without the end behind it, if it is to arrive at least once', () => {
    const { world, socket, talk, losses } = begin({ transports: ['websocket'] });
    world.network.silence('up');
    world.moveServer();
    socket.send('sent');
    talk.pass(100);
    socket.send('kept');
    const heard: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => heard.push(String(data)));
    world.drainServer(0);
    world.stopServer();
    world.network.speak();
    world.startServer();
    talk.pass(5000);
    expect(losses).toEqual([1]);
    expect(heard).toEqual(['sent', 'kept']);
    expect(socket.readyState).toBe(1);
  });

  it('counts what was acknowledged as arrived, though the session did not end', () => {
    const { world, socket, talk, losses } = begin({ transports: ['websocket'] });
    world.moveServer();
    socket.send(talk.up.next());
    talk.pass(40 + 2 * 40 + 10);
    expect(talk.up.isEven).toBe(true);
    world.stopServer();
    world.startServer();
    talk.pass(5000);
    expect(losses).toEqual([0]);
    expect(talk.up.isEven).toBe(true);
  });

  it.each(everyTransport)('lets a client stay away for as long as it says: %j', (options) => {
    const { world, socket, log, ends } = begin(options);
    world.moveServer(5000);
    world.clock.runUntil(() => ends.length > 0, 5000);
    world.clock.run(100);
    const { upgrades, requests } = world.network.traffic;
    expect(log.at(-1)).toBe('sessionlost');
    expect(socket.state).toMatchObject({ name: 'waiting' });
    world.clock.run(4700);
    expect(world.network.traffic).toEqual({ upgrades, requests });
    world.clock.run(400);
    expect(world.network.traffic.upgrades + world.network.traffic.requests).toBeGreaterThan(
      upgrades + requests,
    );
  });

  it('closes a client that must not come back', () => {
    const { world, socket, talk, ends } = begin({ transports: ['websocket'], reconnect: false });
    const closes: unknown[] = [];
    socket.onclose = ({ code, wasClean }) => closes.push([code, wasClean]);
    socket.send(talk.up.next());
    world.moveServer();
    talk.pass(2000);
    expect(closes).toEqual([[1001, true]]);
    expect(ends).toEqual([1001]);
    expect(talk.up.isEven).toBe(true);
  });

  it('ends a socket that ends with its session', () => {
    const { world, talk, log, ends } = begin({ transports: ['websocket'], sessionLost: 'close' });
    world.moveServer();
    talk.pass(2000);
    expect(ends).toEqual([1001]);
    expect(log.slice(-3)).toEqual(['sessionlost', 'error', 'close']);
    expect(world.accepted).toHaveLength(1);
  });

  it.each(everyTransport)('and a client that closes meet in order: %j', (options) => {
    for (const when of [0, 20, 60, 100, 150, 210]) {
      const { world, socket, talk, ends } = begin(options);
      const closes: unknown[] = [];
      socket.onclose = ({ code, wasClean }) => closes.push([code, wasClean]);
      world.moveServer();
      talk.pass(when);
      socket.close(4000);
      talk.pass(20_000);
      expect([when, closes]).toEqual([when, [[4000, true]]]);
      expect(ends).toHaveLength(1);
      expect(talk.up.isEven).toBe(true);
    }
  });

  it('closes a socket of its application with the code of that', () => {
    const { world, socket, talk } = begin();
    const closes: unknown[] = [];
    socket.onclose = ({ code, wasClean }) => closes.push([code, wasClean]);
    world.moveServer();
    world.accepted[0]?.close(4001);
    talk.pass(2000);
    expect(closes).toEqual([[4001, true]]);
  });

  it('waits until its application has read all', () => {
    const { world, socket, ends, talk } = begin();
    world.accepted[0]?.pause();
    socket.send(talk.up.next());
    world.moveServer();
    talk.pass(3000);
    expect(ends).toEqual([]);
    expect(world.accepted[0]?.readyState).toBe(1);
    world.accepted[0]?.resume();
    talk.pass(3000);
    expect(ends).toEqual([1001]);
    expect(talk.up.isEven).toBe(true);
  });

  it('leaves no timer behind', () => {
    const { world, socket, replace, talk } = begin();
    world.moveServer();
    replace();
    talk.pass(2000);
    socket.close();
    talk.pass(200_000);
    expect(world.clock.pending).toBe(0);
    expect(world.network.connections).toBe(0);
  });
});
