/** A client that takes what the network brings, and is too busy to acknowledge it: what waits in it, no sender sees. */
import { describe, expect, it } from 'vitest';
import { behind } from '../../src/behind.ts';
import { ByHand } from './by-hand.ts';
import { start } from './scene.ts';

const MIB = 1024 * 1024;

/** A client that takes what there is, and gives how many messages that were so far. */
interface Busy {
  readonly hand: ByHand;
  readonly take: (acknowledged?: string) => number;
}

function overWebSocket(): Busy {
  const hand = new ByHand();
  const wire = hand.upgrade();
  const take = (acknowledged?: string): number => {
    if (acknowledged) wire.say(acknowledged);
    return wire.heard.filter((line) => line.startsWith('x')).length;
  };
  return { hand, take };
}

function overHttp(mode: 'stream' | 'poll'): Busy {
  const hand = new ByHand();
  hand.attach();
  let [polls, taken] = [1, 0];
  let poll = hand.poll(1, mode);
  hand.send('seen 1');
  const take = (acknowledged?: string): number => {
    if (acknowledged) hand.send(acknowledged);
    hand.clock.run(0);
    if (poll.ended) {
      taken += poll.messages;
      poll = hand.poll(++polls, mode);
      hand.clock.run(0);
    }
    return taken + poll.messages;
  };
  return { hand, take };
}

describe.each([
  ['WebSocket', overWebSocket],
  ['streaming', () => overHttp('stream')],
  ['long-polling', () => overHttp('poll')],
])('a client that is busy, over %s', (_, begin) => {
  /** An application that sends as long as little waits, while its client takes all that it is given. */
  function busy(size: number) {
    const { hand, take } = begin();
    const text = 'x'.repeat(size);
    let [sent, taken] = [0, 0];
    const talk = (acknowledged?: string): void => {
      taken = take(acknowledged);
      for (let before = -1; before < sent + taken;) {
        before = sent + taken;
        for (let n = 0; n < 5000 && hand.peer.bufferedAmount < MIB && sent < 100_000; n++, sent++)
          hand.peer.send(text);
        taken = take();
      }
    };
    return { hand, talk, counts: () => ({ sent, taken, ends: hand.ends }) };
  }

  it('is given 16 MiB, and its application sees that the rest waits', () => {
    const { hand, talk, counts } = busy(256 * 1024);
    talk();
    expect(counts()).toEqual({ sent: 68, taken: 64, ends: [] });
    expect(hand.peer.bufferedAmount).toBe(MIB);
  });

  it('is given half of the messages that are kept for it', () => {
    const { talk, counts } = busy(64);
    talk();
    // A MiB more of them waits.
    expect(counts()).toEqual({ sent: 32_768 + 16_384, taken: 32_768, ends: [] });
  });

  it('is given more when it acknowledges', () => {
    const { hand, talk, counts } = busy(256 * 1024);
    talk();
    talk('ack 10');
    expect(counts()).toEqual({ sent: 78, taken: 74, ends: [] });
    expect(hand.peer.bufferedAmount).toBe(MIB);
  });
});

describe('a server that keeps little', () => {
  it('sends all of it all the same', () => {
    const hand = new ByHand({ maxBuffered: { maxMessages: 10, maxBytes: 100 } });
    const wire = hand.upgrade();
    for (let i = 0; i < 10; i++) hand.peer.send('x'.repeat(10));
    expect(wire.heard.filter((line) => line.startsWith('x'))).toHaveLength(10);
  });

  it.each(['websocket', 'streaming', 'polling'] as const)(
    'asks a client that reads at once before it takes it for a slow reader, over %s',
    (transport) => {
      const { world, socket, talk } = start(
        { transports: [transport] },
        {},
        { maxBuffered: { maxBytes: 1000 } },
      );
      talk.run(10, 100);
      expect(socket.transport).toBe(transport);
      const peer = world.accepted[0];
      for (let i = 0; i < 30; i++) {
        peer?.send(talk.down.next().padEnd(100));
        talk.pass(100);
      }
      expect(peer?.readyState).toBe(1);
      expect(behind(peer).session.outbox.bytes).toBeLessThan(700);
    },
  );

  it('asks once for each acknowledgement, and anew on another transport', () => {
    const hand = new ByHand({ maxBuffered: { maxMessages: 100 } });
    const questions = ({ heard }: { readonly heard: string[] }): number =>
      heard.filter((line) => line === '␐ping 0').length;
    const send = (count: number): void => {
      for (let i = 0; i < count; i++) hand.peer.send('x');
    };
    const first = hand.upgrade();
    send(49);
    expect(questions(first)).toBe(0);
    send(11);
    expect(questions(first)).toBe(1);
    first.say('ack 20');
    send(20);
    expect(questions(first)).toBe(2);
    const second = hand.upgrade(2, 20);
    send(10);
    expect(questions(second)).toBe(1);
  });
});
