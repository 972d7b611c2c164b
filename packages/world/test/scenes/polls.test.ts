/** Polls of a client by hand: what is answered, kept open, and let go. */
import { describe, expect, it } from 'vitest';
import { behind } from '../../src/behind.ts';
import { batch, ByHand } from './by-hand.ts';

/** A session that began over HTTP. */
function start(options = {}) {
  const hand = new ByHand(options);
  hand.attach();
  return hand;
}

/** A server that sends back what it gets, and a poll that is open. */
function echoing() {
  const hand = start();
  hand.peer.on('message', (data) => hand.peer.send(data));
  return { hand, poll: hand.poll(1) };
}

describe('what the answer to a batch brings while a poll is open', () => {
  it('comes by the poll no more once it is acknowledged', () => {
    const { hand, poll } = echoing();
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1', '1: a']);
    expect(hand.send('ack 1', batch(2, 'b')).lines).toEqual(['ack 2', '2: b']);
    hand.clock.run(900);
    expect(hand.send('ack 2').lines).toEqual(['ack 2']);
    hand.clock.run(5000);
    expect(poll).toMatchObject({ lines: [], ended: false });
    expect(hand.peer.bufferedAmount).toBe(0);
  });

  it('comes again in the next one, and by the poll after a second, until it is acknowledged', () => {
    const { hand, poll } = echoing();
    hand.send(batch(1, 'a'));
    expect(hand.send(batch(2, 'b')).lines).toEqual(['ack 2', '1: a', '2: b']);
    hand.clock.run(950);
    expect(poll.ended).toBe(false);
    hand.clock.run(100);
    expect(poll).toMatchObject({ lines: ['batch 1', '1: a', '2: b'], ended: true });
  });

  it('comes by the poll with what the server says of its own accord', () => {
    const { hand, poll } = echoing();
    hand.send(batch(1, 'a'));
    hand.peer.send('b');
    hand.clock.run(0);
    expect(poll.lines).toEqual(['batch 1', '1: a', '2: b']);
  });

  it('comes by the next poll, or a repeated one', () => {
    const { hand, poll } = echoing();
    hand.send(batch(1, 'a'));
    hand.poll(1);
    hand.clock.run(0);
    expect(poll.lines).toEqual(['batch 1', '1: a']);
    const next = hand.poll(2, 'poll', 20_000, 'ack 1');
    hand.send(batch(2, 'b'));
    expect(next.lines).toEqual([]);
    hand.poll(3);
    hand.clock.run(0);
    expect(hand.poll(4).lines).toEqual([]);
    expect(next.lines).toEqual(['batch 2']);
  });

  it('comes by the poll at once if the client may not have what is before it', () => {
    const { hand, poll } = echoing();
    hand.peer.send('first');
    hand.clock.run(0);
    expect(poll.ended).toBe(true);
    const next = hand.poll(2);
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1']);
    hand.clock.run(0);
    expect(next.lines).toEqual(['batch 2', '2: a']);
  });

  it('is 4 KiB at most', () => {
    const { hand, poll } = echoing();
    expect(hand.send(batch(1, 'x'.repeat(4096))).lines).toHaveLength(2);
    expect(hand.send('ack 1', batch(2, 'x'.repeat(4097))).lines).toEqual(['ack 2']);
    hand.clock.run(0);
    expect(poll.lines).toHaveLength(2);
  });

  it('is nothing where the client says no more', () => {
    const { hand, poll } = echoing();
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1', '1: a']);
    hand.peer.close(4000);
    hand.clock.run(0);
    expect(poll.lines).toEqual(['batch 1', '1: a', 'close 4000']);
  });
});

describe('a poll', () => {
  it('ends with the first messages that it brings', () => {
    const hand = start();
    const poll = hand.poll(1);
    expect(poll).toMatchObject({ lines: [], ended: false });
    hand.peer.send('a');
    hand.peer.send('b');
    hand.clock.run(0);
    expect(poll).toMatchObject({ lines: ['batch 1', '1: a', '2: b'], ended: true });
  });

  it('out of turn is refused', () => {
    const hand = start();
    expect(hand.poll(2).status).toBe(409);
    hand.poll(1);
    expect(hand.poll(3).status).toBe(409);
    expect(hand.poll(0).status).toBe(409);
    expect(hand.poll(2, 'stream').status).toBe(200);
  });

  it('that is repeated gets the same bytes, and goes on as the first does', () => {
    const hand = start();
    const first = hand.poll(1, 'stream');
    hand.peer.send('a');
    hand.clock.run(0);
    const second = hand.poll(1, 'stream');
    expect(second.lines).toEqual(['probe 1', '1: a']);
    hand.peer.send('b');
    hand.clock.run(0);
    expect(first.lines).toEqual(second.lines);
  });

  it('has a preview in the answer to messages that come before it', () => {
    const hand = start();
    hand.peer.on('message', (data) => hand.peer.send(data));
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1', '1: a']);
    expect(hand.send(batch(2, 'b')).lines).toEqual(['ack 2', '1: a', '2: b']);
    expect(hand.send('ping 1').lines).toEqual(['ack 2', '1: a', '2: b']);
    // The answers may be lost: it brings all of that.
    expect(hand.poll(1).lines).toEqual(['batch 1', 'pong 1', '1: a', '2: b']);
    expect(hand.send(batch(3, 'c')).lines).toEqual(['ack 3', 'ended 1', '3: c']);
  });

  it('has no more in its preview than 16 KiB', () => {
    const hand = start();
    for (let i = 0; i < 40; i++) hand.peer.send('x'.repeat(1000));
    expect(hand.send().lines).toHaveLength(1 + 17);
    expect(hand.poll(1).lines).toHaveLength(1 + 40);
  });

  it('ends the one before', () => {
    const hand = start();
    const first = hand.poll(1);
    hand.poll(2);
    expect(first.ended).toBe(true);
  });

  it('is held as long as the client asks for, and a minute at most', () => {
    const hand = start({ resumeWindow: 1e9 });
    const short = hand.poll(1, 'poll', 5000);
    hand.clock.run(4999);
    expect(short.ended).toBe(false);
    hand.clock.run(30);
    expect(short.ended).toBe(true);
    const long = hand.poll(2, 'poll', 1e9);
    hand.clock.run(59_900);
    expect(long.ended).toBe(false);
    hand.clock.run(200);
    expect(long.ended).toBe(true);
  });

  it.each(['poll', 'stream'])(
    'that is repeated is held no longer than the repetition asks for (%s)',
    (mode) => {
      const hand = start();
      hand.poll(1, mode, 20_000);
      hand.clock.run(3000);
      const second = hand.poll(1, mode, 2000);
      if (mode === 'stream') hand.send('seen 1');
      hand.clock.run(1900);
      expect(second.ended).toBe(false);
      hand.clock.run(200);
      expect(second.ended).toBe(true);
    },
  );

  it('has a time of its own, whatever the one before had left', () => {
    const hand = start();
    hand.poll(1, 'poll', 5000);
    hand.clock.run(3000);
    const second = hand.poll(2, 'poll', 5000);
    hand.clock.run(4000);
    expect(second.ended).toBe(false);
  });

  it('of a session that an acknowledgement in it has ended is refused', () => {
    const hand = start();
    expect(hand.poll(1, 'poll', 20_000, 'ack 9').status).toBe(409);
    expect(hand.ends).toEqual([1002]);
  });

  it('that nobody reads any more takes nothing: it waits for the next', () => {
    const hand = start();
    hand.poll(1).close();
    hand.peer.send('a');
    hand.clock.run(0);
    expect(hand.peer.bufferedAmount).toBe(1);
    expect(hand.poll(2).lines).toEqual(['batch 2', '1: a']);
  });

  it('keeps its client’s session, however long it waits', () => {
    const hand = start({ resumeWindow: 3000 });
    hand.poll(1, 'poll', 60_000);
    hand.clock.run(59_000);
    expect(hand.ends).toEqual([]);
    hand.clock.run(5000);
    expect(hand.ends).toEqual([1006]);
  });

  it('that nobody reads takes nothing from the session', async () => {
    const hand = start();
    hand.poll(1).close();
    let sent = false;
    hand.peer.send('a', () => (sent = true));
    await new Promise(setImmediate);
    expect(sent).toBe(false);
    hand.poll(2);
    await new Promise(setImmediate);
    expect(sent).toBe(true);
  });

  it('that ends begins the resume window', () => {
    const hand = start({ resumeWindow: 5000 });
    const poll = hand.poll(1, 'poll', 60_000);
    hand.clock.run(4000);
    poll.close();
    hand.clock.run(4900);
    expect(hand.ends).toEqual([]);
    hand.clock.run(200);
    expect(hand.ends).toEqual([1006]);
  });

  it('keeps an answer to a ping for the next one', () => {
    const hand = start();
    hand.poll(1).close();
    hand.send('ping 7');
    expect(hand.poll(2)).toMatchObject({ lines: ['batch 2', 'pong 7'], ended: true });
  });

  it('keeps what the server says of itself for the next one', () => {
    const hand = start();
    hand.poll(1).close();
    behind(hand.peer).move(0);
    hand.clock.run(1);
    expect(hand.poll(2)).toMatchObject({ lines: ['batch 2', 'drain'], ended: true });
  });

  it('is given no more at once than a reader may be behind', async () => {
    const hand = start();
    let sent = 0;
    for (let i = 0; i < 10; i++) hand.peer.send('x'.repeat(200_000), () => sent++);
    hand.poll(1);
    await new Promise(setImmediate);
    // The sixth has the end of a MiB in it.
    expect(sent).toBe(6);
  });
});
