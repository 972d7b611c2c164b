/** The questions of a server with many streams: it asks in turn, and takes nobody's slowness for a proxy that holds a response back. */
import { describe, expect, it } from 'vitest';
import { Questions } from '../src/questions.ts';
import { Scheduler } from '../src/scheduler.ts';
import { StreamTrust } from '../src/stream-trust.ts';
import { FakeClock } from './fake-clock.ts';

const poll = { type: 'poll', id: '', attempt: 1, number: 1, hold: 20_000, mode: 'stream' } as const;

/** A server and its streams, each of which was proven. */
function serve(count: number) {
  const clock = new FakeClock();
  const scheduler = new Scheduler(clock);
  const questions = new Questions(scheduler);
  /** When each was asked, and which ones, in this order, have not answered. */
  const askedAt: number[] = [];
  const asked: StreamTrust[] = [];
  /** When each was given up. */
  const endedAt: number[] = [];
  const streams = Array.from({ length: count }, () => {
    const stream: StreamTrust = new StreamTrust(scheduler, questions, {
      ask() {
        askedAt.push(clock.now());
        asked.push(stream);
      },
      endResponse: () => void endedAt.push(clock.now()),
    });
    stream.begin(poll, clock.now());
    stream.prove();
    return stream;
  });
  /** Each is sent a message. */
  const broadcast = (seq: number): void => {
    for (const stream of streams) stream.wrote(seq, 64);
  };
  return { clock, streams, askedAt, asked, endedAt, broadcast };
}

describe('a server with many streams', () => {
  it('asks one of them in a ms, in the order of what they were sent', () => {
    const { clock, streams, askedAt, asked, broadcast } = serve(1000);
    broadcast(1);
    clock.run(249);
    expect(askedAt).toEqual([]);
    for (let ms = 250; ms < 1250; ms += 25) {
      clock.run(25);
      expect(askedAt.length).toBe(ms - 225);
    }
    expect(asked).toEqual(streams);
  });

  it('asks none that has acknowledged before its turn', () => {
    const { clock, streams, asked, broadcast } = serve(100);
    broadcast(1);
    clock.run(260);
    for (const stream of streams.slice(50)) stream.acknowledged(1);
    clock.run(1000);
    expect(asked).toEqual(streams.slice(0, 50));
  });

  it('asks none that has ended before its turn', () => {
    const { clock, streams, asked, broadcast } = serve(100);
    broadcast(1);
    clock.run(260);
    for (const stream of streams.slice(50)) stream.end();
    clock.run(1000);
    expect(asked).toEqual(streams.slice(0, 50));
  });

  it('gives none of them up while they answer one after the other on a machine that is slow', () => {
    const { clock, asked, endedAt, broadcast } = serve(1000);
    broadcast(1);
    // One answer in 4 ms: the last one has waited for three seconds.
    for (let ms = 0; ms < 5000; ms += 4) {
      clock.run(4);
      asked.shift()?.acknowledged(1);
    }
    expect(asked).toEqual([]);
    expect(endedAt).toEqual([]);
  });

  it('finds the one out that is held back while all the others answer, as soon as if it were alone', () => {
    const { clock, streams, asked, endedAt, broadcast } = serve(1000);
    broadcast(1);
    const held = streams[500];
    while (clock.now() < 5000) {
      clock.run(25);
      for (const stream of asked.splice(0)) if (stream !== held) stream.acknowledged(1);
    }
    // It was asked after 750 ms, among 25.
    expect(endedAt).toHaveLength(1);
    expect(endedAt[0]).toBeGreaterThanOrEqual(750 + 1250);
    expect(endedAt[0]).toBeLessThanOrEqual(750 + 1500);
  });

  it.each(['acknowledged', 'ended', 'were given up'] as const)(
    'has no more patience because of those who %s',
    (how) => {
      const { clock, streams, endedAt } = serve(1001);
      const [held, ...others] = streams;
      for (const stream of others) stream.wrote(1, 64);
      clock.run(how === 'were given up' ? 20_000 : 2000);
      for (const stream of others) {
        if (how === 'acknowledged') stream.acknowledged(1);
        else if (how === 'ended') stream.end();
      }
      const before = endedAt.length;
      expect(before).toBe(how === 'were given up' ? 1000 : 0);
      held?.wrote(1, 64);
      clock.run(1700);
      expect(endedAt.length).toBe(before + 1);
    },
  );
});
