/** A server that is asked for its numbers: what has happened is in them, once. */
import type { HoldfastOptions } from '@holdfast/client';
import type { Stats } from '@holdfast/server';
import { describe, expect, it } from 'vitest';
import { surfaced } from '../../../server/test/loopback.ts';
import { behind } from '../../src/behind.ts';
import { batch, ByHand, ID } from './by-hand.ts';
import { start } from './scene.ts';

/** What is not 0. */
const some = (counts: object): object =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0));

const sumOf = (counts: object): number =>
  Object.values(counts as Record<string, number>).reduce((sum, each) => sum + each, 0);

const stats = (hand: ByHand): Stats => hand.endpoint.stats();

/** The application lets in whom the test says. */
function guarded() {
  const door = { verdict: true };
  const hand = new ByHand({ verifyClient: () => door.verdict });
  return { hand, door };
}

describe('attaches', () => {
  it('are counted by how they were answered over a WebSocket', () => {
    const { hand, door } = guarded();
    const answers = (): object => some(stats(hand).attaches);
    const wire = hand.upgrade(2);
    expect(answers()).toEqual({ new: 1 });
    hand.upgrade(3, 0);
    expect(answers()).toEqual({ new: 1, resumed: 1 });
    hand.upgrade(1, 0);
    expect(answers()).toEqual({ new: 1, resumed: 1, superseded: 1 });
    hand.upgrade(0, 0);
    expect(answers()).toEqual({ new: 1, resumed: 1, superseded: 1, standby: 1 });
    // It claims to have what was never sent.
    hand.upgrade(4, 7);
    wire.say(`attach another-${ID} 2 0 -`);
    expect(answers()).toEqual({ new: 1, resumed: 1, superseded: 1, standby: 1, gone: 2 });
    door.verdict = false;
    hand.upgrade(5, 0);
    expect(stats(hand).attaches.refused).toBe(1);
    expect(stats(hand).refusals).toEqual({ 3000: 1 });
  });

  it('are counted by how they were answered over HTTP', () => {
    const { hand, door } = guarded();
    const answers = (): object => some(stats(hand).attaches);
    hand.attach(2);
    hand.attach(2);
    expect(answers()).toEqual({ new: 1, repeated: 1 });
    hand.attach(1, 0);
    hand.attach(3, 0);
    hand.attach(4, 7);
    expect(answers()).toEqual({ new: 1, repeated: 1, superseded: 1, resumed: 1, gone: 1 });
    door.verdict = false;
    hand.attach(5, 0);
    expect(stats(hand).attaches.refused).toBe(1);
    expect(stats(hand).refusals).toEqual({ 3000: 1 });
  });

  it('of a session that is over are told apart from those of one that nobody knows', () => {
    const hand = new ByHand();
    hand.attach();
    hand.post(`send ${ID} 1`, 'from 1 0', 'close 4000 ');
    hand.attach(2, 0);
    hand.upgrade(3, 0);
    expect(some(stats(hand).attaches)).toEqual({ new: 1, ended: 2 });
    expect(stats(hand).refusals).toEqual({});
    expect(stats(hand).remembered).toBe(1);
  });
});

describe('sessions', () => {
  it('are counted by what carries them now', () => {
    const hand = new ByHand();
    const carried = (): object => some(stats(hand).sessions);
    expect(carried()).toEqual({});
    const wire = hand.upgrade();
    expect(carried()).toEqual({ websocket: 1 });
    wire.break();
    expect(carried()).toEqual({ away: 1 });
    hand.attach(2, 0);
    expect(carried()).toEqual({ polling: 1 });
    hand.post(`poll ${ID} 2 1 20000 stream`);
    hand.post(`send ${ID} 2`, 'seen 1');
    expect(carried()).toEqual({ streaming: 1 });
    hand.peer.terminate();
    expect(carried()).toEqual({});
  });

  it('that change hands are counted, and what has to be sent again', () => {
    const hand = new ByHand();
    const first = hand.upgrade();
    for (const text of ['a', 'b', 'c']) hand.peer.send(text);
    first.say('ack 1');
    hand.upgrade(2, 1);
    expect(stats(hand)).toMatchObject({ supersedes: 1, replayed: 2 });
    hand.upgrade(3, 3).break();
    hand.upgrade(4, 3);
    expect(stats(hand)).toMatchObject({ supersedes: 2, replayed: 2 });
  });

  it('have what waits for them counted, as long as it does', () => {
    const hand = new ByHand();
    const wire = hand.upgrade();
    wire.bufferedAmount = 2 * 1024 * 1024;
    hand.peer.send('four');
    hand.peer.send(Buffer.alloc(1000));
    const waits = 2 * 1024 * 1024 + 1004;
    expect(stats(hand).queued).toEqual({ messages: 2, bytes: 1004, unsent: waits });
    wire.drain();
    hand.peer.send('!');
    expect(stats(hand).queued).toEqual({ messages: 3, bytes: 1005, unsent: 0 });
    wire.say('ack 3');
    expect(stats(hand).queued).toEqual({ messages: 0, bytes: 0, unsent: 0 });
  });

  it('have their messages counted, those that are repeated once', () => {
    const hand = new ByHand();
    hand.attach(1, 'new', batch(1, 'a', 'bc'));
    hand.send(batch(1, 'a', 'bc', 'def'));
    hand.peer.send('täglich');
    hand.peer.send(Buffer.alloc(20));
    expect(stats(hand).received).toEqual({ messages: 3, bytes: 6 });
    expect(stats(hand).sent).toEqual({ messages: 2, bytes: 28 });
  });
});

describe('the end of a session', () => {
  const begin = (options = {}) => {
    const hand = new ByHand(options);
    const wire = hand.upgrade();
    hand.peer.send('on its way');
    hand.peer.send('on its way as well');
    return { hand, wire };
  };
  const expectEnd = (hand: ByHand, how: string, code: number, dropped: number): void => {
    expect(some(stats(hand).ends)).toEqual({ [how]: 1 });
    expect(stats(hand).closes).toEqual({ [code]: 1 });
    expect(some(stats(hand).dropped)).toEqual(dropped > 0 ? { [how]: dropped } : {});
    expect(sumOf(stats(hand).sessions)).toBe(0);
  };

  it('is closed by a client', () => {
    const { hand, wire } = begin();
    wire.say('ack 1');
    wire.say('close 4001 ');
    expectEnd(hand, 'closed', 4001, 1);
  });

  it('is closed by the application, when the client confirms', () => {
    const { hand, wire } = begin();
    hand.peer.close(1000);
    expect(stats(hand).queued.messages).toBe(2);
    expect(some(stats(hand).ends)).toEqual({});
    wire.say('ack 3');
    expectEnd(hand, 'closed', 1000, 0);
  });

  it.each(['websocket', 'streaming', 'polling'] as const)(
    'is closed by a page that has all, and says so with its last word, over %s',
    (transport) => {
      const { world, socket, talk } = start({ transports: [transport] });
      talk.run(10, 100);
      expect(socket.transport).toBe(transport);
      world.accepted[0]?.send(talk.down.next());
      talk.pass(1000);
      socket.close();
      talk.pass(1000);
      const { ends, dropped } = world.host.endpoint.stats();
      expect(some(ends)).toEqual({ closed: 1 });
      expect(some(dropped)).toEqual({});
    },
  );

  it('is that of a client that does not come back', () => {
    const { hand, wire } = begin({ resumeWindow: 60_000 });
    wire.break();
    hand.clock.run(61_000);
    expectEnd(hand, 'expired', 1006, 2);
  });

  it('is that of a client that does not confirm a close: the goodbye is no message', () => {
    const { hand } = begin({ closeTimeout: 30_000 });
    hand.peer.close(1000);
    hand.clock.run(31_000);
    expectEnd(hand, 'expired', 1006, 2);
  });

  it('is cut by the application', () => {
    const { hand } = begin();
    hand.peer.terminate();
    expectEnd(hand, 'terminated', 1006, 2);
  });

  it('is that of a server that goes away', () => {
    const { hand } = begin();
    behind(hand.peer).leave({ type: 'go-away', delay: 0, spread: 0 });
    expectEnd(hand, 'left', 1001, 2);
  });

  it('is that of a server that has handed over all', () => {
    const { hand, wire } = begin();
    behind(hand.peer).move(0);
    wire.say('close 3951 ');
    hand.clock.run(1000);
    wire.say('ack 3');
    expectEnd(hand, 'drained', 1001, 0);
  });

  it('is that of a reader that is too slow: what did not fit is dropped as well', () => {
    const { hand } = begin({ maxBuffered: { maxMessages: 2 } });
    hand.peer.send('one too many');
    hand.clock.run(0);
    expectEnd(hand, 'slow', 3950, 3);
  });

  it('is that of a client that breaks the protocol', () => {
    const { hand, wire } = begin();
    wire.say('ack 9');
    expectEnd(hand, 'failed', 1002, 2);
  });

  it('is behind what the application sends too late', () => {
    const { hand } = begin();
    hand.peer.terminate();
    hand.peer.send('too late');
    expect(some(stats(hand).dropped)).toEqual({ terminated: 2, late: 1 });
    expect(stats(hand).sent.messages).toBe(2);
  });

  it('has a code that clients may choose, of which thirty-two are told apart', () => {
    const hand = new ByHand();
    const end = (code: number): void => {
      const session = `session-${String(stats(hand).attaches.new).padStart(16, '0')}`;
      hand.post(`attach ${session} 1 new -`, 'from 1 0', `close ${code} `);
    };
    for (let code = 4000; code < 4040; code++) end(code);
    for (const code of [1003, 3003, 4031, 4035, 1005, 4000]) end(code);
    const { closes, ends } = stats(hand);
    expect(closes).toMatchObject({ 4000: 2, 4031: 2, 1003: 1, 3003: 1, 1005: 1, other: 9 });
    expect(Object.keys(closes)).toHaveLength(32 + 4);
    expect(ends.closed).toBe(46);
  });
});

describe('clients for whom there is no room', () => {
  const turned = (hand: ByHand): object => some(stats(hand).turnedAway);
  const another = (hand: ByHand): number => hand.post(`attach another-${ID} 1 new -`).status;
  const never = { verifyClient: (_: unknown, _done: unknown) => undefined };

  it('are counted by what there is too much of', () => {
    const attaches = new ByHand({ attachRate: { burst: 1, perSecond: 1 }, trustProxy: () => 'here' });
    attaches.attach();
    expect([another(attaches), turned(attaches)]).toEqual([429, { attaches: 1 }]);
    const sessions = new ByHand({ maxSessions: { total: 1 } });
    sessions.attach();
    expect([another(sessions), turned(sessions)]).toEqual([503, { sessions: 1 }]);
    const unattached = new ByHand({ maxUnattached: { total: 1 }, ...never });
    unattached.upgrade();
    expect(stats(unattached).unattached).toEqual({ clients: 1, bytes: 0 });
    expect([another(unattached), turned(unattached)]).toEqual([503, { unattached: 1 }]);
    const requests = new ByHand({ maxRequests: 2 });
    requests.attach();
    for (const number of [1, 1, 1]) requests.poll(number);
    expect(turned(requests)).toEqual({ requests: 1 });
  });

  it('are counted if nobody says in time whether they may come in', () => {
    const hand = new ByHand(never);
    hand.upgrade();
    hand.attach();
    hand.clock.run(16_000);
    expect(turned(hand)).toEqual({ late: 2 });
    expect(stats(hand).unattached.clients).toBe(0);
  });

  it('are counted if the application fails to say', async () => {
    const surfacing = surfaced();
    const hand = new ByHand({
      authenticate: () => {
        throw new Error('the database is down');
      },
    });
    hand.attach();
    expect(turned(hand)).toEqual({ undecided: 1 });
    expect(some(stats(hand).attaches)).toEqual({});
    expect(await surfacing).toEqual(new Error('the database is down'));
  });

  it('are counted if the server is leaving', () => {
    const hand = new ByHand();
    hand.endpoint.drain();
    hand.upgrade();
    hand.attach();
    expect(turned(hand)).toEqual({ leaving: 2 });
    expect(some(stats(hand).attaches)).toEqual({});
  });
});

describe('times to a client and back', () => {
  const measured = ({ roundTrips: { bounds, counts } }: Stats): object =>
    some(Object.fromEntries(counts.map((count, i) => [bounds[i] ?? 'more', count])));

  it('are measured by the pings of the server, and by no other pong', () => {
    const hand = new ByHand({ heartbeat: 25_000 });
    const wire = hand.upgrade();
    wire.say('pong 0');
    hand.clock.run(25_000);
    expect(wire.heard.at(-1)).toBe('␐ping 0');
    hand.clock.run(20);
    wire.say('pong 7');
    hand.clock.run(180);
    wire.say('pong 0');
    wire.say('pong 0');
    expect(measured(stats(hand))).toEqual({ 250: 1 });
  });

  it('are not measured by what another transport was asked', () => {
    const hand = new ByHand({ heartbeat: 25_000 });
    const wire = hand.upgrade();
    hand.clock.run(25_000);
    expect(wire.heard.at(-1)).toBe('␐ping 0');
    hand.attach(2, 0);
    hand.clock.run(300);
    hand.post(`send ${ID} 2`, 'pong 0');
    expect(measured(stats(hand))).toEqual({});
  });

  it('are measured over HTTP by the first poll behind an attach', () => {
    const hand = new ByHand();
    hand.attach();
    hand.clock.run(70);
    hand.poll(1);
    hand.clock.run(700);
    hand.poll(2);
    expect(measured(stats(hand))).toEqual({ 100: 1 });
  });

  it.each<HoldfastOptions>([
    { transports: ['websocket'] },
    { transports: ['streaming'] },
    { transports: ['polling'] },
  ])('are those of the network: %j', (options) => {
    const { world, talk } = start(options, { latency: 40 });
    talk.run(20, 10);
    // A WebSocket is asked when it was silent for a heartbeat.
    world.clock.run(40_000);
    expect(measured(world.host.endpoint.stats())).toEqual({ 100: 1 });
  });
});

describe('the numbers of a server', () => {
  it('balance behind cuts: no session and no message is missing or counted twice', () => {
    const { world, talk, socket } = start({}, { latency: 20 });
    talk.run(50, 5);
    for (let cuts = 0; cuts < 3; cuts++) {
      world.network.cut();
      talk.run(50, 5);
      talk.settle();
    }
    world.clock.run(1000);
    const { endpoint } = world.host;
    const before = endpoint.stats();
    expect(sumOf(before.sessions)).toBe(before.attaches.new - sumOf(before.ends));
    expect([before.attaches.new, before.attaches.resumed > 0]).toEqual([1, true]);
    expect(before.received.messages).toBe(talk.up.sent);
    expect(before.sent.messages).toBe(talk.down.sent);
    expect(before.queued).toEqual({ messages: 0, bytes: 0, unsent: 0 });
    socket.close();
    world.clock.run(5000);
    const after = endpoint.stats();
    expect([sumOf(after.sessions), sumOf(after.ends), sumOf(after.closes)]).toEqual([0, 1, 1]);
    expect(sumOf(after.dropped)).toBe(0);
  });

  it('cannot be changed, and do not change later', () => {
    const hand = new ByHand();
    const before = stats(hand);
    const frozen = (value: unknown): boolean =>
      typeof value !== 'object' || (Object.isFrozen(value) && Object.values(value as object).every(frozen));
    expect(frozen(before)).toBe(true);
    hand.attach();
    expect(before.attaches.new).toBe(0);
    expect(stats(hand).attaches.new).toBe(1);
  });
});
