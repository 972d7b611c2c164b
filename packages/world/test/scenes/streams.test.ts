/** Streams of a client by hand: how they are found out, and what becomes of them. */
import { describe, expect, it } from 'vitest';
import { behind } from '../../src/behind.ts';
import { batch, ByHand, type HandReply } from './by-hand.ts';

/** A session that began over HTTP. */
function start(options = {}) {
  const hand = new ByHand(options);
  hand.attach();
  return hand;
}

/** The same, with a stream that was proven. */
function stream() {
  const hand = start();
  const poll = hand.poll(1, 'stream');
  expect(hand.send('seen 1').lines).toEqual(['ack 0', 'stream 1']);
  return { hand, poll };
}

/** When the client was asked whether a stream arrives, which it says each time: it brings ten messages a second. */
function questions(hand: ByHand, poll: HandReply, ms: number, acknowledges = false): number[] {
  const asked: number[] = [];
  for (let now = 0; now < ms; now += 25) {
    if (now % 100 === 0) hand.peer.send('a');
    hand.clock.run(25);
    if (poll.lines.filter((line) => line === 'ping 0').length === asked.length) continue;
    asked.push(now + 25);
    if (acknowledges) hand.send(`ack ${poll.messages}`, 'pong 0');
    else hand.send('pong 0');
  }
  return asked;
}

describe('a stream', () => {
  it('begins when the client has seen its beginning while it is open', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.clock.run(100);
    hand.peer.send('b');
    hand.clock.run(0);
    expect(poll).toMatchObject({ lines: ['probe 1', '1: a', '2: b'], ended: false });
    expect(hand.peer.transport).toBe('streaming');
  });

  it('says once where its messages belong, and acknowledges in the answers to what it acknowledges', () => {
    const { hand, poll } = stream();
    hand.send('ping 1');
    hand.clock.run(0);
    hand.peer.send('a');
    hand.clock.run(0);
    hand.peer.send('b');
    hand.clock.run(0);
    hand.peer.on('message', (data) => {
      hand.peer.send(`${String(data)}!`);
    });
    expect(hand.send(batch(1, 'c')).lines).toEqual(['ack 1']);
    hand.clock.run(0);
    expect(poll.lines).toEqual(['probe 1', 'pong 1', '1: a', '2: b', '3: c!']);
    expect(poll.text).toBe('<probe 14pong 1Dfrom 1 0\x08a\x08b\x10c!');
    const next = hand.poll(2, 'stream');
    hand.peer.send('d');
    hand.clock.run(0);
    expect(next.lines).toEqual(['stream 2', '4: d']);
  });

  it('that is not proven says where its messages belong each time, since they stand elsewhere as well', () => {
    const hand = start();
    const poll = hand.poll(1, 'stream');
    hand.peer.on('message', (data) => {
      hand.peer.send(`${String(data)}!`);
    });
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1', '1: a!']);
    expect(hand.send(batch(2, 'b')).lines).toEqual(['ack 2', '2: b!']);
    expect(poll.lines).toEqual(['probe 1', '1: a!', '2: b!']);
  });

  it.each([
    ['the probe is over', 'stream', 'seen 1'],
    ['another one was seen', 'stream', 'seen 2'],
    ['there was none', 'poll', 'seen 1'],
  ])('does not begin if %s', (why, mode, seen) => {
    const hand = start();
    const poll = hand.poll(1, mode);
    if (why === 'the probe is over') poll.close();
    expect(hand.send(seen).lines).toEqual(['ack 0']);
    expect(hand.peer.transport).toBe('polling');
  });

  it('is not wanted by a client that polls', () => {
    const { hand } = stream();
    const poll = hand.poll(2, 'poll');
    const next = hand.poll(3, 'stream');
    expect(poll.lines).toEqual(['batch 2']);
    hand.poll(4, 'stream');
    expect(next.lines).toEqual(['stream 3']);
  });

  it('is probed for again after some seconds, then twice as many, and not in between', () => {
    const hand = start({ resumeWindow: 1e6 });
    const modes: string[] = [];
    for (let i = 1; i <= 40; i++) {
      modes.push(hand.poll(i, 'stream', 1000).lines[0]?.split(' ')[0] ?? '');
      hand.clock.run(1000);
    }
    expect(modes.flatMap((mode, i) => (mode === 'probe' ? [i] : []))).toEqual([0, 3, 8, 18, 38]);
  });

  it('keeps its probe open for three round trips behind its data, two seconds at most', () => {
    const lasts = (roundTrip: number): number => {
      const hand = start();
      hand.clock.run(roundTrip);
      const poll = hand.poll(1, 'stream');
      hand.peer.send('a');
      let time = 0;
      for (; !poll.ended; time += 25) hand.clock.run(25);
      return time;
    };
    expect(lasts(0)).toBeLessThanOrEqual(325);
    expect(lasts(0)).toBeGreaterThanOrEqual(300);
    expect(lasts(500)).toBeGreaterThanOrEqual(1500);
    expect(lasts(500)).toBeLessThanOrEqual(1525);
    expect(lasts(5000)).toBeLessThanOrEqual(2025);
  });

  it('measures the round trip with the first poll only', () => {
    const hand = start();
    hand.poll(1);
    hand.clock.run(10_000);
    const poll = hand.poll(2, 'stream');
    hand.peer.send('a');
    hand.clock.run(350);
    expect(poll).toMatchObject({ lines: ['probe 2', '1: a'], ended: true });
  });

  it('goes on in the probe that was seen', () => {
    const hand = start();
    const poll = hand.poll(1, 'stream');
    hand.peer.send('a');
    hand.clock.run(200);
    hand.send('seen 1', 'ack 1');
    hand.clock.run(10_000);
    expect(poll.ended).toBe(false);
  });

  it('is not probed for at once where it was held back', () => {
    const { hand } = stream();
    hand.clock.run(15_000);
    hand.peer.send('a');
    hand.clock.run(1600);
    expect(hand.poll(2, 'stream')).toMatchObject({ status: 0, lines: [] });
  });

  it('is ended if only its beginning is acknowledged', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.peer.send('b');
    hand.clock.run(1000);
    hand.send('ack 1');
    // The question was answered, so the next one comes later.
    hand.clock.run(2600);
    expect(poll.ended).toBe(true);
  });

  it('is ended though it goes on bringing more', () => {
    const { hand, poll } = stream();
    // More often than it would be asked about.
    for (let i = 0; i < 25; i++) {
      hand.peer.send('a');
      hand.clock.run(100);
    }
    expect(poll.ended).toBe(true);
  });

  it('is ended if nobody says for more than a second that what it brought arrives', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.clock.run(1450);
    expect(poll).toMatchObject({ lines: ['probe 1', '1: a', 'ping 0'], ended: false });
    hand.clock.run(125);
    expect(poll.ended).toBe(true);
    expect(hand.peer.transport).toBe('polling');
    const next = hand.poll(2, 'stream');
    hand.poll(3, 'stream');
    expect(next.lines).toEqual(['batch 2']);
  });

  it('is kept as long as it is acknowledged', () => {
    const { hand, poll } = stream();
    for (let i = 1; i <= 5; i++) {
      hand.peer.send('a');
      hand.clock.run(1400);
      hand.send(`ack ${i}`);
    }
    hand.clock.run(5000);
    expect(poll.ended).toBe(false);
  });

  it('is ended by an acknowledgement that says nothing new as by none', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    for (let i = 0; i < 4; i++) {
      hand.clock.run(500);
      hand.send('ack 0');
    }
    expect(poll.ended).toBe(true);
  });

  it('has more patience with large messages', () => {
    const { hand, poll } = stream();
    hand.peer.send('x'.repeat(64_000));
    hand.clock.run(3400);
    expect(poll.ended).toBe(false);
    hand.clock.run(150);
    expect(poll.ended).toBe(true);
  });

  it('has no more patience for what was acknowledged long ago', () => {
    const { hand, poll } = stream();
    hand.peer.send('x'.repeat(64_000));
    hand.clock.run(100);
    hand.send('ack 1');
    hand.peer.send('a');
    hand.clock.run(1600);
    expect(poll.ended).toBe(true);
  });

  it('is asked whether it arrives, and the more rarely the more often it did', () => {
    const { hand, poll } = stream();
    expect(questions(hand, poll, 16_000)).toEqual([250, 1500, 7500, 13_500]);
    expect(poll.ended).toBe(false);
  });

  it('is asked no oftener if what arrived is acknowledged ahead of the answer', () => {
    const { hand, poll } = stream();
    expect(questions(hand, poll, 16_000, true)).toEqual([250, 1550, 7600, 13_600]);
  });

  it('is asked about anew in each response', () => {
    const { hand, poll } = stream();
    questions(hand, poll, 8000);
    const next = hand.poll(2, 'stream');
    hand.send('ack 80');
    expect(questions(hand, next, 2000)).toEqual([250, 1500]);
  });

  it('is not proven by answers to an application', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.clock.run(1300);
    hand.send('pong 1');
    hand.clock.run(300);
    expect(poll.ended).toBe(true);
  });

  it('is not proven by answers that nobody asked for', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.clock.run(200);
    hand.send('pong 0');
    hand.clock.run(1400);
    expect(poll.ended).toBe(true);
  });

  it('is asked about, and not the answers to polls', () => {
    const hand = start();
    hand.poll(1);
    hand.peer.send('a');
    hand.peer.send('b');
    hand.clock.run(0);
    const poll = hand.poll(2);
    hand.send('ack 1');
    hand.clock.run(10_000);
    expect(poll).toMatchObject({ status: 0, ended: false });
  });

  it('is not given up before what has come meanwhile is read', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.clock.run(400);
    hand.clock.stall(5000);
    hand.clock.run(0);
    hand.send('pong 0');
    hand.clock.run(1000);
    expect(poll.ended).toBe(false);
  });

  it('is not given up by a server each of whose turns takes a second before some of them are over', () => {
    const { hand, poll } = stream();
    hand.peer.send('a');
    hand.clock.run(300);
    for (let turn = 0; turn < 3; turn++) {
      hand.clock.stall(1000);
      hand.clock.run(0);
    }
    hand.send('pong 0');
    hand.clock.run(1000);
    expect(poll.ended).toBe(false);
  });

  it('that was held back and is proven again is asked about anew', () => {
    const { hand } = stream();
    hand.peer.send('a');
    hand.clock.run(1600);
    hand.poll(2, 'stream');
    hand.clock.run(10_000);
    hand.peer.send('b');
    hand.clock.run(0);
    const poll = hand.poll(3, 'stream');
    hand.send('seen 3');
    hand.peer.send('c');
    hand.clock.run(400);
    expect(poll.lines.slice(-2)).toEqual(['3: c', 'ping 0']);
    expect(poll.ended).toBe(false);
  });

  it('is waited for longer where it was given up before', () => {
    const { hand } = stream();
    hand.peer.send('a');
    hand.clock.run(15_000);
    const poll = hand.poll(2, 'stream');
    hand.send('seen 2', 'ack 1');
    hand.peer.send('b');
    hand.clock.run(2700);
    expect(poll.ended).toBe(false);
    hand.clock.run(150);
    expect(poll.ended).toBe(true);
  });

  it('is given no more while its reader is slow', () => {
    const { hand, poll } = stream();
    poll.buffered = 256 * 1024;
    hand.peer.send('kept');
    hand.clock.run(0);
    expect(poll.lines).not.toContain('1: kept');
    poll.drain();
    hand.clock.run(0);
    expect(poll.lines).toContain('1: kept');
  });

  it('is proven while its probe brings more than a stream does', () => {
    const hand = start();
    const poll = hand.poll(1, 'stream');
    for (let i = 1; i <= 9; i++) {
      hand.peer.send('x'.repeat(1024 * 1024));
      hand.clock.run(0);
    }
    expect(hand.send('seen 1').lines).toContain('stream 1');
    expect(poll.ended).toBe(false);
  });

  it('goes on in another response when this one has grown long', () => {
    const { hand, poll } = stream();
    for (let i = 1; i <= 9 && !poll.ended; i++) {
      hand.peer.send('x'.repeat(1024 * 1024));
      hand.clock.run(0);
      hand.send(`ack ${i}`);
    }
    expect(poll.ended).toBe(true);
    expect(hand.poll(2, 'stream').lines[0]).toBe('stream 2');
  });
});

describe('the end', () => {
  it('is told in the open response: superseded, refused, gone away', () => {
    const superseded = start();
    const first = superseded.poll(1);
    superseded.attach(2, 0);
    expect(first).toMatchObject({ lines: ['batch 1', 'superseded'], ended: true });
    const refused = start({ maxBuffered: { maxMessages: 1 } });
    const second = refused.poll(1);
    second.buffered = 1e6;
    refused.peer.send('a');
    refused.peer.send('b');
    expect(second.lines.at(-1)).toBe('refused 3950 too slow a reader');
    const away = start();
    const third = away.poll(1);
    behind(away.peer).leave({ type: 'go-away', delay: 10, spread: 5 });
    expect(third).toMatchObject({ lines: ['batch 1', 'go-away 10 5'], ended: true });
  });

  it('leaves no timer behind', () => {
    const { hand } = stream();
    hand.peer.send('a');
    hand.clock.run(0);
    hand.peer.terminate();
    hand.clock.run(50);
    expect(hand.clock.pending).toBe(0);
  });
});
