/** How much room a server has for those who come: where they come from, how many, how often, how long, and who comes back when. */
import type { HoldfastServerOptions } from '@holdfast/server';
import { describe, expect, it } from 'vitest';
import { World } from '../../src/index.ts';
import { batch, ByHand, ID } from './by-hand.ts';

/** A server to which clients come from the address that the test says. */
function start(options: HoldfastServerOptions = {}) {
  const from: { address: string | undefined } = { address: 'here' };
  const hand = new ByHand({ trustProxy: () => from.address, ...options });
  const attach = (session: number, attempt = 1) =>
    hand.post(`attach session-${String(session).padStart(16, '0')} ${attempt} ${attempt > 1 ? 0 : 'new'} -`);
  const statuses = (count: number, first = 1): number[] =>
    Array.from({ length: count }, (_, i) => attach(first + i).status);
  return { hand, from, attach, statuses };
}

/** An application that never says who may come in. */
const never = { verifyClient: (_: unknown, _done: unknown) => undefined };

describe('sessions', () => {
  it('are as many for one address as it may have, and one more is told to come later', () => {
    const { hand, from, statuses, attach } = start({ maxSessions: { perAddress: 3 } });
    expect(statuses(4)).toEqual([200, 200, 200, 429]);
    from.address = 'there';
    expect(attach(4).status).toBe(200);
    expect(hand.accepted).toHaveLength(4);
  });

  it('are as many as there may be in all, wherever they come from', () => {
    const { from, statuses, attach } = start({ maxSessions: { total: 2 } });
    expect(statuses(3)).toEqual([200, 200, 503]);
    from.address = undefined;
    expect(attach(3).status).toBe(503);
  });

  it('make room when they end, and not while their clients are away', () => {
    const { hand, attach } = start({ maxSessions: { perAddress: 1 }, resumeWindow: 60_000 });
    attach(1);
    hand.clock.run(59_000);
    expect(attach(2).status).toBe(429);
    hand.clock.run(2000);
    expect(hand.ends).toEqual([1006]);
    expect(attach(2).status).toBe(200);
  });

  it('belong to the address where they began, from wherever their clients come back', () => {
    const { from, attach } = start({ maxSessions: { perAddress: 1 } });
    attach(1);
    from.address = 'there';
    expect(attach(1, 2).lines).toEqual(['welcome 0']);
    expect(attach(2).status).toBe(200);
    from.address = 'here';
    expect(attach(3).status).toBe(429);
  });

  it('may always be resumed, whether there is room or not', () => {
    const { attach } = start({ maxSessions: { total: 1, perAddress: 1 } });
    attach(1);
    expect(attach(2).status).toBe(429);
    expect(attach(1, 2).lines).toEqual(['welcome 0']);
  });

  it('that find no room over a WebSocket come back later, not all at once', () => {
    const { hand, attach } = start({ maxSessions: { total: 1 } });
    attach(1);
    const wire = hand.upgrade();
    expect(wire.heard).toEqual(['␐go-away 5000 5000']);
    expect(wire.isClosed).toBe(true);
    expect(hand.accepted).toHaveLength(1);
  });
});

describe('attaches', () => {
  it('are as many at once as may be, and then so many a second', () => {
    const { hand, statuses, from } = start({ attachRate: { burst: 3, perSecond: 2 } });
    expect(statuses(4)).toEqual([200, 200, 200, 429]);
    hand.clock.run(500);
    expect(statuses(2, 4)).toEqual([200, 429]);
    from.address = 'there';
    expect(statuses(4, 6)).toEqual([200, 200, 200, 429]);
  });

  it('are counted whether their session is known or not, and before anybody is asked', () => {
    let asked = 0;
    const { attach } = start({ attachRate: { burst: 2 }, verifyClient: () => ++asked > 0 });
    expect([attach(1), attach(1, 2), attach(1, 3)].map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(asked).toBe(2);
  });

  it('that are too many over a WebSocket come back when there is room again', () => {
    const { hand } = start({ attachRate: { burst: 1, perSecond: 0.5 } });
    hand.upgrade();
    expect(hand.upgrade(2, 0).heard).toEqual(['␐go-away 2000 2000']);
  });

  it('of one that stands by do not disturb what carries the session', () => {
    const { hand } = start({ attachRate: { burst: 1 } });
    hand.attach();
    const wire = hand.upgrade(0, 0);
    expect([wire.heard, wire.isClosed]).toEqual([[], true]);
    expect(hand.poll(1, 'stream').status).toBe(200);
  });
});

describe('clients without a session', () => {
  it('are as many for one address as may be: those that are decided about', () => {
    const { from, statuses } = start({ ...never, maxUnattached: { perAddress: 3 } });
    expect(statuses(4)).toEqual([0, 0, 0, 429]);
    from.address = 'there';
    expect(statuses(1)).toEqual([0]);
  });

  it('are as many as may be in all', () => {
    const { from, statuses } = start({ ...never, maxUnattached: { total: 3 } });
    expect(statuses(4)).toEqual([0, 0, 0, 503]);
    from.address = undefined;
    expect(statuses(1)).toEqual([503]);
  });

  it('are those that stand by, or carry a session no more', () => {
    const { hand, attach } = start({ maxUnattached: { perAddress: 2 } });
    hand.upgrade();
    hand.upgrade(0, 0);
    expect(attach(2).status).toBe(200);
    // The first one stands by now.
    hand.upgrade(2, 0);
    expect(attach(3).status).toBe(429);
  });

  it('have no room for one that carries a session no more, if there is none', () => {
    const { hand, from } = start({ maxUnattached: { perAddress: 1 } });
    const first = hand.upgrade();
    hand.upgrade(0, 0);
    from.address = 'there';
    hand.upgrade(2, 0);
    expect(first.isClosed).toBe(true);
  });

  it('make room when they are answered, or go', () => {
    const { hand, statuses } = start({ maxUnattached: { perAddress: 1 } });
    expect(statuses(3)).toEqual([200, 200, 200]);
    hand.upgrade(0, 0).break();
    expect(statuses(1, 4)).toEqual([200]);
    const waiting = start({ ...never, maxUnattached: { perAddress: 1 } });
    waiting.attach(1).close();
    expect(waiting.attach(2).status).toBe(0);
  });

  it('are answered in time, though the application says nothing', () => {
    const { hand, attach } = start({ ...never, attachTimeout: 10_000 });
    const reply = attach(1);
    const wire = hand.upgrade();
    hand.clock.run(9_990);
    expect([reply.status, wire.isClosed]).toEqual([0, false]);
    hand.clock.run(50);
    expect([reply.status, wire.isClosed]).toEqual([503, true]);
  });

  it('that were turned away, and do not go, are ended', () => {
    const { hand } = start({ attachRate: { burst: 1 } });
    hand.upgrade();
    const wire = hand.upgrade(2, 0);
    // Its client has not answered the close.
    wire.isClosed = false;
    hand.clock.run(14_900);
    expect(wire.isClosed).toBe(false);
    hand.clock.run(200);
    expect(wire.isClosed).toBe(true);
  });

  it('are not let in by an answer that comes too late', () => {
    const answers: ((verified: boolean) => void)[] = [];
    const { hand, attach } = start({
      verifyClient: (_, done) => {
        answers.push(done);
      },
    });
    attach(1);
    hand.upgrade();
    hand.clock.run(16_000);
    for (const answer of answers) answer(true);
    expect([answers.length, hand.accepted.length]).toEqual([2, 0]);
  });

  it('are not let in when they are gone before the answer comes', () => {
    const answers: ((verified: boolean) => void)[] = [];
    const { hand } = start({
      verifyClient: (_, done) => {
        answers.push(done);
      },
    });
    hand.upgrade().break();
    answers[0]?.(true);
    expect(hand.accepted).toEqual([]);
  });

  it('are not read as long as they are decided about', () => {
    const answers: ((verified: boolean) => void)[] = [];
    const { hand } = start({
      verifyClient: (_, done) => {
        answers.push(done);
      },
    });
    const wire = hand.upgrade();
    expect(wire.isPaused).toBe(true);
    answers[0]?.(true);
    expect(wire.isPaused).toBe(false);
  });
});

describe('requests of one session', () => {
  it('are as many as may be, until their responses are over', () => {
    const { hand } = start({ maxRequests: 3 });
    hand.attach();
    const polls = [1, 2, 3].map(() => hand.poll(1, 'stream'));
    expect(polls.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(hand.poll(1).status).toBe(429);
    expect(hand.send(batch(1, 'a')).status).toBe(429);
    polls[0]?.close();
    expect(hand.send(batch(1, 'a')).lines).toEqual(['ack 1']);
    expect(hand.poll(1, 'stream').status).toBe(200);
  });

  it('are counted over all its attempts', () => {
    const { hand } = start({ maxRequests: 2 });
    hand.attach();
    const unread = hand.poll(1);
    hand.poll(1);
    expect(hand.attach(2, 0).status).toBe(429);
    unread.close();
    expect(hand.attach(2, 0).status).toBe(200);
  });

  it('of somebody else do not count', () => {
    const { hand, attach } = start({ maxRequests: 2 });
    hand.attach();
    hand.poll(1);
    hand.poll(1);
    expect(attach(2).status).toBe(200);
  });
});

describe('a client that does not read', () => {
  const FULL = 1024 * 1024;

  it('is owed sixty-four pongs, however often it pings', () => {
    const { hand } = start();
    const wire = hand.upgrade();
    wire.heard.length = 0;
    wire.bufferedAmount = FULL;
    for (let i = 1; i <= 1000; i++) wire.say(`ping ${i}`);
    expect(wire.heard).toEqual([]);
    // Something wakes the socket up: here, an acknowledgement that is due.
    wire.bufferedAmount = 0;
    wire.say('allow 100000000');
    expect([wire.heard.length, wire.heard[0], wire.heard.at(-1)]).toEqual([64, '␐pong 937', '␐pong 1000']);
  });

  it('is owed as many over HTTP', () => {
    const { hand } = start();
    hand.attach();
    for (let i = 1; i <= 100; i++) hand.send(`ping ${i}`);
    const { lines } = hand.poll(1);
    expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([65, 'batch 1', 'pong 37', 'pong 100']);
  });

  it('is owed no pong on another transport than it pinged', () => {
    const { hand } = start();
    const wire = hand.upgrade();
    wire.bufferedAmount = FULL;
    wire.say('ping 7');
    const next = hand.upgrade(2, 0);
    expect(next.heard).toEqual([expect.stringContaining('␐welcome')]);
  });

  it('is not told that it is superseded, and keeps nothing here', () => {
    const { hand } = start();
    const wire = hand.upgrade();
    wire.heard.length = 0;
    wire.bufferedAmount = FULL;
    hand.attach(2, 0);
    expect([wire.heard, wire.isClosed]).toEqual([[], true]);
  });

  it('is not answered however often it attaches', () => {
    const { hand } = start();
    const wire = hand.upgrade();
    wire.heard.length = 0;
    wire.bufferedAmount = FULL;
    wire.say(`attach ${ID} 1 0 -`);
    expect([wire.heard, wire.isClosed]).toEqual([[], true]);
  });
});

describe('a page', () => {
  it.each(['websocket', 'streaming', 'polling'] as const)(
    'that finds no room over %s comes back, and finds some',
    (transport) => {
      const world = new World(1, { maxSessions: { total: 1 } });
      const first = world.client();
      world.clock.run(1000);
      const second = world.client({ transports: [transport] });
      world.clock.run(20_000);
      expect([first.readyState, second.readyState, world.accepted.length]).toEqual([1, 0, 1]);
      first.close();
      world.clock.run(30_000);
      expect(second.readyState).toBe(1);
    },
  );

  it('that is told when to come back does not come earlier', () => {
    let asked = 0;
    const world = new World(1, { maxSessions: { total: 1 }, verifyClient: () => ++asked > 0 });
    world.client();
    world.clock.run(1000);
    world.client({ transports: ['websocket'] });
    world.clock.run(1000);
    expect(asked).toBe(2);
    world.clock.run(3900);
    expect(asked).toBe(2);
    world.clock.run(6000);
    expect(asked).toBe(3);
  });
});
