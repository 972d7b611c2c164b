/** The server’s end of a session, over a WebSocket by hand: silences, closes, and what a client is owed. */
import type { HoldfastServerOptions } from '@holdfast/server';
import { describe, expect, it } from 'vitest';
import { ByHand } from './by-hand.ts';

/** A session that began over a WebSocket. */
function start(options: HoldfastServerOptions = {}) {
  const hand = new ByHand(options);
  const wire = hand.upgrade();
  wire.heard.length = 0;
  return { hand, wire };
}

describe('a silent client', () => {
  it('is pinged once after the heartbeat, and let go ten seconds later', () => {
    const { hand, wire } = start({ heartbeat: 5000 });
    hand.clock.run(4999);
    expect(wire.heard).toEqual([]);
    hand.clock.run(30);
    expect(wire.heard).toEqual(['␐ping 0']);
    hand.clock.run(9900);
    expect(wire).toMatchObject({ heard: ['␐ping 0'], isClosed: false });
    hand.clock.run(200);
    expect(wire.isClosed).toBe(true);
    expect(hand.peer.transport).toBeUndefined();
    expect(hand.ends).toEqual([]);
  });

  it('is pinged again after the heartbeat when it has answered', () => {
    const { hand, wire } = start({ heartbeat: 1000 });
    for (let i = 1; i <= 3; i++) {
      hand.clock.run(1030);
      expect(wire.heard).toEqual(Array.from({ length: i }, () => '␐ping 0'));
      wire.say('pong 0');
    }
  });

  it('has the resume window from when it was let go', () => {
    const { hand } = start({ heartbeat: 5000, resumeWindow: 20_000 });
    hand.clock.run(15_000 + 19_900);
    expect(hand.ends).toEqual([]);
    hand.clock.run(200);
    expect(hand.ends).toEqual([1006]);
  });

  it('is counted from when it came back', () => {
    const { hand, wire } = start({ heartbeat: 5000 });
    wire.break();
    hand.clock.run(20_000);
    const next = hand.upgrade(2, 0);
    hand.clock.run(4900);
    expect(next).toMatchObject({ heard: [expect.stringMatching(/^␐welcome/)], isClosed: false });
  });

  it('is pinged once, though an acknowledgement is due meanwhile', () => {
    const { hand, wire } = start({ heartbeat: 100 });
    wire.bring('x');
    hand.clock.run(1000);
    expect(wire.heard).toEqual(['␐ping 0', '␐ack 1']);
  });

  it('is not pinged, nor let go, if it says anything', () => {
    const { hand, wire } = start({ heartbeat: 5000 });
    for (let i = 0; i < 6; i++) {
      hand.clock.run(4000);
      wire.bring('x');
    }
    expect(wire.heard.filter((line) => line.includes('ping'))).toEqual([]);
    hand.clock.run(5100);
    wire.say('pong 0');
    hand.clock.run(4900);
    expect(wire.isClosed).toBe(false);
  });

  it('is asked first, and let go ten seconds later, though the server stood still for longer', () => {
    const { hand, wire } = start({ heartbeat: 5000 });
    hand.clock.stall(60_000);
    hand.clock.run(30);
    expect(wire).toMatchObject({ heard: ['␐ping 0'], isClosed: false });
    hand.clock.run(9900);
    expect(wire).toMatchObject({ heard: ['␐ping 0'], isClosed: false });
    hand.clock.run(200);
    expect(wire.isClosed).toBe(true);
  });

  it('that is away finds its session when the server, which stood still, runs again', () => {
    const { hand, wire } = start({ resumeWindow: 20_000 });
    wire.break();
    hand.clock.run(4000);
    hand.clock.stall(60_000);
    hand.clock.run(100);
    expect(hand.upgrade(2, 0).heard).toEqual([expect.stringMatching(/^␐welcome/)]);
    expect(hand.accepted).toHaveLength(1);
  });

  it.each([
    [20_000, 10_000],
    [8000, 8000],
  ])('that is away (%s) has no more than ten seconds then', (resumeWindow, patience) => {
    const { hand, wire } = start({ resumeWindow });
    wire.break();
    hand.clock.stall(60_000);
    hand.clock.run(patience - 100);
    expect(hand.ends).toEqual([]);
    hand.clock.run(200);
    expect(hand.ends).toEqual([1006]);
    expect(hand.clock.pending).toBe(0);
  });

  it('that is away has the resume window from when its WebSocket was lost', () => {
    const { hand, wire } = start({ resumeWindow: 8000 });
    hand.clock.run(7000);
    wire.break();
    hand.clock.run(7900);
    expect(hand.ends).toEqual([]);
    hand.clock.run(200);
    expect(hand.ends).toEqual([1006]);
    expect(hand.clock.pending).toBe(0);
  });
});

describe('a close', () => {
  it('of the server ends with its acknowledgement, and answers for it later', () => {
    const { hand, wire } = start();
    hand.peer.send('last words');
    hand.peer.close(4000, 'bye');
    expect(wire.heard).toEqual(['last words', '␐close 4000 bye']);
    wire.say('ack 1');
    expect(hand.ends).toEqual([]);
    wire.say('ack 2');
    expect(hand.ends).toEqual([4000]);
    expect(wire.isClosed).toBe(true);
    expect(hand.upgrade(2, 2).heard).toEqual([expect.stringMatching(/^␐welcome \{"received":0,/)]);
  });

  it('of the server ends as 1006 if it is not acknowledged in thirty seconds', () => {
    const { hand } = start({ heartbeat: 100_000 });
    hand.peer.close(4000);
    hand.clock.run(29_999);
    expect(hand.ends).toEqual([]);
    hand.clock.run(30);
    expect(hand.ends).toEqual([1006]);
  });

  it('of the client is acknowledged at once, and nothing is taken behind it', () => {
    const { hand, wire } = start();
    wire.bring('a');
    wire.say('close 4000 bye');
    wire.bring('late');
    expect(wire.heard).toEqual(['␐ack 2']);
    expect(hand.received).toEqual(['a']);
    expect(hand.ends).toEqual([4000]);
    expect(hand.upgrade(2, 0).heard).toEqual([expect.stringMatching(/^␐welcome \{"received":2,/)]);
  });

  it('comes once, though both ends close', () => {
    const { hand, wire } = start();
    hand.peer.close(4000);
    hand.peer.close(4001);
    wire.say('close 4002 ');
    wire.say('ack 1');
    expect(wire.heard.filter((line) => line.includes('close'))).toEqual(['␐close 4000 ']);
    expect(hand.ends).toEqual([4002]);
  });

  it('is told once, whatever comes behind it', () => {
    const { hand, wire } = start();
    wire.say('close 4000 ');
    hand.accepted[0]?.terminate();
    hand.accepted[0]?.close();
    wire.break();
    hand.clock.run(0);
    expect(hand.ends).toEqual([4000]);
    expect(hand.peer.transport).toBeUndefined();
  });

  it('is followed by nothing', () => {
    const { hand, wire } = start();
    hand.peer.close(4000);
    hand.peer.send('late');
    expect(wire.heard).toEqual(['␐close 4000 ']);
  });

  it('must have a code and a reason that can be sent', () => {
    const { hand } = start();
    expect(() => {
      hand.peer.close(1006);
    }).toThrow(TypeError);
    expect(() => {
      hand.peer.close(1000, 'x'.repeat(124));
    }).toThrow(RangeError);
    expect(hand.peer.readyState).toBe(1);
  });
});

describe('what the client is owed', () => {
  it('is acknowledged after half a second', () => {
    const { hand, wire } = start();
    wire.bring('a');
    hand.clock.run(450);
    expect(wire.heard).toEqual([]);
    hand.clock.run(100);
    expect(wire.heard).toEqual(['␐ack 1']);
  });

  it('is acknowledged at once with its 64th message', () => {
    const { wire } = start();
    for (let i = 0; i < 64; i++) wire.bring('x');
    expect(wire.heard).toEqual(['␐ack 64']);
  });

  it('is answered: a ping', () => {
    const { wire } = start();
    wire.say('ping 7');
    expect(wire.heard).toEqual(['␐pong 7']);
  });

  it('is bounded: beyond that it is refused as too slow', () => {
    const { hand, wire } = start({ maxBuffered: { maxMessages: 2, maxBytes: 10 } });
    hand.peer.send('a');
    hand.peer.send('b');
    wire.say('ack 1');
    hand.peer.send('c');
    expect(hand.ends).toEqual([]);
    hand.peer.send('d');
    expect(hand.ends).toEqual([]);
    hand.clock.run(0);
    expect(hand.ends).toEqual([3950]);
    expect(wire.heard.at(-1)).toBe('␐refused 3950 too slow a reader');
  });

  it('is sent again to the WebSocket that comes next, from what it has', () => {
    const { hand, wire } = start();
    for (const text of ['a', 'b', 'c']) hand.peer.send(text);
    wire.break();
    expect(hand.upgrade(2, 1).heard.slice(1)).toEqual(['b', 'c']);
  });
});
