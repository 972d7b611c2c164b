/** Requests that bring frames, of a client by hand: what is taken, what waits, what ends a session. */
import { describe, expect, it } from 'vitest';
import { batch, ByHand, ID, parts } from './by-hand.ts';

/** A session that began over HTTP. */
function start(options = {}) {
  const hand = new ByHand(options);
  hand.attach();
  return hand;
}

describe('a body', () => {
  it.each([
    ['is empty', []],
    ['ends inside a record', [`send ${ID} 1`, batch(1, 'cut').subarray(0, -1)]],
    ['begins with something else', ['ack 1', `send ${ID} 1`]],
  ])('that %s is refused, and none of it is taken', (_, records) => {
    const hand = start();
    expect(hand.post(...records).status).toBe(400);
    expect(hand.received).toEqual([]);
    expect(hand.send(batch(1, 'goes on')).lines).toEqual(['ack 1']);
  });

  it('has no more than 65,536 records', () => {
    const hand = start();
    expect(hand.send('from 1 0', new Uint8Array(65_535)).status).toBe(400);
    expect(hand.send('from 1 0', new Uint8Array(65_534)).lines).toEqual(['ack 65534']);
  });

  it('brings no message that grows beyond its bound, part by part', () => {
    const hand = start({ maxPayload: 100 });
    const part = Uint8Array.of(...[((60 * 8 + 2) % 128) | 128, (60 * 8) >> 7], ...new Uint8Array(60));
    expect(hand.send('from 1 0', part).lines).toEqual(['ack 0']);
    hand.send('from 1 60', part);
    expect(hand.ends).toEqual([1009]);
  });

  it('brings no message that is too long at once', () => {
    const hand = start({ maxPayload: 100 });
    hand.send(batch(1, 'x'.repeat(101)));
    expect(hand.ends).toEqual([1009]);
  });

  it('lets a client in however short its messages must be', () => {
    expect(new ByHand({ maxPayload: 20 }).attach().lines).toEqual(['welcome 0']);
  });

  it('that breaks the rules ends its session', () => {
    const hand = start();
    hand.send('ack one');
    expect(hand.ends).toEqual([1002]);
  });

  it('with a gap in it ends its session', () => {
    const hand = start();
    hand.send(batch(1, 'one'), batch(3, 'three'));
    expect(hand.received).toEqual(['one']);
    expect(hand.ends).toEqual([1002]);
  });

  it('is taken up to what breaks the rules, and not behind it', () => {
    const hand = start();
    hand.send(batch(1, 'one'), 'ack 9', batch(2, 'two'));
    expect(hand.received).toEqual(['one']);
    expect(hand.ends).toEqual([1002]);
  });

  it('has no text that is not UTF-8', () => {
    const hand = start();
    hand.send('from 1 0', Uint8Array.of(16, 0xff, 0xfe));
    expect(hand.received).toEqual([]);
    expect(hand.ends).toEqual([1007]);
  });

  it('has no verb inside', () => {
    const hand = start();
    hand.send(`attach ${ID} 2 0 -`);
    expect(hand.ends).toEqual([1002]);
  });
});

describe('a part of a message', () => {
  const [first, second, third] = parts(1, '0123456789', 4) as [Uint8Array, Uint8Array, Uint8Array];

  it('is there for the next attach, which is told how much of it', () => {
    const hand = start();
    hand.send(first);
    expect(hand.attach(2, 0).lines).toEqual(['welcome 0 and 4 bytes']);
    hand.post(`send ${ID} 2`, second, third);
    expect(hand.received).toEqual(['0123456789']);
    expect(hand.attach(3, 0).lines).toEqual(['welcome 1']);
  });

  it('counts if it rode along, and once if it was there', () => {
    const hand = start();
    hand.send(first);
    expect(hand.attach(2, 0, first, second).lines).toEqual(['welcome 0 and 8 bytes']);
    hand.post(`send ${ID} 2`, third);
    expect(hand.received).toEqual(['0123456789']);
  });

  it('is not added to by a request of an attempt that is over', () => {
    const hand = start();
    hand.send(first);
    hand.attach(2, 0);
    hand.send(second);
    expect(hand.attach(3, 0).lines).toEqual(['welcome 0 and 4 bytes']);
  });

  it('is forgotten once a WebSocket has brought the whole', () => {
    const hand = start();
    hand.send(first);
    const wire = hand.upgrade(2, 0);
    expect(wire.heard).toEqual([expect.not.stringContaining('offset')]);
    wire.bring('0123456789');
    expect(hand.attach(3, 0).lines).toEqual(['welcome 1']);
    hand.post(`send ${ID} 3`, batch(2, 'next'));
    expect(hand.received).toEqual(['0123456789', 'next']);
  });
});

describe('a send', () => {
  it('that comes twice is taken once', () => {
    const hand = start();
    expect(hand.send(batch(1, 'a', 'b')).lines).toEqual(['ack 2']);
    expect(hand.send(batch(1, 'a', 'b')).lines).toEqual(['ack 2']);
    expect(hand.received).toEqual(['a', 'b']);
  });

  it('that overtook another waits for it, and both are answered', () => {
    const hand = start();
    const early = [3, 2].map((seq) => hand.send(batch(seq, `${seq}`)));
    expect(hand.received).toEqual([]);
    expect(early.map(({ ended }) => ended)).toEqual([false, false]);
    expect(hand.send(batch(1, '1')).lines).toEqual(['ack 1']);
    expect(hand.received).toEqual(['1', '2', '3']);
    expect(early.map(({ lines }) => lines)).toEqual([['ack 3'], ['ack 2']]);
  });

  it('is one of four that may wait', () => {
    const hand = start();
    const early = [6, 5, 4, 3, 2].map((seq) => hand.send(batch(seq, 'early')));
    expect(early.map(({ status }) => status)).toEqual([0, 0, 0, 0, 409]);
  });

  it('that is left makes room for one that goes again', () => {
    const hand = start();
    const early = [5, 4, 3, 2].map((seq) => hand.send(batch(seq, 'early')));
    early[3]?.close();
    const again = hand.send(batch(2, 'early'));
    expect(again.status).toBe(0);
    hand.send(batch(1, 'late'));
    expect(again.lines).toEqual(['ack 2']);
  });

  it('does not wait for a session that has moved on', () => {
    const hand = start();
    const early = hand.send(batch(2, 'early'));
    hand.attach(2, 0);
    expect(early.status).toBe(409);
  });

  it('of an attempt that does not hold the session is superseded, and nothing in it is taken', () => {
    const hand = start();
    hand.attach(2, 0);
    expect(hand.send(batch(1, 'late')).lines).toEqual(['superseded']);
    expect(hand.received).toEqual([]);
  });

  it('for a WebSocket that carries the session is superseded', () => {
    const hand = start();
    hand.upgrade(2, 0);
    expect(hand.post(`send ${ID} 2`, batch(1, 'late')).lines).toEqual(['superseded']);
    expect(hand.received).toEqual([]);
  });

  it('that closes the session is acknowledged all the same', () => {
    const hand = start();
    expect(hand.send(batch(1, 'a'), 'from 2 0', 'close 4000 bye').lines).toEqual(['ack 2']);
    expect(hand.ends).toEqual([4000]);
  });

  it('keeps its client alive', () => {
    const hand = start({ resumeWindow: 10_000 });
    for (let i = 1; i < 10; i++) {
      hand.clock.run(5000);
      hand.send(batch(i, 'x'));
    }
    expect(hand.ends).toEqual([]);
    hand.clock.run(10_100);
    expect(hand.ends).toEqual([1006]);
  });
});
