/** WebSockets of a client by hand: what they bring, and what a full one is given. */
import type { HoldfastServerOptions } from '@holdfast/server';
import { describe, expect, it } from 'vitest';
import { batch, ByHand, ID } from './by-hand.ts';

/** A session that began over a WebSocket. */
function start(options: HoldfastServerOptions = {}) {
  const hand = new ByHand(options);
  const wire = hand.upgrade();
  wire.heard.length = 0;
  return { hand, wire };
}

const FULL = 1024 * 1024;

describe('a WebSocket', () => {
  it('is welcomed first of all', () => {
    const hand = new ByHand();
    expect(hand.upgrade().heard).toEqual([expect.stringMatching(/^␐welcome \{"received":0,/)]);
  });

  it('that stands by claims the session when it says so, and counts from there', () => {
    const hand = new ByHand();
    hand.attach(1, 'new', batch(1, 'a'));
    const wire = hand.upgrade(0, 0);
    expect(wire.heard).toEqual(['␐superseded']);
    wire.bring('not heard: it carries nothing');
    wire.say(`attach ${ID} 2 0 -`);
    expect(wire.heard[1]).toMatch(/^␐welcome \{"received":1,/);
    wire.bring('b');
    expect(hand.received).toEqual(['a', 'b']);
  });

  it('that is superseded is told so, and not heard any more', () => {
    const { hand, wire } = start();
    hand.attach(2, 0);
    expect(wire.heard).toEqual(['␐superseded']);
    wire.bring('late');
    wire.say('close 4000 ');
    expect(hand.received).toEqual([]);
    expect(hand.ends).toEqual([]);
  });

  it('that is superseded and breaks takes nothing along', () => {
    const { hand, wire } = start();
    hand.attach(2, 0);
    hand.poll(1);
    wire.break();
    expect(hand.peer.transport).toBe('polling');
  });

  it('keeps its session though it asks for it in vain', () => {
    const { hand, wire } = start();
    wire.say(`attach ${ID} 1 0 -`);
    expect(wire.heard).toEqual(['␐superseded']);
    wire.bring('still there');
    expect(hand.received).toEqual(['still there']);
  });

  it('that claims to have what was never sent is told that it is gone', () => {
    const { hand } = start();
    expect(hand.upgrade(2, 1).heard).toEqual(['␐gone']);
    expect(hand.peer.transport).toBe('websocket');
  });

  it('without an attach is refused', () => {
    const hand = new ByHand();
    expect(hand.upgrade(1, 'old' as never)).toMatchObject({
      heard: ['␐refused 1002 no attach, or a malformed one'],
      isClosed: true,
    });
  });

  it('that asks for a second session ends, and leaves the first to wait', () => {
    const { hand, wire } = start({ resumeWindow: 5000 });
    wire.say(`attach another-${ID} 1 new -`);
    expect(hand.accepted).toHaveLength(1);
    expect(wire.isClosed).toBe(true);
    expect(hand.accepted[0]?.transport).toBeUndefined();
    hand.clock.run(5100);
    expect(hand.accepted[0]?.readyState).toBe(3);
  });

  it('that goes from one session to another leaves the first to wait', () => {
    const { hand, wire } = start({ resumeWindow: 5000 });
    hand.post(`attach another-${ID} 1 new -`);
    wire.say(`attach another-${ID} 2 0 -`);
    expect(hand.accepted[0]?.transport).toBeUndefined();
    wire.bring('for the other');
    expect(hand.received).toEqual(['for the other']);
    hand.clock.run(5100);
    expect(hand.accepted.map(({ readyState }) => readyState)).toEqual([3, 1]);
  });

  it('loses its session with a message that is too long', () => {
    const { hand, wire } = start();
    wire.fail('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
    expect(hand.ends).toEqual([1009]);
    expect(wire.heard).toEqual(['␐refused 1009 message too long']);
  });

  it('that attaches again is welcomed again, and no more', () => {
    const { hand, wire } = start();
    const told: unknown[] = [];
    hand.peer.on('transport', (transport) => told.push(transport));
    wire.say(`attach ${ID} 2 0 -`);
    expect(wire.heard).toEqual([expect.stringMatching(/^␐welcome/)]);
    expect(told).toEqual(['websocket']);
  });

  it('that fails leaves its session to wait', () => {
    const { hand, wire } = start();
    wire.fail('ECONNRESET');
    wire.break();
    expect(hand.ends).toEqual([]);
    expect(hand.upgrade(2, 0).heard).toEqual([expect.stringMatching(/^␐welcome/)]);
  });

  it('brings bytes of every kind', () => {
    const { hand, wire } = start();
    const bytes: unknown[] = [];
    hand.peer.on('message', (data, isBinary) => bytes.push([...data, isBinary]));
    wire.bring(Uint8Array.of(0xff, 0xfe));
    wire.bring(Uint8Array.of(0x10, 97));
    expect(bytes).toEqual([
      [0xff, 0xfe, true],
      [0x10, 97, true],
    ]);
  });

  it('is closed fifteen seconds after it began to stand by', () => {
    // The application takes its time: nothing was answered yet.
    const hand = new ByHand({ verifyClient: () => new Promise(() => undefined) });
    const wire = hand.upgrade();
    hand.clock.run(14_900);
    expect(wire.isClosed).toBe(false);
    hand.clock.run(200);
    expect(wire.isClosed).toBe(true);
  });

  it('is closed fifteen seconds after it carried a session', () => {
    const { hand, wire } = start();
    hand.clock.run(14_000);
    hand.attach(2, 0);
    hand.clock.run(14_900);
    expect(wire.isClosed).toBe(false);
    hand.clock.run(200);
    expect(wire.isClosed).toBe(true);
  });

  it('that carries a session is not closed for standing by', () => {
    const hand = new ByHand();
    hand.attach();
    const wire = hand.upgrade(0, 0);
    hand.clock.run(10_000);
    wire.say(`attach ${ID} 2 0 -`);
    hand.clock.run(16_000);
    expect(wire.isClosed).toBe(false);
  });

  it('that is over leaves no timer behind', () => {
    const hand = new ByHand();
    hand.upgrade(0, 0).break();
    hand.clock.run(50);
    expect(hand.clock.pending).toBe(0);
  });

  it.each([
    ['malformed', 'ack one', 1002],
    ['an acknowledgement of what was never sent', 'ack 1', 1002],
  ])('loses its session with a control frame that is %s', (_, line, code) => {
    const { hand, wire } = start();
    wire.say(line);
    expect(hand.ends).toEqual([code]);
    expect(wire.heard.at(-1)).toMatch(new RegExp(`^␐refused ${code} `));
    expect(wire.isClosed).toBe(true);
  });

  it('without a session is refused with a malformed control frame', () => {
    const hand = new ByHand();
    const wire = hand.upgrade(0, 'new');
    wire.say('ack one');
    expect(wire.heard).toEqual(['␐gone', '␐refused 1002 malformed control frame']);
    expect(wire.isClosed).toBe(true);
  });

  it('is not heard with words that it does not know, or that belong to HTTP', () => {
    const { hand, wire } = start();
    for (const line of ['sing', `send ${ID} 1`, 'seen 1', 'from 9 0']) wire.say(line);
    wire.bring('a');
    expect(hand.received).toEqual(['a']);
    expect(wire.heard).toEqual([]);
  });

  it('brings texts that look like control frames, and takes them', () => {
    const { hand, wire } = start();
    wire.bring('\x10\x10ack 9');
    expect(hand.received).toEqual(['\x10ack 9']);
    hand.peer.send('\x10ping');
    hand.peer.send(Buffer.from('\x10pong'), { binary: false });
    expect(wire.heard).toEqual(['␐ack 1', '␐\x10ping', '␐\x10pong']);
  });
});

describe('a full WebSocket', () => {
  it('is given nothing more until it has written', () => {
    const { hand, wire } = start();
    wire.bufferedAmount = FULL - 10;
    hand.peer.send('crosses the mark');
    wire.bufferedAmount = FULL;
    hand.peer.send('kept');
    expect(wire.heard).toEqual(['crosses the mark']);
    wire.drain();
    expect(wire.heard).toEqual(['crosses the mark', 'kept']);
  });

  it('is not waited for in a loop with an acknowledgement that it cannot take', () => {
    const { hand, wire } = start();
    wire.bufferedAmount = FULL - 10;
    hand.peer.send('crosses the mark');
    wire.bufferedAmount = FULL;
    wire.bring('a');
    hand.clock.run(5000);
    expect(wire.heard).not.toContain('␐ack 1');
    wire.drain();
    expect(wire.heard).toContain('␐ack 1');
  });

  it('is given an acknowledgement in its time when it is full no more', () => {
    const { hand, wire } = start();
    wire.bufferedAmount = FULL - 10;
    hand.peer.send('crosses the mark');
    wire.bufferedAmount = FULL;
    wire.bring('a');
    hand.clock.run(100);
    wire.drain();
    hand.clock.run(425);
    expect(wire.heard).toContain('␐ack 1');
  });

  it('asks for no more while it is still full', () => {
    const { hand, wire } = start();
    wire.bufferedAmount = FULL - 10;
    hand.peer.send('a');
    hand.peer.send('b');
    wire.bufferedAmount = FULL;
    hand.peer.send('kept');
    wire.drain(FULL);
    expect(wire.heard).toEqual(['a', 'b']);
  });
});

it('a server that closes ends a WebSocket that is being decided about', () => {
  const { hand } = start();
  hand.endpoint.close();
  expect(hand.upgrade(2, 0)).toMatchObject({ heard: [], isClosed: true });
});
