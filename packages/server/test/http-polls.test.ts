import { describe, expect, it } from 'vitest';
import type { Reply } from '../src/exchange.ts';
import { Histogram } from '../src/histogram.ts';
import { HttpPolls } from '../src/http-polls.ts';
import { Questions } from '../src/questions.ts';
import { Scheduler } from '../src/scheduler.ts';
import type { TransportOwner } from '../src/transport.ts';
import { FakeClock } from './fake-clock.ts';

const KIB = 1024;

/** A connection that takes whatever it is given, at once: it is never full, and so never says that there is room again. */
class WideReply implements Reply {
  readonly buffered = 0;
  bytes = 0;

  write(bytes: Uint8Array): void {
    this.bytes += bytes.length;
  }

  end(): void {
    throw new Error('a stream goes on');
  }

  fail(status: number): void {
    throw new Error(`answered ${status}`);
  }

  onDrain(): void {
    // Never.
  }

  onClose(): void {
    // Never.
  }
}

/** Polls of a session that has so many messages of 64 KiB, and gives them as there is room. */
function serve(clock: FakeClock, messages: number) {
  const scheduler = new Scheduler(clock);
  const polls = new HttpPolls(scheduler, clock.defer, new Histogram(), new Questions(scheduler));
  const asked = { times: 0 };
  let sent = 0;
  const pump = (): void => {
    asked.times++;
    while (sent < messages && polls.writable)
      polls.send({ type: 'data', seq: ++sent, data: new Uint8Array(64 * KIB), binary: true });
  };
  polls.carry({ writable: pump, heard: () => undefined } as TransportOwner);
  const reply = new WideReply();
  polls.poll(
    { type: 'poll', id: 'x'.repeat(22), attempt: 1, number: 1, hold: 25_000, mode: 'stream' },
    reply,
  );
  polls.seen(1);
  return { reply, asked };
}

describe('a stream', () => {
  it('asks for what had no room, where the network takes everything at once', () => {
    const clock = new FakeClock();
    const { reply } = serve(clock, 40);
    clock.run(100);
    expect(reply.bytes).toBeGreaterThan(40 * 64 * KIB);
  });

  it('asks for nothing behind what left room', () => {
    const clock = new FakeClock();
    const { reply, asked } = serve(clock, 1);
    expect(asked.times).toBe(1);
    clock.run(100);
    expect(reply.bytes).toBeGreaterThan(64 * KIB);
    expect(asked.times).toBe(1);
  });
});
