/** Frames over HTTP, with a server by hand: what a request says, and what follows from each answer. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HoldfastOptions } from '../src/options.ts';
import { HoldfastSocket } from '../src/index.ts';
import { batch, FakeWorld, type FakeRequest } from './fake-world.ts';

function start(options: HoldfastOptions = {}) {
  const world = new FakeWorld();
  const { environment } = world;
  const socket = new HoldfastSocket('ws://server/live', [], {
    transports: ['streaming'],
    environment,
    ...options,
  });
  world.run(0);
  const received: unknown[] = [];
  socket.onmessage = ({ data }) => received.push(data);
  return { world, socket, received };
}

/** The same, welcomed, with its first poll open. */
function open(options: HoldfastOptions = {}) {
  const scene = start(options);
  scene.world.request.welcome();
  return { ...scene, poll: scene.world.request };
}

/** Requests that are neither over nor given up. */
const verbs = (world: FakeWorld): (string | undefined)[] =>
  world.requests.map(({ lines }) => lines[0]?.split(' ')[0]);

describe('a poll that the server calls over', () => {
  /** The server's answers to what is sent say so. */
  function doubted(options: HoldfastOptions = {}) {
    const scene = open(options);
    const { world, socket, poll } = scene;
    socket.send('one');
    world.run(0);
    poll.bring('stream 1');
    world.request.answer('ack 1', 'ended 1');
    return { ...scene, poll };
  }

  it('is repeated after a second without a word of it', () => {
    const { world, poll } = doubted();
    world.run(999);
    expect(poll.isAborted).toBe(false);
    world.run(1);
    expect(poll.isAborted).toBe(true);
    expect(world.request.lines).toEqual(poll.lines);
  });

  it('is not repeated by a page that could not run, and has the word before it', () => {
    const { world, poll, received } = doubted();
    world.now += 5000;
    world.run(0);
    poll.continue(batch(1, 'late'));
    world.run(1000);
    expect(poll.isAborted).toBe(false);
    expect(received).toEqual(['late']);
  });

  it.each([{}, { reconnect: false } as const])(
    'and has no answer for any more brings another attach, and no end: %o',
    (options) => {
      const { world, socket, received } = doubted(options);
      world.run(1000);
      world.request.fail(409);
      world.run(0);
      expect(verbs(world)).toEqual(['attach', 'poll', 'send', 'poll', 'attach']);
      expect(world.request.lines[0]).toMatch(/^attach session-0001-of-this-test 2 0 -/);
      world.request.welcome(1);
      world.run(0);
      world.request.answer('batch 1', batch(1, 'again'));
      expect(received).toEqual(['again']);
      expect(socket.readyState).toBe(1);
    },
  );
});

describe('the request that opens', () => {
  it('is a POST to the same address, by the name of the version', () => {
    const { world } = start();
    expect(world.request.url).toMatch(/^http:\/\/server\/live\?holdfast=1\.\w+$/);
    expect(world.request.last).toBe(false);
  });

  it('goes behind a query of the application', () => {
    const world = new FakeWorld();
    const { environment } = world;
    new HoldfastSocket('ws://server/live?room=1', [], { transports: ['polling'], environment });
    world.run(0);
    expect(world.request.url).toMatch(/^http:\/\/server\/live\?room=1&holdfast=1\.\w+$/);
  });

  it('is followed by nothing until it is answered', () => {
    const { world, socket } = start();
    socket.send('early');
    world.run(1000);
    expect(verbs(world)).toEqual(['attach']);
    world.request.welcome();
    world.run(0);
    expect(verbs(world)).toEqual(['attach', 'poll', 'send']);
  });

  it('is followed by nothing until it is answered, though not all rode along', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new HoldfastSocket('ws://server/live', [], { transports: ['polling'], environment });
    socket.send('x'.repeat(400_000));
    world.run(1000);
    expect(verbs(world)).toEqual(['attach']);
  });

  it('goes again with half of what rode along if it is too large', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new HoldfastSocket('ws://server/live', [], { transports: ['polling'], environment });
    socket.send('x'.repeat(20_000));
    world.run(0);
    world.request.fail(413);
    expect(world.request.lines).toEqual([
      expect.stringMatching(/^attach .{22,} 1 new -$/),
      expect.stringMatching(/^1: 100\d\d bytes$/),
    ]);
  });

  it('goes again with little riding along if it is not answered: it may have been too large', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new HoldfastSocket('ws://server/live', [], { transports: ['polling'], environment });
    socket.send('x'.repeat(20_000));
    world.run(0);
    world.request.handler.done('it cannot be read');
    expect(world.requests).toHaveLength(2);
    expect(world.request.lines).toEqual([
      expect.stringMatching(/^attach .{22,} 1 new -$/),
      expect.stringMatching(/^1: 10\d\d bytes$/),
    ]);
  });

  it('is repeated with the same bytes when nothing comes for a second and a half', () => {
    const { world } = start();
    const [first] = world.requests as [FakeRequest];
    world.run(1499);
    expect(first.isAborted).toBe(false);
    world.run(1);
    expect(first.isAborted).toBe(true);
    expect(world.request).not.toBe(first);
    expect(world.request.body).toEqual(first.body);
  });

  it('is repeated with the same bytes, but to an address of its own', () => {
    const { world } = start();
    let chance = 0.1;
    Object.assign(world.environment, { random: () => (chance += 0.1) });
    world.run(1500);
    world.run(2000);
    const urls = world.requests.map(({ url }) => url);
    expect(new Set(urls).size).toBe(3);
  });

  it('has nothing left of what rode along: the session says what goes again', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new HoldfastSocket('ws://server/live', [], { transports: ['polling'], environment });
    socket.send('x'.repeat(600_000));
    world.run(0);
    world.request.welcome();
    world.run(0);
    expect(world.request.lines.find((line) => line.startsWith('1'))).toMatch(/^1: /);
  });

  it('has longer each time, and is given up after four repeats', () => {
    const { world } = start({ reconnect: false });
    const times: number[] = [];
    let known = 0;
    while (world.now < 40_000) {
      if (world.requests.length > known) times.push(world.now);
      known = world.requests.length;
      world.run(100);
    }
    expect(times).toEqual([0, 1500, 3500, 7500]);
  });

  it.each(['rejected', 'a login page', 'nothing'])('is not trusted if the answer is %s', (answer) => {
    const { world, socket } = start({ reconnect: false });
    if (answer === 'rejected') world.request.fail(404);
    else if (answer === 'nothing') world.request.answer();
    else world.request.answer(Buffer.from('<!doctype html><title>Log in</title>'));
    world.run(0);
    expect(socket.readyState).toBe(3);
    expect(world.requests).toHaveLength(1);
  });

  it('waits as long as a busy server asks for, and a random part of that', () => {
    const { world, socket } = start({ reconnect: { minDelay: 0 } });
    world.request.fail(503, '7');
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 7000 + 3500 });
  });

  it('waits until the time that a busy server names', () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 9, 21, 7, 28, 0) });
    onTestFinished(() => void vi.useRealTimers());
    const { world, socket } = start({ reconnect: { minDelay: 0 } });
    world.request.fail(503, 'Wed, 21 Oct 2026 07:28:20 GMT');
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 20_000 + 10_000 });
  });

  it.each([
    ['is not said', null, 250],
    ['is over', 'Wed, 21 Oct 2015 07:28:00 GMT', 250],
    ['makes no sense', 'soon', 250],
    ['is long', '86400', 60_000 + 30_000],
  ])('waits for some time if that %s', (_, retryAfter, retryIn) => {
    const { world, socket } = start({ reconnect: { minDelay: 0 } });
    world.request.fail(429, retryAfter);
    expect(socket.state).toEqual({ name: 'waiting', retryIn });
  });

  it('is cut smaller if it is too large, and given up if that makes no sense', () => {
    const { world, socket } = start({ reconnect: false });
    world.request.welcome();
    socket.send('x');
    world.run(0);
    world.request.fail(413);
    expect(socket.readyState).toBe(3);
  });
});

describe('a request that brings messages', () => {
  it('brings all that one task has sent', () => {
    const { world, socket } = open();
    for (const text of ['one', 'two', 'three']) socket.send(text);
    expect(verbs(world)).toEqual(['attach', 'poll']);
    world.run(0);
    expect(world.request.lines.filter((line) => !line.startsWith('ping')).slice(1)).toEqual([
      '1: one',
      '2: two',
      '3: three',
    ]);
  });

  it('counts as buffered until it is answered', () => {
    const { world, socket } = open();
    socket.send('héllo');
    expect(socket.bufferedAmount).toBe(6);
    world.run(0);
    expect(verbs(world)).toEqual(['attach', 'poll', 'send']);
    expect(socket.bufferedAmount).toBe(6);
    world.request.answer('batch');
    expect(socket.bufferedAmount).toBe(0);
  });

  it('is one at a time', () => {
    const { world, socket } = open();
    socket.send('one');
    world.run(0);
    const first = world.request;
    socket.send('two');
    world.run(100);
    expect(world.request).toBe(first);
    first.answer('ack 1');
    expect(world.request.lines.slice(1)).toEqual(['2: two']);
  });

  it('is not sent when there is nothing to bring', () => {
    const { world, socket } = open();
    socket.send('one');
    world.run(0);
    world.request.answer('ack 1');
    world.run(1000);
    expect(verbs(world)).toEqual(['attach', 'poll', 'send']);
  });

  it('is repeated with the same bytes if it failed, three times, and then the transport is given up', () => {
    const { world, socket } = open({ reconnect: false });
    socket.send('one');
    world.run(0);
    const { body } = world.request;
    for (const [status, pause] of [
      [502, 0],
      [504, 250],
      [500, 1000],
    ] as const) {
      world.request.fail(status);
      if (pause > 0) world.run(pause - 1);
      if (pause > 0)
        expect(world.requests.filter((request) => request.body.length === body.length).length).toBeLessThan(
          4,
        );
      world.run(1);
      expect(world.request.body).toEqual(body);
    }
    expect(socket.readyState).toBe(1);
    world.request.fail(408);
    world.run(0);
    expect(socket.readyState).toBe(3);
  });

  it('is not repeated if it was rejected', () => {
    const { world, socket } = open({ reconnect: false });
    socket.send('one');
    world.run(0);
    world.request.fail(409);
    expect(socket.readyState).toBe(3);
  });

  it('is repeated after a pause if the server is busy', () => {
    const { world, socket } = open();
    socket.send('one');
    world.run(0);
    const { body } = world.request;
    const count = world.requests.length;
    world.request.fail(503, '2');
    world.run(1999);
    expect(world.requests).toHaveLength(count);
    world.run(1);
    expect(world.request.body).toEqual(body);
  });

  it('is given up if the server is always busy', () => {
    const { world, socket } = open({ reconnect: false });
    socket.send('one');
    world.run(0);
    for (let i = 0; i < 4; i++) {
      world.request.fail(503, '0.6');
      world.run(900);
    }
    expect(socket.readyState).toBe(1);
    world.request.fail(503, '0.6');
    expect(socket.readyState).toBe(3);
  });

  it('is not over if its answer was cut short', () => {
    const { world, socket } = open();
    socket.send('one');
    world.run(0);
    const { body } = world.request;
    const count = world.requests.length;
    world.request.answer(Uint8Array.of(5 * 8 + 4, 97));
    world.run(0);
    expect(world.requests).toHaveLength(count + 1);
    expect(world.request.body).toEqual(body);
  });

  it('is not over if its answer is empty: that is not ours', () => {
    const { world, socket } = open({ reconnect: false });
    socket.send('one');
    world.run(0);
    world.request.answer();
    expect(socket.readyState).toBe(3);
  });

  it('is not read where it was refused: an error page says nothing', () => {
    const { world, socket, received } = open();
    socket.send('one');
    world.run(0);
    const { handler } = world.request;
    handler.head(502, null);
    handler.chunk(batch(1, 'not a message'));
    handler.done();
    expect(received).toEqual([]);
    expect(socket.readyState).toBe(1);
  });

  it('has more time the more it brings', () => {
    const { world, socket } = open();
    socket.send('x'.repeat(6000));
    world.run(0);
    const large = world.request;
    world.run(2999);
    expect(large.isAborted).toBe(false);
    world.run(50);
    expect(large.isAborted).toBe(true);
  });

  it('is cut into halves if it is too large, and later ones are no larger', () => {
    const { world, socket } = open();
    socket.send('x'.repeat(60_000));
    world.run(0);
    world.request.fail(413);
    expect(world.request.lines.slice(1)).toEqual(['ping 1', expect.stringMatching(/^1: 300\d\d bytes$/)]);
    world.request.answer('ack 0');
    expect(world.request.lines.slice(1)).toEqual([expect.stringMatching(/^1\+300\d\d: 299\d\d bytes$/)]);
  });

  it('is small while the speed is not known, and grows with it', () => {
    const { world, socket } = open();
    const sizeOfNext = (): number => world.request.body.length;
    socket.send('x'.repeat(900_000));
    world.run(0);
    expect(sizeOfNext()).toBeCloseTo(64 * 1024, -3);
    world.now += 163;
    world.request.answer('ack 0');
    expect(sizeOfNext()).toBeGreaterThan(300 * 1024);
    world.now += 10;
    world.request.answer('ack 0');
    expect(sizeOfNext()).toBeLessThanOrEqual(512 * 1024);
  });

  it('is cut small if it is not answered, and into halves if a large one is not answered again', () => {
    const { world, socket } = open();
    socket.send('x'.repeat(60_000));
    world.run(0);
    world.request.handler.done('it cannot be read');
    expect(world.request.lines.slice(1)).toEqual(['ping 1', expect.stringMatching(/^1: 10\d\d bytes$/)]);
    world.request.answer('ack 0');
    expect(world.request.lines.slice(1)).toEqual([expect.stringMatching(/^1\+10\d\d: 589\d\d bytes$/)]);
    expect(socket.diagnostics).toEqual([]);
    world.request.handler.done('it cannot be read');
    expect(world.request.lines.slice(1)).toEqual([expect.stringMatching(/^1\+1024: 295\d\d bytes$/)]);
    expect(socket.diagnostics).toMatchObject([{ reason: 'bodies-limited' }]);
  });

  it('is not cut into halves if one about as large gets through after all', () => {
    const { world, socket } = open();
    const fail = (): void => world.request.handler.done('reset');
    socket.send('x'.repeat(60_000));
    world.run(0);
    for (let i = 0; i < 3; i++) {
      fail();
      world.request.answer('ack 0');
      world.request.answer('ack 1');
      socket.send('x'.repeat(60_000));
      world.run(0);
    }
    expect(socket.diagnostics).toEqual([]);
  });

  it('is repeated as it is if it is not answered and small: its size is not to blame', () => {
    const { world, socket } = open();
    socket.send('x'.repeat(4000));
    world.run(0);
    const { body } = world.request;
    world.request.handler.done('reset');
    world.run(0);
    expect(world.request.body).toEqual(body);
  });

  it('is not cut small if its answer was cut short: it was there', () => {
    const { world, socket } = open();
    socket.send('x'.repeat(60_000));
    world.run(0);
    const { body } = world.request;
    world.request.bring('ack 0');
    world.request.handler.done('reset');
    world.run(0);
    expect(world.request.body).toEqual(body);
  });

  it('is cut into halves if it is too large, and brings nothing that was answered before', () => {
    const { world, socket } = open();
    socket.send('one');
    world.run(0);
    world.request.answer('ack 1');
    socket.send('x'.repeat(5000));
    world.run(0);
    world.request.fail(413);
    expect(world.request.lines[1]).toMatch(/^2: 25\d\d bytes$/);
  });

  it('leaves what it does not take where it may still be dropped', () => {
    const { world, socket } = open({ queue: { timeToLive: 1000 } });
    let dropped = 0;
    socket.ondrop = ({ count }) => (dropped = count);
    for (let i = 0; i < 20; i++) socket.send('x'.repeat(100_000));
    world.run(0);
    world.now += 1000;
    socket.send('later');
    expect(dropped).toBeGreaterThan(5);
  });

  it('takes along what is left when the page ends', () => {
    const { world, socket } = open();
    socket.send('one');
    socket.close();
    world.run(0);
    expect(world.request.lines).toContain('1: one');
    expect(world.request.lines.at(-1)).toBe('close 1005 ');
  });
});

describe('a poll', () => {
  it('counts, and comes with the acknowledgement that is due anyway', () => {
    const { world, poll, received } = open();
    expect(poll.lines).toEqual([expect.stringMatching(/^poll .{22,} 1 1 25000 stream$/)]);
    poll.answer('batch 1', batch(1, 'one'));
    expect(received).toEqual(['one']);
    expect(world.request.lines).toEqual([expect.stringMatching(/ 1 2 25000 stream$/), 'ack 1']);
  });

  it('wants no stream where none is allowed', () => {
    expect(open({ transports: ['polling'] }).poll.lines).toEqual([expect.stringMatching(/ poll$/)]);
  });

  it('is repeated with its number if it failed, and not given up while it brings something', () => {
    const { world, poll, received, socket } = open({ reconnect: false });
    poll.bring('batch 1');
    poll.handler.done('reset');
    world.run(0);
    expect(world.request.lines[0]).toMatch(/ 1 1 25000 stream$/);
    for (let i = 1; i < 12; i++) {
      world.request.bring('batch 1', batch(i, 'more'));
      world.request.handler.done('reset');
      world.run(2000);
    }
    expect(received).toHaveLength(11);
    expect(socket.readyState).toBe(1);
  });

  it('is given up when it fails again and again', () => {
    const { world, socket } = open({ reconnect: false });
    for (let i = 0; i < 4; i++) {
      world.request.bring('batch 1');
      world.request.handler.done('reset');
      world.run(2000);
    }
    expect(socket.readyState).toBe(3);
  });

  it('is not over without an answer: an empty one is not ours', () => {
    const { poll, socket } = open({ reconnect: false });
    poll.answer();
    expect(socket.readyState).toBe(3);
  });

  it('is lost five seconds behind its hold', () => {
    const { world, poll } = open();
    poll.bring('batch 1');
    world.run(29_999);
    expect(poll.isAborted).toBe(false);
    world.run(1);
    expect(poll.isAborted).toBe(true);
  });

  /** How long the next one asks to be held, in ms, behind some that were reset after so many ms. */
  function holdsBehind(...lasting: number[]): number[] {
    const { world } = open();
    return lasting.map((lasts) => {
      world.request.bring('batch 1', 'ack 0');
      world.run(lasts);
      world.request.handler.done('reset');
      world.run(0);
      return Number(world.request.lines[0]?.split(' ')[4]);
    });
  }

  it('asks to be held shorter where a proxy ended two early, a second at least', () => {
    expect(holdsBehind(10_000, 10_000, 7000, 6500, 1600, 1200)).toEqual([
      25_000, 7000, 7000, 4550, 4550, 1000,
    ]);
  });

  it('is not held shorter because it was cut, once or at any time', () => {
    expect(holdsBehind(10_000, 8900, 12_000, 1100)).toEqual([25_000, 25_000, 25_000, 25_000]);
  });

  it('is held shorter where one ended in silence', () => {
    const { world } = open();
    world.request.bring('batch 1', 'ack 0');
    world.run(30_000);
    const asked = world.requests.flatMap(({ lines }) => lines).filter((line) => line.startsWith('poll'));
    expect(asked.map((line) => Number(line.split(' ')[4]))).toEqual([25_000, 17_500]);
  });

  it('is not held shorter because it was refused at once', () => {
    const { world, poll } = open();
    world.run(999);
    poll.fail(502);
    world.run(0);
    expect(world.request.lines[0]).toMatch(/ 1 1 25000 stream$/);
  });

  it('tells at once which probe it sees, and which stream it is', () => {
    const { world, poll, socket } = open();
    poll.bring('probe 1');
    expect(socket.transport).toBe('polling');
    world.run(0);
    expect(world.request.lines.slice(1)).toEqual(['seen 1']);
    world.request.answer('ack 0', 'stream 1');
    expect(socket.transport).toBe('streaming');
  });

  it('tells which probe it sees, whatever waits to be taken', () => {
    const world = new FakeWorld();
    const { environment } = world;
    // A page so busy that no task has its turn.
    Object.assign(environment, { task: () => undefined });
    new HoldfastSocket('ws://server/live', [], { transports: ['streaming'], environment });
    world.run(0);
    world.request.welcome();
    world.request.bring('probe 1');
    world.run(0);
    expect(world.request.lines.slice(1)).toEqual(['seen 1']);
  });

  it('tells once which probe it sees', () => {
    const { world, poll, socket } = open();
    poll.bring('probe 1');
    world.run(0);
    world.request.answer('ack 0', 'stream 1');
    socket.send('x');
    world.run(0);
    expect(world.requests.filter(({ lines }) => lines.includes('seen 1'))).toHaveLength(1);
  });

  it('tells again which probe it sees if the body was too large', () => {
    const { world, poll, socket } = open();
    poll.bring('probe 1');
    socket.send('x'.repeat(5000));
    world.run(0);
    expect(world.request.lines).toContain('seen 1');
    world.request.fail(413);
    expect(world.request.lines).toContain('seen 1');
  });

  it('that brings anything shows that its link is alive', () => {
    const { world, poll } = open();
    poll.bring('batch 1');
    for (let i = 0; i < 4; i++) {
      world.run(10_000);
      poll.continue('ack 0');
    }
    expect(verbs(world)).toEqual(['attach', 'poll']);
  });

  it('that brings something now and then is not lost, however long it lasts', () => {
    const { world, poll } = open();
    poll.bring('batch 1');
    for (let i = 0; i < 4; i++) {
      world.run(20_000);
      poll.continue('ack 0');
    }
    expect(poll.isAborted).toBe(false);
  });

  it('brings nothing behind the close that it brings', () => {
    const { poll, socket, received } = open();
    poll.bring('batch 1', 'from 1 0', 'close 4000 ', 'ack 9', batch(2, 'late'));
    expect(socket.readyState).toBe(3);
    expect(received).toEqual([]);
  });

  it('does not say that it sees what is no probe', () => {
    const { world, poll } = open();
    poll.bring('batch 1');
    world.run(1000);
    expect(verbs(world)).toEqual(['attach', 'poll']);
  });

  it.each([
    ['records that are none', Uint8Array.of(7)],
    ['a message before its number', Uint8Array.of(8, 120)],
    ['a message that is ahead', batch(2, 'ahead')],
  ])('ends its transport with %s', (_, records) => {
    const { poll, socket, received } = open({ reconnect: false });
    poll.bring('batch 1', records, batch(1, 'behind'));
    expect(socket.readyState).toBe(3);
    expect(received).toEqual([]);
  });

  it('brings each message in a task of its own, the welcome before them', () => {
    const world = new FakeWorld();
    const { environment } = world;
    const task = (callback: () => void) => void environment.setTimeout(callback, 0);
    Object.assign(environment, { task });
    const socket = new HoldfastSocket('ws://server/live', [], { transports: ['streaming'], environment });
    const heard: unknown[] = [];
    socket.onopen = () => heard.push('open');
    socket.onmessage = ({ data }) => heard.push(data);
    world.run(0);
    world.request.welcome();
    expect(heard).toEqual(['open']);
    world.request.bring(batch(1, 'a', 'b'));
    expect(heard).toEqual(['open']);
    const counts = [];
    while (heard.length < 3) {
      world.step();
      counts.push(heard.length);
    }
    expect(heard).toEqual(['open', 'a', 'b']);
    expect(counts).toContain(2);
  });

  it('brings a message once, however often it comes', () => {
    const { world, poll, received } = open();
    poll.bring('batch 1', batch(1, 'one', 'two'));
    poll.handler.done('reset');
    world.run(0);
    world.request.answer('batch 1', batch(1, 'one', 'two'));
    expect(received).toEqual(['one', 'two']);
  });
});

describe('a transport that is dropped', () => {
  it('aborts what is under way, and repeats nothing', () => {
    const { world, socket, poll } = open();
    socket.send('one');
    world.run(0);
    world.request.fail(502);
    const count = world.requests.length;
    world.page('sleep');
    world.run(20_000);
    expect(poll.isAborted).toBe(true);
    expect(world.requests).toHaveLength(count);
    expect(world.pending).toBe(0);
  });

  it('says its last words with a request that outlives the page', () => {
    const { world, socket } = open();
    const ends: unknown[] = [];
    socket.onclose = ({ code }) => ends.push(code);
    world.requests[1]?.answer('batch 1', 'from 1 0', 'close 4000 ');
    expect(ends).toEqual([4000]);
    expect(world.request.lines.slice(1)).toEqual(['ack 1']);
    expect(world.request.last).toBe(true);
  });
});
