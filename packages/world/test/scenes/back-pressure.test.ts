/** A reader that does not read stops the sender at the other end, over whatever carries the session. */
import type { TransportName } from '@holdfast/client';
import { ACK_DELAY, Session } from '@holdfast/protocol';
import { describe, expect, it } from 'vitest';
import { behind } from '../../src/behind.ts';
import { ByHand } from './by-hand.ts';
import { listen, start } from './scene.ts';

const MIB = 1024 * 1024;
const TRANSPORTS: readonly TransportName[] = ['websocket', 'streaming', 'polling'];

describe.each(TRANSPORTS)('a server that does not read, over %s', (transport) => {
  /** A page that sends forty messages of 100,000 bytes to a socket that is paused from the beginning. */
  function flood() {
    const { world, socket } = start({ transports: [transport] }, {}, { receiveWindow: MIB });
    const received = listen(world);
    const { onConnection } = world;
    world.onConnection = (peer) => {
      onConnection(peer);
      peer.pause();
    };
    world.clock.runUntil(() => socket.state.name === 'open', 1000);
    for (let i = 0; i < 40; i++) socket.send(String(i).padEnd(100_000, '.'));
    world.clock.run(20_000);
    const [peer] = world.accepted;
    if (!peer) throw new Error('no session');
    return { world, socket, peer, received, numbers: () => received.map((text) => parseInt(text)) };
  }
  const all = Array.from({ length: 40 }, (_, i) => i);

  it('has no more than its window, and one message', () => {
    const { socket, peer, received } = flood();
    expect(received).toEqual([]);
    // 1 MiB has room for ten of them and begins the eleventh.
    expect(behind(peer).session.received).toBe(11);
    expect(socket.bufferedAmount).toBe(29 * 100_000);
    expect(socket.state).toEqual({ name: 'open', transport });
  });

  it('gets all of it, in order, when it reads', () => {
    const { world, peer, numbers } = flood();
    peer.resume();
    world.clock.run(10_000);
    expect(numbers()).toEqual(all);
  });

  it('takes as much as its application wants in the middle', () => {
    const { world, peer, received, numbers } = flood();
    peer.on('message', () => {
      peer.pause();
    });
    for (let i = 1; i <= 40; i++) {
      peer.resume();
      world.clock.run(1000);
      expect(received).toHaveLength(i);
    }
    expect(numbers()).toEqual(all);
  });

  it('loses and doubles nothing, though the link is cut while it waits', () => {
    const { world, peer, numbers } = flood();
    for (let i = 0; i < 5; i++) {
      world.network.cut();
      world.clock.run(3000);
    }
    expect(behind(peer).session.received).toBe(11);
    peer.resume();
    world.clock.run(300);
    world.network.cut();
    world.clock.run(20_000);
    expect(numbers()).toEqual(all);
  });

  it('hears of the close behind what it reads', () => {
    const { world, socket, peer, received, numbers } = flood();
    const closes: unknown[] = [];
    peer.on('close', (code) => closes.push(code, received.length));
    socket.close(4000);
    world.clock.run(3000);
    expect(closes).toEqual([]);
    peer.resume();
    world.clock.run(10_000);
    expect(closes).toEqual([4000, 40]);
    expect(numbers()).toEqual(all);
    expect(socket.readyState).toBe(3);
  });
});

describe('a close that overtakes nothing', () => {
  it('ends the session for the page at once, though the server reads later', () => {
    const { world, socket, log } = start();
    const received = listen(world);
    world.clock.runUntil(() => socket.state.name === 'open', 1000);
    const [peer] = world.accepted;
    peer?.pause();
    const closes: unknown[] = [];
    peer?.on('close', (code) => closes.push(code));
    socket.send('last words');
    socket.close(1000);
    world.clock.run(1000);
    expect(log.at(-1)).toBe('close');
    expect({ received, closes, state: peer?.readyState }).toEqual({ received: [], closes: [], state: 2 });
    peer?.resume();
    world.clock.run(0);
    expect({ received, closes, state: peer?.readyState }).toEqual({
      received: ['last words'],
      closes: [1000],
      state: 3,
    });
  });

  it('does not wait for a reader whose session is lost', () => {
    const { world, socket } = start({}, {}, { resumeWindow: 5000 });
    const received = listen(world);
    world.clock.runUntil(() => socket.state.name === 'open', 1000);
    const [peer] = world.accepted;
    peer?.pause();
    const closes: unknown[] = [];
    peer?.on('close', (code) => closes.push(code));
    socket.send('unread');
    world.clock.run(1000);
    world.disconnectServer();
    // The server finds out by its heartbeat.
    world.clock.run(60_000);
    expect({ received, closes }).toEqual({ received: ['unread'], closes: [1006] });
  });
});

describe('a client that does not heed the window', () => {
  it('is refused with 1008', () => {
    const hand = new ByHand({ receiveWindow: MIB });
    const wire = hand.upgrade();
    hand.peer.pause();
    for (let i = 0; i < 3; i++) wire.bring('x'.repeat(500_000));
    expect(wire.heard.filter((line) => line.includes('refused'))).toEqual([]);
    wire.bring('one too many');
    expect(wire.heard.at(-1)).toBe('␐refused 1008 more than there is room for');
    expect(hand.ends).toEqual([1008]);
  });

  it('is refused for empty messages as well', () => {
    const hand = new ByHand({ receiveWindow: MIB });
    const wire = hand.upgrade();
    hand.peer.pause();
    for (let i = 0; i < MIB / 64; i++) wire.bring('');
    expect(hand.ends).toEqual([]);
    wire.bring('');
    expect(hand.ends).toEqual([1008]);
  });
});

describe('a server whose client gave it a bound', () => {
  it('sends until the bound, and goes on as it rises', () => {
    const hand = new ByHand();
    const wire = hand.upgrade(1, 'new', 1000);
    for (let i = 0; i < 5; i++) hand.peer.send('x'.repeat(436));
    const messages = () => wire.heard.filter((line) => line.startsWith('x')).length;
    expect(messages()).toBe(2);
    wire.say('allow 1001');
    expect(messages()).toBe(3);
    wire.say('allow 10000');
    expect(messages()).toBe(5);
  });

  it('takes back nothing that it was allowed', () => {
    const hand = new ByHand();
    const wire = hand.upgrade(1, 'new', 1000);
    wire.say('allow 10');
    hand.peer.send('x'.repeat(436));
    hand.peer.send('x'.repeat(436));
    expect(wire.heard.filter((line) => line.startsWith('x'))).toHaveLength(2);
  });

  it('keeps to it over the next transport', () => {
    const hand = new ByHand();
    hand.upgrade(1, 'new', 500);
    for (let i = 0; i < 5; i++) hand.peer.send('x'.repeat(436));
    const wire = hand.upgrade(2, 1, 1000);
    expect(wire.heard.filter((line) => line.startsWith('x'))).toHaveLength(1);
  });

  it('sends its close all the same', () => {
    const hand = new ByHand();
    const wire = hand.upgrade(1, 'new', 10);
    hand.peer.send('x');
    hand.peer.close(1000);
    expect(wire.heard.slice(1)).toEqual(['x', '␐close 1000 ']);
  });
});

describe('a server that reads', () => {
  it('tells of room now and then', () => {
    const hand = new ByHand({ receiveWindow: MIB });
    const wire = hand.upgrade();
    expect(wire.heard[0]).toContain(`"allow":${MIB}`);
    for (let i = 0; i < 40; i++) wire.bring('x'.repeat(100_000));
    // Half a MiB is six of them.
    const allows = wire.heard.filter((line) => line.startsWith('␐allow'));
    expect(allows).toEqual([1, 2, 3, 4, 5, 6].map((n) => `␐allow ${n * 6 * 100_064 + MIB}`));
  });
});

describe('a new session', () => {
  it('has all of the room', () => {
    const session = new Session('id', {
      maxBuffered: { maxMessages: 10, maxBytes: 10 },
      receiveWindow: 1000,
      ackDelay: ACK_DELAY,
    });
    session.arrive(1, 900, 0);
    session.taken(900);
    session.allow(5);
    expect(session.takeAllowance()).toBe(1964);
    session.renew('another', true);
    expect(session.allowance).toBe(Infinity);
    for (const seq of [1, 2]) expect(session.arrive(seq, 436, 0)).toBe('new');
    expect(session.arrive(3, 1, 0)).toBe('excess');
  });
});

describe('a page on a slow link', () => {
  it('keeps what the browser need not have yet, and sends it all', () => {
    const { world, socket } = start({ transports: ['websocket'] }, { bandwidth: 200 });
    const received = listen(world);
    world.clock.runUntil(() => socket.state.name === 'open', 1000);
    for (let i = 0; i < 40; i++) socket.send(String(i).padEnd(100_000, '.'));
    world.clock.run(60_000);
    expect(received.map((text) => parseInt(text))).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });
});
