/** A socket to a plain server, whose other end is the test: what it dials, says and tells, and when. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PlainSocketOptions, UrlSource } from '../src/options.ts';
import { HoldfastSocket } from '../src/plain.ts';
import { FakeWorld } from './fake-world.ts';

function start(
  options: PlainSocketOptions = {},
  url: UrlSource = 'ws://server/live',
  protocols: string[] = [],
) {
  const world = new FakeWorld();
  const { environment } = world;
  const socket = new HoldfastSocket(url, protocols, { environment, ...options });
  const log: string[] = [];
  socket.onopen = () => log.push('open');
  socket.onerror = () => log.push('error');
  socket.onmessage = ({ data }) => log.push(`message ${String(data)}`);
  socket.onclose = ({ code, reason, wasClean }) => log.push(`close ${code} ${reason} ${wasClean}`);
  socket.onsessionlost = ({ unacknowledged, resent }) => log.push(`lost ${unacknowledged} ${resent}`);
  socket.ondrop = ({ count }) => log.push(`drop ${count}`);
  const reasons = (): string[] => socket.diagnostics.map(({ reason }) => reason);
  return { world, socket, log, reasons };
}

/** The same, open. */
function open(options: PlainSocketOptions = {}) {
  const scene = start(options);
  scene.world.socket.open();
  scene.log.length = 0;
  return scene;
}

const asking = { ping: 'ping', isPong: (data: unknown) => data === 'pong' };
const BROKEN = ['error', 'close 1006  false'];

describe('connecting', () => {
  it('fails after ten seconds, and is tried again', () => {
    const { world, socket, reasons } = start();
    world.run(9999);
    expect(world.socket.isClosed).toBe(false);
    world.run(1);
    expect(world.socket.isClosed).toBe(true);
    expect(reasons()).toEqual(['unreachable']);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 250 });
    world.run(250);
    expect(world.sockets).toHaveLength(2);
    expect(socket.state).toEqual({ name: 'connecting' });
  });

  it('waits longer with each round that fails', () => {
    const { world } = start();
    const times = [250, 500, 1000].map((delay) => {
      world.socket.break();
      world.run(delay - 1);
      const before = world.sockets.length;
      world.run(1);
      return world.sockets.length - before;
    });
    expect(times).toEqual([1, 1, 1]);
  });

  it('does not count a round while the browser is offline, and tries all the same after half a minute', () => {
    const { world, socket } = start({ reconnect: { maxAttempts: 2 } });
    world.online = false;
    for (const _ of [1, 2, 3]) {
      world.socket.break();
      expect(socket.state).toEqual({ name: 'waiting', retryIn: 30_000 });
      world.run(30_000);
    }
    world.online = true;
    world.socket.break();
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 250 });
  });

  it('has failed if the class throws', () => {
    const { world, socket } = start({ reconnect: () => 100 });
    world.socket.break();
    const { WebSocket } = world.environment;
    const forbidden = function () {
      throw new Error('forbidden');
    };
    Object.assign(world.environment, { WebSocket: forbidden });
    world.run(100);
    expect(socket.diagnostics.at(-1)).toMatchObject({
      reason: 'websocket-failed',
      detail: 'Error: forbidden',
    });
    Object.assign(world.environment, { WebSocket });
    world.run(100);
    expect(world.sockets).toHaveLength(2);
  });

  it('asks for the URL before each try, and takes a failure for one of its own', async () => {
    const urls = [
      () => Promise.reject(new Error('not now')),
      () => 'ws://server/one',
      () => 'ws://server/two',
    ];
    const { world, socket } = start({}, () => urls.shift()?.() as string);
    await new Promise(setImmediate);
    expect(world.sockets).toEqual([]);
    expect(socket.state.name).toBe('waiting');
    world.run(250);
    await new Promise(setImmediate);
    expect(world.socket.url).toBe('ws://server/one');
    world.socket.break();
    world.run(500);
    await new Promise(setImmediate);
    expect(world.socket.url).toBe('ws://server/two');
  });

  it('does not use what is looked up too late, nor its failure', async () => {
    const settle: { give: (url: string) => void; refuse: (error: Error) => void }[] = [];
    const { world, socket } = start({}, () => new Promise((give, refuse) => settle.push({ give, refuse })));
    await new Promise(setImmediate);
    world.run(10_000);
    world.run(250);
    await new Promise(setImmediate);
    world.page('sleep');
    settle[0]?.give('ws://server/live');
    settle[1]?.refuse(new Error('too late'));
    await new Promise(setImmediate);
    expect(world.sockets).toEqual([]);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: Infinity });
  });

  it('hears nothing of a WebSocket that it has let go', () => {
    const { world, log, socket, reasons } = start();
    world.run(10_000);
    world.socket.open();
    world.socket.bring('late');
    world.socket.break();
    expect(log).toEqual([]);
    expect(socket.state.name).toBe('waiting');
    expect(reasons()).toEqual(['unreachable']);
  });

  it('has failed with an error that no close follows, and closes nothing then', () => {
    const { world, socket } = start();
    world.socket.onerror?.({} as never);
    expect(socket.state.name).toBe('waiting');
    expect(world.socket.isClosed).toBe(false);
  });

  it('offers the subprotocols, and fails for good if another one is chosen', () => {
    const { world, log } = start({}, 'ws://server/live', ['one', 'two']);
    expect(world.socket.offered).toEqual(['one', 'two']);
    world.socket.open('three');
    expect(log).toEqual(BROKEN);
    expect(world.pending).toBe(0);
  });
});

describe('a link', () => {
  it('that lived for a second is replaced at once, another one after a pause', () => {
    const { world, socket, log } = open();
    world.run(1000);
    world.socket.break();
    expect(world.sockets).toHaveLength(2);
    expect(log).toEqual(BROKEN);
    expect(socket).toMatchObject({ readyState: 0, transport: undefined, state: { name: 'connecting' } });
    world.socket.open();
    world.run(999);
    world.socket.break();
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 250 });
  });

  it('is told as one that died young, or was lost', () => {
    const { world, reasons } = open();
    world.run(4999);
    world.socket.break();
    world.socket.open();
    world.run(5000);
    world.socket.break();
    expect(reasons()).toEqual(['websocket-died-young', 'link-lost']);
  });

  it('is not replaced at once while the browser is offline', () => {
    const { world, socket } = open();
    world.run(5000);
    world.online = false;
    world.socket.break();
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 30_000 });
  });

  it('tells its end before the next one is dialled', () => {
    const { world, socket } = open();
    let dialled = 0;
    socket.addEventListener('close', () => (dialled = world.sockets.length));
    world.run(2000);
    world.socket.break();
    expect([dialled, world.sockets.length]).toEqual([1, 2]);
  });

  it('that the server closes in order tells why, and only 1000 is the end', () => {
    const { world, socket, log, reasons } = open();
    world.run(2000);
    world.socket.end(1012, 'restart');
    expect(log).toEqual(['close 1012 restart true']);
    world.socket.open();
    world.socket.end(1000, 'bye');
    expect(log.slice(1)).toEqual(['open', 'close 1000 bye true']);
    expect(reasons()).toEqual(['websocket-died-young']);
    expect(socket.readyState).toBe(3);
    expect([world.pending, world.listeners]).toEqual([0, 0]);
  });

  it('that is the last one allowed ends with what the server said, once', () => {
    const { world, log } = open({ reconnect: { maxAttempts: 1 } });
    world.run(100);
    world.socket.end(4001, 'enough');
    expect(log).toEqual(['close 4001 enough true']);
  });

  it('has an error after which a close comes', () => {
    const { world, log } = open();
    world.socket.onerror?.({} as never);
    expect(log).toEqual([]);
    world.socket.break();
    expect(log).toEqual(BROKEN);
  });
});

describe('messages', () => {
  it('wait for the next link, and keep their order behind a Blob', async () => {
    const { world, socket } = start();
    socket.send('a');
    socket.send(new Blob(['b']));
    socket.send('c');
    expect(socket.bufferedAmount).toBe(3);
    world.socket.open();
    expect(world.socket.messages).toEqual(['a']);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(world.socket.messages).toEqual(['a', new TextEncoder().encode('b'), 'c']);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('that wait too long are dropped', () => {
    const { world, socket, log } = start({ queue: { timeToLive: 1000 } });
    socket.send('old');
    world.run(500);
    socket.send('young');
    world.run(500);
    world.socket.open();
    expect(world.socket.messages).toEqual(['young']);
    expect(log).toEqual(['open', 'drop 1']);
  });

  it('are in doubt until something comes, a second later at least', () => {
    const { world, socket, log } = open();
    socket.send('a');
    world.run(500);
    socket.send('b');
    world.run(500);
    world.socket.bring('x');
    world.run(499);
    world.socket.break();
    world.socket.open();
    expect(log.filter((line) => line.startsWith('lost'))).toEqual(['lost 1 false']);
    expect(world.socket.messages).toEqual([]);
  });

  it('in doubt are sent again if that is wanted, and told before the link is open', () => {
    const { world, socket, log } = open({ sessionLost: 'resend' });
    socket.send('a');
    socket.send('b');
    world.run(1000);
    world.socket.break();
    socket.send('c');
    world.socket.open();
    expect(log.slice(2)).toEqual(['lost 2 true', 'open']);
    expect(world.socket.messages).toEqual(['a', 'b', 'c']);
  });

  it('that the browser still had when its WebSocket closed are not in doubt: they go over the next one', () => {
    const { world, socket, log } = open();
    socket.send('aaaa');
    world.socket.isStuck = true;
    socket.send('bbbb');
    socket.send('cccc');
    expect(socket.bufferedAmount).toBe(8);
    world.run(1000);
    world.socket.break();
    expect(socket.bufferedAmount).toBe(8);
    world.socket.open();
    expect(log.slice(2)).toEqual(['lost 1 false', 'open']);
    expect(world.socket.messages).toEqual(['bbbb', 'cccc']);
  });

  it('that the browser may still send after it was told to close are in doubt', () => {
    const { world, socket, log } = open();
    world.socket.isStuck = true;
    socket.send('a');
    socket.reconnect();
    world.run(250);
    world.socket.open();
    expect(log.slice(2)).toEqual(['lost 1 false', 'open']);
    expect(world.socket.messages).toEqual([]);
  });

  it('that came are no answer to what the browser still has', () => {
    const { world, socket, log } = open();
    world.socket.isStuck = true;
    socket.send('a');
    world.run(2000);
    world.socket.bring('x');
    world.socket.isStuck = false;
    world.socket.bufferedAmount = 0;
    world.socket.break();
    world.socket.open();
    expect(log).toContain('lost 1 false');
  });

  it('in doubt are 1024 at most, and a mebibyte', () => {
    const lost = (messages: string[]): string | undefined => {
      const { world, socket, log } = open();
      for (const message of messages) socket.send(message);
      world.run(1000);
      world.socket.break();
      world.socket.open();
      return log.find((line) => line.startsWith('lost'));
    };
    expect(lost(Array<string>(1030).fill('x'))).toBe('lost 1024 false');
    expect(lost(Array<string>(5).fill('x'.repeat(2 ** 19)))).toBe('lost 3 false');
  });

  it('that have left the browser make room in the queue, those that it still has do not', () => {
    const { world, socket } = open({ queue: { maxMessages: 2, maxBytes: 10 } });
    for (let i = 0; i < 10; i++) socket.send('abc');
    expect(world.socket.messages).toHaveLength(10);
    world.socket.isStuck = true;
    socket.send('abc');
    socket.send('abc');
    expect(() => {
      socket.send('');
    }).toThrow('the queue is full (2 messages, 6 bytes)');
    world.socket.bufferedAmount = 0;
    expect(() => {
      socket.send('x'.repeat(11));
    }).toThrow('the queue is full');
  });

  it('in doubt are not dropped from a full queue', () => {
    const { world, socket, log } = open({
      queue: { maxMessages: 1, whenFull: 'drop-oldest' },
      sessionLost: 'resend',
    });
    socket.send('sent');
    world.run(1000);
    world.socket.break();
    socket.send('old');
    socket.send('new');
    world.socket.open();
    expect(world.socket.messages).toEqual(['sent', 'new']);
    expect(log).toEqual([...BROKEN, 'drop 1', 'lost 1 true', 'open']);
  });

  it('may end the socket if any is in doubt', () => {
    const { world, socket, log } = open({ sessionLost: 'close' });
    world.run(1000);
    world.socket.break();
    world.socket.open();
    socket.send('a');
    world.run(1000);
    world.socket.break();
    world.socket.open();
    expect(log.slice(2)).toEqual(['open', ...BROKEN, 'lost 1 false', ...BROKEN]);
    expect(world.socket.isClosed).toBe(true);
    expect(world.pending).toBe(0);
  });
});

describe('a server that can be asked', () => {
  it('is asked when a link opens, and the answer is not for the application', () => {
    const { world, socket, log } = open({ plain: asking });
    expect(world.socket.messages).toEqual(['ping']);
    world.run(40);
    world.socket.bring('pong');
    world.socket.bring('news');
    expect(socket.latency).toBe(40);
    expect(log).toEqual(['message news']);
  });

  it('answers with any message where nothing tells which', () => {
    const { world, socket, log } = open({ plain: { ping: 'ping' } });
    world.run(40);
    world.socket.bring('news');
    world.run(40);
    world.socket.bring('more');
    expect(socket.latency).toBe(40);
    expect(log).toEqual(['message news', 'message more']);
  });

  it('has ten seconds for its first answer', () => {
    const { world, log, reasons } = open({ plain: asking });
    world.run(9999);
    expect(log).toEqual([]);
    world.run(1);
    expect(log).toEqual(BROKEN);
    expect(reasons()).toEqual(['websocket-mute']);
    expect(world.sockets[0]?.isClosed).toBe(true);
  });

  it('is asked after a silence, and left if it says nothing for two seconds', () => {
    const { world, log, reasons } = open({ plain: { ...asking, pingInterval: 10_000 } });
    world.socket.bring('pong');
    world.run(5000);
    world.socket.bring('news');
    world.run(9999);
    expect(world.socket.messages).toHaveLength(1);
    world.run(1);
    expect(world.socket.messages).toHaveLength(2);
    expect(reasons()).toEqual(['link-silent']);
    world.run(1999);
    expect(log).toEqual(['message news']);
    world.run(1);
    expect(log.slice(1)).toEqual(BROKEN);
    expect(reasons().at(-1)).toBe('link-dead');
  });

  it('is asked every 25 seconds if nothing else is said', () => {
    const { world } = open({ plain: asking });
    world.socket.bring('pong');
    world.run(24_999);
    expect(world.socket.messages).toHaveLength(1);
    world.run(1);
    expect(world.socket.messages).toHaveLength(2);
  });

  it('is asked three seconds after a message, once for all that were sent', () => {
    const { world, socket } = open({ plain: asking });
    world.socket.bring('pong');
    socket.send('a');
    world.run(1000);
    socket.send('b');
    world.run(2000);
    expect(world.socket.messages).toEqual(['ping', 'a', 'b']);
    // The bytes take their time as well.
    world.run(1);
    expect(world.socket.messages).toEqual(['ping', 'a', 'b', 'ping']);
    world.socket.bring('pong');
    world.run(20_000);
    expect(world.socket.messages).toHaveLength(4);
  });

  it('is not asked again at once about what the browser still has', () => {
    const { world, socket } = open({ plain: { ping: 'ping' } });
    world.socket.isStuck = true;
    socket.send('a');
    for (let i = 0; i < 32; i++) {
      world.run(100);
      world.socket.bring('news');
    }
    expect(world.socket.messages).toEqual(['ping', 'a', 'ping']);
    world.socket.bring('news');
    world.run(2900);
    expect(world.socket.messages).toHaveLength(3);
  });

  it('has got what its answer came behind, and no more', () => {
    const { world, socket, log } = open({ plain: asking });
    world.socket.bring('pong');
    socket.send('a');
    world.run(3001);
    socket.send('b');
    world.socket.bring('pong');
    world.socket.break();
    world.socket.open();
    expect(log.slice(2)).toEqual(['lost 1 false', 'open']);
  });

  it('has three round trips for an answer where that is more, and the time that large messages take', () => {
    const { world, socket, log } = open({ plain: { ...asking, pingInterval: 10_000 } });
    world.run(1000);
    world.socket.bring('pong');
    world.run(10_000);
    world.run(2999);
    expect(log).toEqual([]);
    world.socket.bring('pong');
    socket.send('x'.repeat(64_000));
    world.run(5000);
    expect(world.socket.messages.at(-1)).toBe('ping');
    // Measured before: 2999 ms.
    world.run(8997 + 1999);
    expect(log).toEqual([]);
    world.run(1);
    expect(log).toEqual(BROKEN);
  });

  it('has more time for an answer behind what it says meanwhile', () => {
    const { world, log } = open({ plain: { ...asking, pingInterval: 10_000 } });
    world.socket.bring('pong');
    world.run(11_000);
    world.socket.bring('x'.repeat(32_000));
    world.run(7999);
    expect(log).toHaveLength(1);
    world.run(1);
    expect(log.slice(1)).toEqual(BROKEN);
  });

  it('that is not asked is never left for its silence', () => {
    const { world, socket, log, reasons } = open();
    socket.send('a');
    world.run(3_600_000);
    world.page('wake');
    world.run(3_600_000);
    expect(log).toEqual([]);
    expect(reasons()).toEqual(['page-back']);
    expect(world.pending).toBe(0);
  });
});

describe('a page', () => {
  it('that wakes looks at its link, which has a second for an answer', () => {
    const { world, log, reasons } = open({ plain: asking });
    world.socket.bring('pong');
    world.run(5000);
    world.page('wake');
    world.page('wake');
    expect(world.socket.messages).toEqual(['ping', 'ping']);
    world.run(999);
    expect(log).toEqual([]);
    world.run(1);
    expect(log).toEqual(BROKEN);
    expect(reasons()).toEqual(['page-back', 'page-back', 'link-dead']);
  });

  it('that wakes tries at once', () => {
    const { world } = start();
    world.socket.break();
    world.page('wake');
    expect(world.sockets).toHaveLength(2);
  });

  it('that is put aside has no link until it wakes', () => {
    const { world, socket, log, reasons } = open();
    world.page('sleep');
    expect(world.socket.isClosed).toBe(true);
    expect(log).toEqual(BROKEN);
    expect(reasons()).toEqual(['page-away']);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: Infinity });
    world.run(3_600_000);
    expect(world.sockets).toHaveLength(1);
    world.page('wake');
    expect(world.sockets).toHaveLength(2);
  });

  it('that is put aside ends a socket that may not come back', () => {
    const { world, log } = open({ reconnect: false });
    world.page('sleep');
    expect(log).toEqual(BROKEN);
    expect(world.listeners).toBe(0);
  });

  it('that ends leaves the goodbye to the browser, and tells nobody', () => {
    const { world, socket, log } = open({ plain: asking });
    world.page('end');
    expect(world.socket.isClosed).toBe(false);
    world.socket.end(1001);
    expect(log).toEqual([]);
    expect(socket.readyState).toBe(3);
    expect([world.pending, world.listeners]).toEqual([0, 0]);
  });
});

describe('close', () => {
  it('goes behind what was sent, and is over when the server says so', async () => {
    const { world, socket, log } = open();
    socket.send(new Blob(['last words']));
    socket.close(4000, 'mine');
    expect(world.socket.isClosed).toBe(false);
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(world.socket.messages).toHaveLength(1);
    expect(world.socket.goodbye).toEqual([4000, 'mine']);
    expect([socket.readyState, log]).toEqual([2, []]);
    world.socket.end(4000, 'theirs');
    expect(log).toEqual(['close 4000 theirs true']);
    expect([world.pending, world.listeners]).toEqual([0, 0]);
  });

  it('without a code says none', () => {
    const { world, socket, log } = open();
    socket.close();
    expect(world.socket.isClosed).toBe(true);
    expect(world.socket.goodbye).toEqual([]);
    world.socket.end(1005);
    expect(log).toEqual(['close 1005  true']);
  });

  it('is the end even if the link breaks, and begins no other', () => {
    const { world, socket, log } = open();
    world.run(2000);
    socket.close();
    world.socket.break();
    expect(log).toEqual(BROKEN);
    expect(world.sockets).toHaveLength(1);
    expect(world.pending).toBe(0);
  });

  it('fails after ten seconds, however silent the server is until then', () => {
    const { world, socket, log } = open({ plain: { ...asking, pingInterval: 1000 } });
    world.socket.bring('pong');
    socket.close();
    world.run(9999);
    expect(log).toEqual([]);
    world.run(1);
    expect(log).toEqual(BROKEN);
  });

  it('fails where there is no link, but not before it has returned', () => {
    for (const wasOpen of [false, true]) {
      const { world, socket, log } = start();
      if (wasOpen) {
        world.socket.open();
        socket.send('in doubt');
        world.run(2000);
        world.socket.break();
        log.length = 0;
      }
      socket.close();
      expect([socket.readyState, log]).toEqual([2, []]);
      world.socket.open();
      world.run(0);
      expect(log).toEqual(BROKEN);
      expect(world.socket.isClosed).toBe(true);
      expect(world.pending).toBe(0);
    }
  });
});

describe('reconnect', () => {
  it('replaces the link, and tells its end', () => {
    const { world, socket, log, reasons } = open();
    world.run(2000);
    socket.reconnect();
    expect(world.sockets.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(log).toEqual(BROKEN);
    expect(reasons()).toEqual(['websocket-died-young']);
  });

  it('does not wait, whatever it waits for', () => {
    const { world, socket } = start({ reconnect: () => 3_600_000 });
    world.socket.break();
    socket.reconnect();
    expect(world.sockets).toHaveLength(2);
    socket.reconnect();
    expect(world.sockets).toHaveLength(3);
    expect(world.sockets[1]?.isClosed).toBe(true);
  });
});

describe('an application that acts while it is told', () => {
  it('may reconnect when a link is lost', () => {
    const { world, socket, log } = open();
    socket.ondiagnostic = ({ diagnostic }) => {
      if (diagnostic.detail.startsWith('closed')) socket.reconnect();
    };
    world.run(2000);
    world.socket.break();
    expect(world.sockets).toHaveLength(2);
    expect(log).toEqual(BROKEN);
  });

  it('may close the socket when messages are in doubt, or a link is lost', () => {
    for (const type of ['sessionlost', 'close']) {
      const { world, socket, log } = open();
      socket.send('a');
      world.run(2000);
      socket.addEventListener(
        type,
        () => {
          socket.close();
        },
        { once: true },
      );
      world.socket.break();
      world.socket.open();
      world.run(0);
      expect(socket.readyState).toBe(3);
      expect(log.slice(2)).toEqual(type === 'close' ? BROKEN : ['lost 1 false', ...BROKEN]);
      expect(world.pending).toBe(0);
    }
  });

  it('may close, reconnect or send when it is open', () => {
    const { world, socket } = start({ plain: asking });
    socket.onopen = () => {
      socket.send('a');
      socket.reconnect();
    };
    world.socket.open();
    expect(world.sockets[0]?.messages).toEqual(['a']);
    socket.onopen = () => {
      socket.close(4000);
    };
    world.run(500);
    world.socket.open();
    expect(world.socket.goodbye).toEqual([4000, '']);
    expect(world.socket.messages).toEqual([]);
  });
});

it('has one WebSocket, one timer and one story at a time, and sends nothing twice, whatever happens', () => {
  const acts = ['send', 'open', 'bring', 'break', 'end', 'wake', 'sleep', 'offline', 'reconnect'] as const;
  const happening = fc.record({ act: fc.constantFrom(...acts), after: fc.integer({ min: 0, max: 12_000 }) });
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), fc.boolean(), (happenings, asks) => {
      const { world, socket, log } = start(asks ? { plain: asking } : {});
      const opened = new Set<unknown>();
      let sent = 0;
      for (const { act, after } of happenings) {
        const wire = world.socket;
        const isOpen = opened.has(wire) && !wire.isClosed;
        if (act === 'send') socket.send(String(++sent));
        if (act === 'open' && !opened.has(wire)) wire.open();
        if (act === 'open') opened.add(wire);
        if (act === 'bring' && isOpen) wire.bring(after % 2 ? 'pong' : 'news');
        if (act === 'break') wire.break();
        if (act === 'end' && isOpen) wire.end(1012);
        if (act === 'wake' || act === 'sleep') world.page(act);
        if (act === 'offline') world.online = !world.online;
        if (act === 'reconnect') socket.reconnect();
        world.run(act === 'send' ? 0 : after);
        expect(world.pending).toBeLessThanOrEqual(1);
        expect(world.sockets.slice(0, -1).filter(({ isClosed }) => !isClosed)).toEqual([]);
      }
      const told = log.filter((line) => /^(open|close)/.test(line)).map((line) => line.slice(0, 4));
      expect(told).toEqual(told.map((_, i) => (i % 2 ? 'clos' : 'open')));
      const messages = world.sockets.flatMap((each) => each.messages).filter((data) => data !== 'ping');
      expect(messages).toEqual(messages.map((_, i) => String(i + 1)));
    }),
  );
});
