import type { HoldfastOptions } from '@holdfast/client';
import { describe, expect, it } from 'vitest';
import { start } from './scene.ts';

describe('ending', () => {
  it.each<HoldfastOptions>([
    { transports: ['websocket'] },
    { transports: ['polling'] },
    { transports: ['streaming'] },
  ])('delivers a close behind the data, across a cut: %j', (options) => {
    const { world, socket, talk } = start(options);
    const ends: unknown[] = [];
    world.onConnection = ((before) => (peer) => {
      before(peer);
      peer.on('close', (code, reason) => ends.push([code, String(reason), talk.up.received]));
    })(world.onConnection);
    socket.onclose = ({ code, reason, wasClean }) => ends.push([code, reason, wasClean]);
    talk.run(10, 10);
    world.network.cut();
    socket.send(talk.up.next());
    socket.close(4000, 'done');
    expect(socket.readyState).toBe(2);
    talk.pass(5000);
    expect(ends).toEqual([
      [4000, 'done', 11],
      [4000, 'done', true],
    ]);
  });

  it('tells the server application when the resume window has passed', () => {
    const { world, talk } = start();
    talk.run(10, 10);
    const ends: number[] = [];
    world.accepted[0]?.on('close', (code) => ends.push(code));
    world.network.silence('both');
    world.network.cut();
    talk.pass(120_000);
    expect(ends).toEqual([1006]);
  });

  it('leaves no timer behind', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    socket.close();
    talk.pass(200_000);
    expect(socket.readyState).toBe(3);
    expect(world.clock.pending).toBe(0);
    expect(world.network.connections).toBe(0);
  });

  it('confirms a close again whose confirmation was lost', () => {
    const { world, socket, talk } = start({ transports: ['websocket'] });
    talk.run(10, 10);
    talk.settle();
    const ends: unknown[] = [];
    socket.onclose = ({ code, wasClean }) => ends.push([code, wasClean]);
    socket.close(4000);
    world.network.silence('down');
    talk.pass(1000);
    expect(world.accepted[0]?.readyState).toBe(3);
    world.network.cut();
    world.network.speak();
    talk.pass(5000);
    expect(ends).toEqual([[4000, true]]);
  });

  it('fails as 1006 if the server has lost the session meanwhile, and begins no other', () => {
    const { world, socket, talk } = start({ transports: ['websocket'] });
    talk.run(10, 10);
    talk.settle();
    world.stopServer();
    world.startServer();
    const ends: unknown[] = [];
    socket.onclose = ({ code, wasClean }) => ends.push([code, wasClean]);
    socket.close(4000);
    talk.pass(9000);
    expect(ends).toEqual([[1006, false]]);
    expect(world.accepted).toHaveLength(1);
  });

  it('fails as 1006 if nobody confirms it in ten seconds', () => {
    const { world, socket, talk } = start({ transports: ['websocket'] });
    talk.run(10, 10);
    talk.settle();
    world.stopServer();
    socket.close(4000);
    talk.pass(9999);
    expect(socket.readyState).toBe(2);
    talk.pass(1);
    expect(socket.readyState).toBe(3);
    talk.pass(60_000);
    expect(world.clock.pending).toBe(0);
  });

  it('delivers the close of a server behind its messages, over every transport', () => {
    for (const transports of [['websocket'], ['streaming'], ['polling']] as const) {
      const { world, socket, talk } = start({ transports });
      talk.run(10, 10);
      const ends: unknown[] = [];
      world.accepted[0]?.on('close', (code) => ends.push(code));
      socket.onclose = ({ code, wasClean }) => ends.push([code, wasClean, talk.down.isEven]);
      world.accepted[0]?.send(talk.down.next());
      world.accepted[0]?.close(4000);
      talk.pass(3000);
      expect(ends).toEqual([[4000, true, true], 4000]);
      expect(world.network.connections).toBe(0);
    }
  });
});
