/** One of very many clients: a server that would be overrun tells each of them (PROTOCOL.md §7.6). */
import { describe, expect, it } from 'vitest';
import { herdSpread } from '../../../server/src/herd.ts';
import { behind } from '../../src/behind.ts';
import { ByHand, type HandWire } from './by-hand.ts';
import { start, type Beginning } from './scene.ts';

/** Its server is overrun, and has told it so. */
function oneOfMany(transport: 'websocket' | 'streaming' | 'polling'): Beginning {
  const beginning = start({ transports: [transport] });
  const { world, talk } = beginning;
  talk.run(10, 10);
  talk.pass(2000);
  behind(world.accepted[0]).transport?.send({ type: 'spread', number: 60_000 });
  talk.pass(1000);
  return beginning;
}

describe('one of very many clients', () => {
  it.each(['websocket', 'streaming', 'polling'] as const)('comes back later, over %s', (transport) => {
    const { world, socket } = oneOfMany(transport);
    const { network, clock } = world;
    const count = (): number => network.traffic.upgrades + network.traffic.requests;
    const before = count();
    network.cut();
    // That it was nobody's turn within a hundredth of the spread.
    clock.run(600);
    expect(count()).toBe(before);
    clock.run(60_000);
    expect(socket.state.name).toBe('open');
    expect(world.accepted).toHaveLength(1);
  });

  it('is back at once if its application asks for that', () => {
    const { world, socket, talk } = oneOfMany('websocket');
    world.network.cut();
    socket.reconnect();
    talk.pass(100);
    expect(socket.transport).toBe('websocket');
  });

  it('is back at once when it has become one of few', () => {
    const { world, socket, talk } = oneOfMany('websocket');
    world.network.cut();
    socket.reconnect();
    talk.pass(2000);
    world.network.cut();
    talk.pass(100);
    expect(socket.transport).toBe('websocket');
  });

  it('learns that it is, where there were many before', () => {
    const { world } = start({ transports: ['websocket'] });
    const crowd = () => Array.from({ length: 300 }, () => world.client({ transports: ['websocket'] }));
    const { network, clock } = world;
    const first = crowd();
    clock.run(5000);
    for (const socket of first) socket.close();
    clock.run(5000);
    crowd();
    clock.run(5000);
    const before = network.traffic.upgrades;
    network.cut();
    clock.run(1);
    // The spread is 300 ms, and each draws its own.
    expect(network.traffic.upgrades - before).toBeLessThan(30);
  });
});

describe('a client of a server that has 300', () => {
  const toldTo = (wire: HandWire | undefined) => wire?.heard.filter((line) => line.includes('spread'));

  it('is told so with its welcome', () => {
    const hand = new ByHand();
    hand.crowd(300);
    hand.clock.run(5000);
    expect(toldTo(hand.crowd(1)[0])).toEqual(['␐spread 301']);
  });

  it('is told so a second later if it came when there were few', () => {
    const hand = new ByHand();
    const [first] = hand.crowd(300);
    expect(toldTo(first)).toEqual([]);
    hand.clock.run(5000);
    expect(toldTo(first)).toEqual(['␐spread 300']);
  });

  it('is told so with the ping that asks for it if it knows of fewer', () => {
    const hand = new ByHand({ heartbeat: 25_000 });
    const crowd = hand.crowd(300);
    hand.clock.run(5000);
    expect([210, 290].map((i) => toldTo(crowd[i]))).toEqual([['␐spread 211'], ['␐spread 291']]);
    hand.clock.run(21_000);
    expect([210, 290].map((i) => toldTo(crowd[i]))).toEqual([
      ['␐spread 211', '␐spread 300'],
      ['␐spread 291'],
    ]);
  });

  it('is told nothing by a server that is closed', () => {
    const hand = new ByHand();
    const [first] = hand.crowd(300);
    hand.endpoint.close();
    hand.clock.run(5000);
    expect(toldTo(first)).toEqual([]);
  });

  it('knows nothing of it on another transport but what it is told there', () => {
    const hand = new ByHand();
    hand.crowd(300);
    hand.upgrade();
    expect(toldTo(hand.upgrade(2, 0))).toEqual(['␐spread 301']);
  });
});

it('makes a herd of 200', () => {
  expect([0, 190, 200, 2000, 5000].map(herdSpread)).toEqual([0, 0, 200, 2000, 3500]);
});
