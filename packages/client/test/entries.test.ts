/** The entries of the package: what each can carry sessions over, and HTTP that comes when it is asked for. */
import { describe, expect, it, vi } from 'vitest';
import { http } from '../src/http.ts';
import { HoldfastSocket as PlainSocket } from '../src/plain.ts';
import { HoldfastSocket as WebSocketOnly, onDemand, type HttpCarrier } from '../src/websocket.ts';
import { FakeWorld } from './fake-world.ts';

/** Until what was promised has come. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the entry for WebSocket', () => {
  it('opens a session, and has no other transport', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new WebSocketOnly('ws://server/live', [], { environment });
    world.socket.welcome();
    expect(socket.transport).toBe('websocket');
    world.socket.break();
    world.run(5000);
    expect(world.requests).toEqual([]);
    expect(() => new WebSocketOnly('ws://server/live', [], { environment, transports: ['polling'] })).toThrow(
      'transports: polling given; use any of websocket',
    );
  });
});

describe('the entry for plain servers', () => {
  it('takes each for one, and keeps its ways of asking', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new PlainSocket('ws://server/live', [], {
      environment,
      plain: { ping: 'are you there?' },
    });
    world.socket.onopen?.(undefined as never);
    expect(socket.readyState).toBe(1);
    expect(world.socket.messages).toEqual(['are you there?']);
  });
});

describe('HTTP on demand', () => {
  function start(load: () => Promise<{ readonly http: HttpCarrier }>) {
    const world = new FakeWorld();
    const { environment } = world;
    const loaded = vi.fn(load);
    const socket = new WebSocketOnly('ws://server/live', [], { environment, http: onDemand(loaded) });
    return { world, loaded, socket };
  }

  it('is loaded when a WebSocket is lost, and once', async () => {
    const { world, loaded, socket } = start(async () => ({ http }));
    expect(loaded).not.toHaveBeenCalled();
    world.socket.break();
    expect(loaded).toHaveBeenCalledOnce();
    await settled();
    world.run(0);
    world.request.welcome();
    expect(socket.transport).toBe('polling');
    socket.reconnect();
    world.run(10_000);
    expect(world.requests.length).toBeGreaterThan(1);
    expect(loaded).toHaveBeenCalledOnce();
  });

  it('is loaded beside a WebSocket that is slow', async () => {
    const { world, loaded } = start(async () => ({ http }));
    world.run(299);
    expect(loaded).not.toHaveBeenCalled();
    world.run(1);
    expect(loaded).toHaveBeenCalledOnce();
    await settled();
    world.run(0);
    expect(world.requests).toHaveLength(1);
  });

  it('that comes too late is not used', async () => {
    const { world, loaded, socket } = start(async () => ({ http }));
    world.run(300);
    world.socket.welcome();
    await settled();
    world.run(0);
    expect(loaded).toHaveBeenCalledOnce();
    expect(world.requests).toEqual([]);
    expect(socket.transport).toBe('websocket');
  });

  it('that cannot be loaded has failed like any other, and is asked for again', async () => {
    let isThere = false;
    const { world, loaded, socket } = start(async () => {
      if (isThere) return { http };
      throw new TypeError('the module is not there');
    });
    world.socket.break();
    await settled();
    expect(socket.diagnostics.at(-1)).toMatchObject({
      reason: 'http-failed',
      detail: 'TypeError: the module is not there',
    });
    isThere = true;
    world.run(500);
    world.socket.break();
    await settled();
    world.run(0);
    world.request.welcome();
    expect(loaded).toHaveBeenCalledTimes(2);
    expect(socket.readyState).toBe(1);
  });

  it('knows what the server says of how clients come back', async () => {
    const { world } = start(async () => ({ http }));
    world.socket.welcome();
    world.run(6000);
    world.socket.break();
    world.run(2000);
    world.socket.break();
    await settled();
    world.run(0);
    world.request.welcome(0, 'spread 4000');
    const { length } = world.requests;
    world.request.handler.done('cut');
    world.run(1999);
    expect(world.requests).toHaveLength(length);
    world.run(1);
    expect(world.requests).toHaveLength(length + 1);
  });
});
