import { ACK_DELAY, Session, UNBOUNDED, type FrameSink, type SessionFrame } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const start = (): Session =>
  new Session('an-id', { maxBuffered: UNBOUNDED, receiveWindow: Infinity, ackDelay: ACK_DELAY });

/** Takes so many frames, and keeps them. */
class Sink implements FrameSink {
  readonly frames: SessionFrame[] = [];
  readonly batches: boolean;
  room: number;

  constructor({ room = Infinity, batches = false } = {}) {
    this.room = room;
    this.batches = batches;
  }

  get writable(): boolean {
    return this.frames.length < this.room;
  }

  send(frame: SessionFrame): void {
    this.frames.push(frame);
  }
}

const say = (session: Session, ...texts: string[]): void => {
  for (const data of texts) {
    session.outbox.push({ content: { data, binary: false }, size: data.length, expiresAt: Infinity });
  }
};

it('begins with nothing said on either side', () => {
  const session = start();
  expect(session).toMatchObject({
    id: 'an-id',
    attempt: 0,
    received: 0,
    ackDueAt: Infinity,
    owedSince: Infinity,
  });
  expect(session.outbox.length).toBe(0);
});

describe('arriving', () => {
  it('tells what is new from what was here before', () => {
    const session = start();
    expect(session.arrive(1, 1, 0)).toBe('new');
    expect(session.arrive(2, 1, 0)).toBe('new');
    expect(session.arrive(2, 1, 0)).toBe('duplicate');
    expect(session.arrive(1, 1, 0)).toBe('duplicate');
    expect(session.received).toBe(2);
  });

  it('finds a gap, and does not count what is behind it', () => {
    const session = start();
    expect(session.arrive(2, 1, 0)).toBe('gap');
    expect(session).toMatchObject({ received: 0, ackDueAt: Infinity });
    expect(session.takeAck()).toBeUndefined();
  });

  it('takes each message once and in order, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 12 })), (numbers) => {
        const session = start();
        const taken = numbers.filter((seq) => session.arrive(seq, 1, 0) === 'new');
        expect(taken).toEqual(taken.map((_, i) => i + 1));
        expect(session.received).toBe(taken.length);
      }),
    );
  });
});

describe('acknowledging', () => {
  it('goes ahead of the last word, behind which nobody would hear it', () => {
    const session = start();
    const sink = new Sink();
    session.arrive(1, 1, 0);
    say(session, 'a');
    session.pump(sink, 0);
    session.arrive(2, 1, 0);
    say(session, 'b');
    session.outbox.push({ content: { code: 1000, reason: '' }, size: 0, expiresAt: Infinity });
    session.pump(sink, 0);
    expect(sink.frames.map(({ type }) => type)).toEqual(['ack', 'data', 'data', 'ack', 'close']);
  });

  it('is due half a second after the first message that is not acknowledged', () => {
    const session = start();
    session.arrive(1, 1, 100);
    session.arrive(2, 1, 400);
    expect(session.ackDueAt).toBe(100 + ACK_DELAY);
    expect(ACK_DELAY).toBe(500);
  });

  it('is due at once after 64 messages', () => {
    const session = start();
    for (let seq = 1; seq < 64; seq++) session.arrive(seq, 1, seq);
    expect(session.ackDueAt).toBe(1 + ACK_DELAY);
    session.arrive(64, 1, 64);
    expect(session.ackDueAt).toBe(64);
  });

  it('is due at once after 128 KiB', () => {
    const session = start();
    session.arrive(1, 128 * 1024 - 1, 1);
    expect(session.ackDueAt).toBe(1 + ACK_DELAY);
    session.arrive(2, 1, 2);
    expect(session.ackDueAt).toBe(2);
  });

  it('is due after eight times as much where it may need a request of its own', () => {
    const session = start();
    session.resume(0, 0, Infinity, true);
    for (let seq = 1; seq < 512; seq++) session.arrive(seq, 2048, seq);
    expect(session.ackDueAt).toBe(1 + ACK_DELAY);
    session.arrive(512, 1, 512);
    expect(session.ackDueAt).toBe(512);
    session.resume(0, 512, Infinity, true);
    session.arrive(513, 1024 * 1024, 600);
    expect(session.ackDueAt).toBe(600);
    // Another transport may have another patience.
    session.resume(0, 513);
    for (let seq = 514; seq < 578; seq++) session.arrive(seq, 1, seq);
    expect(session.ackDueAt).toBe(577);
  });

  it('counts anew once it is told', () => {
    const session = start();
    for (let seq = 1; seq <= 64; seq++) session.arrive(seq, 4096, 0);
    expect(session.takeAck()).toEqual({ type: 'ack', received: 64 });
    expect(session.ackDueAt).toBe(Infinity);
    expect(session.takeAck()).toBeUndefined();
    session.arrive(65, 4096, 10);
    expect(session.ackDueAt).toBe(10 + ACK_DELAY);
  });

  it('needs no words when a transport is attached: both ends know what the other has', () => {
    const session = start();
    session.arrive(1, 1, 0);
    session.resume(0, session.received);
    expect(session.ackDueAt).toBe(Infinity);
    expect(session.takeAck()).toBeUndefined();
  });
});

describe('pumping', () => {
  it('sends messages and the close, with their numbers', () => {
    const session = start();
    const sink = new Sink();
    say(session, 'a', 'b');
    session.outbox.push({ content: { code: 1000, reason: 'done' }, size: 0, expiresAt: Infinity });
    session.pump(sink, 0);
    expect(sink.frames).toEqual([
      { type: 'data', seq: 1, data: 'a', binary: false },
      { type: 'data', seq: 2, data: 'b', binary: false },
      { type: 'close', seq: 3, code: 1000, reason: 'done' },
    ]);
  });

  it('stops while the transport has enough to do, and goes on where it stopped', () => {
    const session = start();
    const sink = new Sink({ room: 2 });
    say(session, 'a', 'b', 'c');
    session.pump(sink, 0);
    session.pump(sink, 0);
    expect(sink.frames).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    sink.room = 10;
    session.pump(sink, 0);
    expect(sink.frames).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }]);
  });

  it('acknowledges when that is due, ahead of the messages, and not before', () => {
    const session = start();
    const sink = new Sink();
    session.arrive(1, 1, 0);
    session.pump(sink, ACK_DELAY - 1);
    expect(sink.frames).toEqual([]);
    say(session, 'a');
    session.pump(sink, ACK_DELAY);
    expect(sink.frames).toMatchObject([{ type: 'ack', received: 1 }, { type: 'data' }]);
  });

  it('acknowledges along with a message, if the last acknowledgement went long enough before', () => {
    const bounds = { maxBuffered: UNBOUNDED, receiveWindow: Infinity, ackDelay: ACK_DELAY };
    const session = new Session('an-id', { ...bounds, ackInterval: 100 });
    const sink = new Sink();
    // What is pumped at these times answers a message each.
    for (const [i, now] of [0, 100, 101, 150, 201, 202].entries()) {
      session.arrive(i + 1, 1, now);
      say(session, 'a');
      session.pump(sink, now);
    }
    const answers = sink.frames.map((frame) => (frame.type === 'ack' ? frame.received : frame.type));
    expect(answers).toEqual([1, 'data', 'data', 3, 'data', 'data', 'data', 6, 'data']);
    expect(session.ackDueAt).toBe(Infinity);
  });

  it('acknowledges along with no message sooner than it would without one, unless it is told otherwise', () => {
    const session = start();
    const sink = new Sink();
    for (const [i, now] of [0, ACK_DELAY, ACK_DELAY + 1].entries()) {
      session.arrive(i + 1, 1, now);
      say(session, 'a');
      session.pump(sink, now);
    }
    expect(sink.frames.map(({ type }) => type)).toEqual(['ack', 'data', 'data', 'ack', 'data']);
  });

  it('acknowledges along with messages that go in a batch anyway', () => {
    const session = start();
    const sink = new Sink({ batches: true });
    session.arrive(1, 1, 0);
    session.pump(sink, 0);
    expect(sink.frames).toEqual([]);
    say(session, 'a');
    session.pump(sink, 0);
    session.arrive(2, 1, 0);
    say(session, 'b');
    session.pump(sink, 0);
    const acks = [{ received: 1 }, { received: 2 }].map((ack) => ({ type: 'ack', ...ack }));
    expect(sink.frames).toMatchObject([acks[0], { type: 'data' }, acks[1], { type: 'data' }]);
  });

  it('acknowledges nothing where nothing came', () => {
    const session = start();
    const sink = new Sink({ batches: true });
    say(session, 'a');
    session.pump(sink, 0);
    expect(sink.frames).toMatchObject([{ type: 'data' }]);
  });

  it('keeps an acknowledgement that the transport does not take', () => {
    const session = start();
    session.arrive(1, 1, 0);
    session.pump(new Sink({ room: 0 }), 10_000);
    expect(session.takeAck()).toEqual({ type: 'ack', received: 1 });
  });

  it('replays what was not acknowledged', () => {
    const session = start();
    say(session, 'a', 'b', 'c');
    session.pump(new Sink(), 0);
    const another = new Sink();
    expect(session.resume(1, session.received)).toBe(true);
    session.pump(another, 0);
    expect(another.frames).toMatchObject([{ seq: 2 }, { seq: 3 }]);
  });

  it('does not resume with a peer that claims what cannot be', () => {
    const session = start();
    say(session, 'a', 'b');
    session.pump(new Sink({ room: 1 }), 0);
    expect(session.resume(2, session.received)).toBe(false);
    expect(session.acknowledge(1, 0)).toBe(true);
    expect(session.resume(0, session.received)).toBe(false);
  });
});

describe('an acknowledgement from the peer', () => {
  it('is owed from the first message that was sent', () => {
    const session = start();
    expect(session.owedSince).toBe(Infinity);
    say(session, 'a');
    session.pump(new Sink(), 10);
    say(session, 'b');
    session.pump(new Sink(), 20);
    expect(session.owedSince).toBe(10);
  });

  it('is owed anew from each one that says something new, until all is acknowledged', () => {
    const session = start();
    say(session, 'a', 'b');
    session.pump(new Sink(), 10);
    expect(session.acknowledge(1, 30)).toBe(true);
    expect(session.owedSince).toBe(30);
    expect(session.acknowledge(1, 40)).toBe(true);
    expect(session.owedSince).toBe(30);
    session.acknowledge(2, 50);
    expect(session.owedSince).toBe(Infinity);
  });

  it('is not owed by a transport that was given nothing yet', () => {
    const session = start();
    say(session, 'a');
    session.pump(new Sink(), 10);
    session.resume(0, session.received);
    expect(session.owedSince).toBe(Infinity);
    session.pump(new Sink(), 20);
    expect(session.owedSince).toBe(20);
  });

  it('changes nothing if it is for what was never sent', () => {
    const session = start();
    say(session, 'a');
    session.pump(new Sink(), 10);
    expect(session.acknowledge(2, 20)).toBe(false);
    expect(session.owedSince).toBe(10);
    expect(session.outbox.length).toBe(1);
  });
});

describe('a session that the peer has lost', () => {
  it.each([
    [true, ['b', 'c']],
    [false, ['c']],
  ])('begins anew, and keeps what was sent only if told to: %s', (resend, texts) => {
    const session = start();
    session.attempt = 5;
    session.arrive(1, 1, 0);
    say(session, 'a', 'b', 'c');
    session.pump(new Sink({ room: 3 }), 0);
    session.acknowledge(1, 0);
    expect(session.renew('another-id', resend)).toBe(1);
    expect(session).toMatchObject({
      id: 'another-id',
      attempt: 0,
      received: 0,
      owedSince: Infinity,
      ackDueAt: Infinity,
    });
    expect(session.takeAck()).toBeUndefined();
    expect(session.arrive(1, 1, 0)).toBe('new');
    const sink = new Sink();
    session.resume(0, session.received);
    session.pump(sink, 0);
    expect(sink.frames).toEqual(texts.map((data, i) => ({ type: 'data', seq: i + 1, data, binary: false })));
  });
});
