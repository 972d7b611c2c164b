/** Several requests that bring messages, under way at once, with a server by hand. */
import { describe, expect, it } from 'vitest';
import type { HoldfastOptions } from '../src/options.ts';
import { HoldfastSocket } from '../src/index.ts';
import { batch, FakeWorld, type FakeRequest } from './fake-world.ts';

const ROUND_TRIP = 100;

/** Open, with a poll, and one message there and acknowledged a round trip later. */
function start(options: HoldfastOptions = {}) {
  const world = new FakeWorld();
  const { environment } = world;
  const socket = new HoldfastSocket('ws://server/live', [], {
    transports: ['polling'],
    environment,
    ...options,
  });
  const received: unknown[] = [];
  socket.onmessage = ({ data }) => received.push(data);
  world.run(0);
  world.request.welcome();
  const poll = world.request;
  socket.send('first');
  world.run(ROUND_TRIP);
  world.request.answer('ack 1');
  world.run(0);
  return { world, socket, received, poll };
}

/** The same, with so many messages sent then, one each quarter of a round trip. */
function under(count: number) {
  const scene = start();
  const before = scene.world.requests.length;
  for (let i = 0; i < count; i++) {
    scene.socket.send(String(i));
    scene.world.run(i === 0 ? 0 : ROUND_TRIP / 4);
  }
  return { ...scene, sends: scene.world.requests.slice(before) };
}

const messages = (requests: readonly FakeRequest[]): string[][] =>
  requests.map(({ lines }) => lines.slice(1));

describe('requests that bring messages', () => {
  it('go one after the other while the round trip is not known', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new HoldfastSocket('ws://server/live', [], { transports: ['polling'], environment });
    world.run(0);
    world.request.welcome();
    socket.send('one');
    world.run(0);
    const first = world.request;
    socket.send('two');
    world.run(500);
    expect(world.request).toBe(first);
  });

  it('go beside others after a quarter of a round trip', () => {
    const { world, socket } = start();
    socket.send('a');
    world.run(0);
    const first = world.request;
    socket.send('b');
    world.run(10);
    socket.send('c');
    world.run(14);
    expect(world.request).toBe(first);
    world.run(1);
    expect(messages([first, world.request])).toEqual([['2: a'], ['3: b', '4: c']]);
    expect(socket.bufferedAmount).toBe(3);
  });

  it('are four at most', () => {
    const { world, sends } = under(6);
    expect(messages(sends)).toEqual([['2: 0'], ['3: 1'], ['4: 2'], ['5: 3']]);
    sends[0]!.answer('ack 2');
    expect(world.request.lines.slice(1)).toEqual(['6: 4', '7: 5']);
  });

  it('may be answered in any order', () => {
    const { socket, sends } = under(3);
    sends[2]!.answer('ack 4');
    sends[0]!.answer('ack 4');
    sends[1]!.answer('ack 4');
    expect(socket.bufferedAmount).toBe(0);
    expect(socket.readyState).toBe(1);
  });

  it('go alone again where the way has become slow', () => {
    const { world, socket } = start();
    socket.send('a');
    world.run(300);
    world.request.answer('ack 2');
    socket.send('b');
    world.run(0);
    const alone = world.request;
    socket.send('c');
    world.run(300);
    expect(world.request).toBe(alone);
  });

  it('wait for one that goes again', () => {
    const { world, socket, sends } = under(2);
    const before = world.requests.length;
    sends[0]!.fail(502);
    socket.send('behind');
    world.run(0);
    expect(messages(world.requests.slice(before))).toEqual([['2: 0']]);
    // As soon as ever.
    world.run(75);
    sends[1]!.answer('ack 1');
    world.run(ROUND_TRIP);
    expect(world.requests).toHaveLength(before + 1);
    world.request.answer('ack 3');
    expect(messages(world.requests.slice(before + 1))).toEqual([['4: behind']]);
  });

  it('go again with the last words of a page that ends', () => {
    const { world } = under(2);
    world.page('end');
    expect(world.request.last).toBe(true);
    expect(world.request.lines.slice(1)).toEqual(['2: 0', '3: 1', 'close 1001 ']);
  });

  it('are all given up where one was too large, and go again in smaller ones', () => {
    const { world, socket } = start();
    const large = 'x'.repeat(4000);
    socket.send(large);
    world.run(0);
    const first = world.request;
    socket.send('b');
    world.run(ROUND_TRIP / 4);
    const second = world.request;
    first.fail(413);
    expect(second.isAborted).toBe(true);
    expect(world.request.lines.slice(1)).toEqual([expect.stringMatching(/^2: 20\d\d bytes$/)]);
    world.request.answer('ack 1');
    expect(world.request.lines.slice(1)).toEqual([
      expect.stringMatching(/^2\+20\d\d: 19\d\d bytes$/),
      '3: b',
    ]);
  });

  it('is not aborted when it is over', () => {
    const { world, sends } = under(1);
    sends[0]!.answer('ack 2');
    world.run(0);
    expect(sends[0]!.isAborted).toBe(false);
  });
});

describe('an answer to messages', () => {
  it('brings what the poll would bring later', () => {
    const { received, poll, sends } = under(1);
    sends[0]!.answer('ack 2', batch(1, 'soon'));
    expect(received).toEqual(['soon']);
    poll.answer('batch 1', batch(1, 'soon', 'then'));
    expect(received).toEqual(['soon', 'then']);
  });

  it('may overtake a poll: what it misses comes with that', () => {
    const { socket, received, poll, sends } = under(1);
    sends[0]!.answer('ack 2', batch(2, 'then'));
    expect(received).toEqual([]);
    poll.answer('batch 1', batch(1, 'soon', 'then'));
    expect(received).toEqual(['soon', 'then']);
    expect(socket.readyState).toBe(1);
  });
});

describe('a client whose polls bring what waited already', () => {
  const asks = ({ world }: { world: FakeWorld }, from: number): number =>
    world.requests.slice(from).filter(({ lines }) => lines[0]?.startsWith('send ')).length;

  /** Whose first two polls brought what was there; the third one waits. */
  const hasty = (...behind: string[]) => {
    const scene = start();
    const { world, poll } = scene;
    poll.answer('batch 1', batch(1, 'a'));
    const next = world.request;
    world.run(ROUND_TRIP);
    const before = world.requests.length;
    next.answer('batch 2', batch(2, 'b'), ...behind);
    return { ...scene, asked: () => asks(scene, before) };
  };

  it('asks between them, twice in each', () => {
    const { world, asked } = hasty();
    world.run(34);
    expect(asked()).toBe(1);
    world.run(34);
    expect(asked()).toBe(2);
    world.run(ROUND_TRIP);
    expect(asked()).toBe(2);
  });

  it('does not ask where nothing waited', () => {
    const scene = start();
    const { world, poll } = scene;
    poll.answer('batch 1', batch(1, 'a'));
    const next = world.request;
    world.run(3 * ROUND_TRIP);
    const before = world.requests.length;
    next.answer('batch 2', batch(2, 'b'));
    world.run(2 * ROUND_TRIP);
    expect(asks(scene, before)).toBe(0);
  });

  it('does not ask when it has left', () => {
    const { world, socket, asked } = hasty('close 1000 ');
    world.run(ROUND_TRIP);
    expect(socket.readyState).toBe(3);
    // Its acknowledgement.
    expect(asked()).toBe(1);
  });

  it('asks no more when it leaves before it has', () => {
    const { world, socket, asked } = hasty();
    world.request.answer('batch 3', 'from 3 0', 'close 1000 ');
    world.run(ROUND_TRIP);
    expect(socket.readyState).toBe(3);
    expect(asked()).toBe(1);
  });
});
