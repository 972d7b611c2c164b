/** Scenes in the simulated world: real client, real server, a clock that is told what time it is. */
import type { HoldfastOptions } from '@holdfast/client';
import type { HoldfastServerOptions } from '@holdfast/server';
import { describe, expect, it } from 'vitest';
import { Conversation, World, type Weather } from '../src/index.ts';

const start = (
  options: HoldfastOptions = {},
  weather: Partial<Weather> = {},
  server: HoldfastServerOptions = {},
) => {
  const world = new World(1, server);
  world.weather = weather;
  const socket = world.client(options);
  const talk = new Conversation(world, socket);
  const log: string[] = [];
  for (const type of ['open', 'error', 'close', 'sessionlost'] as const) {
    socket.addEventListener(type, () => log.push(type));
  }
  socket.addEventListener('transportchange', ({ transport }) => log.push(transport ?? 'none'));
  return { world, socket, talk, log };
};

describe('opening', () => {
  it('opens over WebSocket in two round trips, TCP included', () => {
    const { world, socket, log } = start();
    world.clock.runUntil(() => socket.readyState === 1, 1000);
    expect(world.clock.now()).toBe(40);
    expect(log).toEqual(['open', 'websocket']);
  });

  it.each(['refuse', 'swallow', 'mute'] as const)(
    'is open within the fallback delay and two round trips: %s',
    (upgrade) => {
      const { world, socket, talk } = start({ fallbackDelay: 300 }, { upgrade });
      world.clock.runUntil(() => socket.readyState === 1, 340);
      expect(socket.transport).toBe('polling');
      talk.run(100, 10);
      talk.settle();
      expect(socket.transport).toBe('streaming');
    },
  );

  it('moves to HTTP when a proxy passes nothing of what we send', () => {
    const { world, socket, talk } = start({ fallbackDelay: 300 }, { upgrade: 'mute-up' });
    world.clock.runUntil(() => socket.readyState === 1, 100);
    expect(socket.transport).toBe('websocket');
    talk.run(200, 10);
    talk.settle();
    expect(socket.transport).toBe('streaming');
  });

  it('sends what was queued with the request that opens', () => {
    const { world, socket } = start({ transports: ['polling'] });
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    socket.send('first');
    world.clock.run(21);
    expect(received).toEqual(['first']);
  });
});

describe('moving', () => {
  it('goes back to WebSocket once the proxy lets it through, losing nothing', () => {
    const { world, socket, talk, log } = start({}, { upgrade: 'refuse' });
    talk.run(100, 10);
    expect(socket.transport).toBe('streaming');
    world.weather = { upgrade: 'pass' };
    talk.run(2000, 10);
    talk.settle();
    expect(socket.transport).toBe('websocket');
    expect(log.filter((name) => name === 'open')).toHaveLength(1);
  });

  it('moves a slow WebSocket in that HTTP has overtaken', () => {
    const { world, socket, talk } = start({ fallbackDelay: 10 }, { latency: 200 });
    talk.run(100, 20);
    talk.settle();
    expect(socket.transport).toBe('websocket');
    expect(world.network.traffic.upgrades).toBe(1);
  });

  it('stays on HTTP undisturbed while upgrades stay mute', () => {
    const { talk, log } = start({}, { upgrade: 'mute' });
    talk.run(6000, 10);
    talk.settle();
    expect(log).toEqual(['open', 'polling', 'streaming']);
  });
});

describe.each<[string, HoldfastOptions]>([
  ['WebSocket', { transports: ['websocket'] }],
  ['streaming', { transports: ['streaming'] }],
  ['polling', { transports: ['polling'] }],
  ['all', {}],
])('nothing is lost, doubled or reordered over %s', (_, options) => {
  it('when connections are cut at random', () => {
    const { world, talk } = start(options, { jitter: 30 });
    for (let i = 0; i < 40; i++) {
      talk.run(world.random.between(1, 40), 10);
      world.network.cut();
    }
    talk.settle();
  });

  it('when the network goes silent and comes back', () => {
    const { world, talk } = start(options);
    talk.run(50, 10);
    world.network.silence('both');
    talk.run(700, 10);
    world.network.speak();
    talk.run(50, 10);
    talk.settle();
  });

  it('when every link dies in silence', () => {
    const { world, talk } = start(options);
    for (let i = 0; i < 5; i++) {
      talk.run(100, 10);
      world.network.silence('both');
      talk.run(100, 10);
      world.network.cut();
      world.network.speak();
    }
    talk.settle();
  });

  it('when only one direction goes silent', () => {
    const { world, talk } = start(options);
    for (const direction of ['up', 'down'] as const) {
      talk.run(100, 10);
      world.network.silence(direction);
      talk.run(1000, 10);
      world.network.speak();
    }
    talk.settle();
  });
});

describe.each<[string, HoldfastOptions]>([
  ['streaming', { transports: ['streaming', 'polling'] }],
  ['polling', { transports: ['polling'] }],
])('HTTP proxies cannot break %s', (_, options) => {
  it.each<[string, Partial<Weather>]>([
    ['delivers every POST twice', { doubled: 1 }],
    ['loses the answers to a fifth of the requests', { unanswered: 0.2 }],
    ['answers 503 to a fifth of the requests', { busy: 0.2 }],
    ['ends every request after two seconds', { maxRequestTime: 2000 }],
    ['holds every response to its end', { hold: Infinity }],
    ['passes responses in blocks of 4 KiB', { hold: 4096 }],
    ['takes no body above 2 KiB', { maxBody: 2048 }],
  ])('one that %s', (_name, weather) => {
    const { talk } = start(options, weather);
    talk.run(500, 10);
    talk.settle();
  });

  it.each<[string, Partial<Weather>]>([
    ['fail now and then', { unanswered: 0.1 }],
    ['are answered 503 now and then', { busy: 0.1 }],
    ['are ended after two seconds', { maxRequestTime: 2000 }],
  ])('requests that %s are repeated, without another attach', (_name, weather) => {
    const { socket, talk, log } = start(options);
    talk.run(10, 10);
    const name = socket.transport;
    talk.world.weather = weather;
    talk.run(500, 10);
    talk.settle();
    expect(log.filter((entry) => entry === 'none')).toEqual([]);
    expect(name).toBeDefined();
  });

  it('cuts a message smaller than any body that a proxy takes', () => {
    const { world, socket, talk, log } = start(options, { maxBody: 3000 });
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    const long = Array.from({ length: 5000 }, (_, i) => String(i)).join(' ');
    talk.pass(1000);
    socket.send(long);
    talk.pass(10_000);
    expect(received).toEqual([long]);
    expect(log).not.toContain('none');
  });

  it('one that begins to hold responses back', () => {
    const { world, talk } = start(options);
    talk.run(100, 10);
    world.weather = { hold: Infinity };
    talk.run(500, 10);
    talk.settle(5000);
  });
});

describe('ending', () => {
  it.each<HoldfastOptions>([
    { transports: ['websocket'] },
    { transports: ['polling'] },
    { transports: ['streaming'] },
  ])('delivers a close behind the data, across a cut: %j', (options) => {
    const { world, socket, talk } = start(options);
    const ends: unknown[] = [];
    world.onConnection = ((before) => (peer) => {
      before(peer);
      peer.on('close', (code, reason) => ends.push([code, String(reason), talk.up.received]));
    })(world.onConnection);
    socket.onclose = ({ code, reason, wasClean }) => ends.push([code, reason, wasClean]);
    talk.run(10, 10);
    world.network.cut();
    socket.send(talk.up.next());
    socket.close(4000, 'done');
    expect(socket.readyState).toBe(2);
    talk.pass(5000);
    expect(ends).toEqual([
      [4000, 'done', 11],
      [4000, 'done', true],
    ]);
  });

  it('tells the server application when the resume window has passed', () => {
    const { world, talk } = start();
    talk.run(10, 10);
    const ends: number[] = [];
    world.accepted[0]?.on('close', (code) => ends.push(code));
    world.network.silence('both');
    world.network.cut();
    talk.pass(120_000);
    expect(ends).toEqual([1006]);
  });

  it('leaves no timer behind', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    socket.close();
    talk.pass(200_000);
    expect(socket.readyState).toBe(3);
    expect(world.clock.pending).toBe(0);
    expect(world.network.connections).toBe(0);
  });
});

describe('a lost session', () => {
  const lose = (options: HoldfastOptions) => {
    const { world, socket, log } = start(options);
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    world.clock.run(200);
    world.network.silence('both');
    socket.send('sent');
    world.clock.run(10);
    world.stopServer();
    socket.send('unsent');
    const losses: number[] = [];
    socket.addEventListener('sessionlost', ({ unacknowledged }) => losses.push(unacknowledged));
    world.clock.run(1000);
    world.network.speak();
    world.startServer();
    world.clock.run(30_000);
    return { received, log, losses };
  };

  it('sends again what was never acknowledged, says so, and opens again', () => {
    const { received, log, losses } = lose({ transports: ['websocket'] });
    expect(losses).toEqual([1]);
    expect(received).toEqual(['sent', 'unsent']);
    expect(log.filter((name) => name === 'open')).toHaveLength(2);
  });

  it('discards it if told to, but never what was not sent', () => {
    const { received, losses } = lose({ transports: ['websocket'], sessionLost: 'discard' });
    expect(losses).toEqual([1]);
    expect(received).toEqual(['unsent']);
  });
});

it('notices a silence while an upgrade is tried', () => {
  const { world, talk, log } = start({}, { upgrade: 'swallow' });
  talk.run(300, 10);
  world.network.silence('both');
  talk.run(750, 10);
  expect(log).toContain('none');
});

describe('a page', () => {
  it('does not dial while offline, and dials at once when it is back', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    world.online = false;
    world.network.cut();
    const { upgrades, requests } = world.network.traffic;
    talk.pass(30_000);
    expect(world.network.traffic).toEqual({ upgrades, requests });
    expect(socket.state).toEqual({ name: 'waiting', retryIn: Infinity });
    world.online = true;
    world.page('wake');
    talk.pass(100);
    expect(socket.transport).toBe('websocket');
  });

  it('finds out within two seconds of waking that its link is dead', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    world.network.silence('both');
    talk.pass(1000);
    world.network.cut();
    world.network.speak();
    talk.run(10, 10);
    world.page('wake');
    talk.pass(2200);
    expect(socket.transport).toBe('websocket');
    talk.settle();
  });

  it('lets go when it is put aside, and goes on when it is shown again', () => {
    const { world, socket, talk } = start();
    talk.run(10, 10);
    world.page('sleep');
    talk.pass(100);
    expect(world.network.connections).toBe(0);
    talk.run(10, 1000);
    world.page('wake');
    talk.settle();
    expect(socket.transport).toBe('websocket');
  });
});

describe('the server', () => {
  it('does not begin an ended session again when its first request comes once more', () => {
    const { world, socket, talk } = start({ transports: ['polling'] });
    talk.run(10, 10);
    socket.close();
    talk.pass(1000);
    const opening = world.network.requests[0];
    expect(opening).toBeDefined();
    if (opening) world.network.repeat(opening);
    talk.pass(1000);
    expect(world.accepted).toHaveLength(1);
    expect(talk.up.received).toBe(10);
  });

  it('takes no message of a resume that it does not know', () => {
    const { world, socket, talk } = start({ transports: ['polling'] });
    const received: string[] = [];
    talk.run(1, 10);
    talk.pass(2000);
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    world.stopServer();
    world.startServer();
    socket.send('once');
    talk.pass(5000);
    expect(received).toEqual(['once']);
  });

  it('confirms a close again whose confirmation was lost', () => {
    const { world, socket, talk } = start({ transports: ['websocket'] });
    talk.run(10, 10);
    talk.settle();
    const ends: unknown[] = [];
    socket.onclose = ({ code, wasClean }) => ends.push([code, wasClean]);
    socket.close(4000);
    world.network.silence('down');
    talk.pass(1000);
    expect(world.accepted[0]?.readyState).toBe(3);
    world.network.cut();
    world.network.speak();
    talk.pass(5000);
    expect(ends).toEqual([[4000, true]]);
  });

  it('lets go of a silent client, and keeps its session', () => {
    const { world, talk } = start({ transports: ['websocket'] });
    talk.run(10, 10);
    world.network.silence('up');
    world.page('sleep');
    const [peer] = world.accepted;
    expect(peer?.transport).toBe('websocket');
    talk.pass(40_000);
    expect(peer?.transport).toBeUndefined();
    expect(peer?.readyState).toBe(1);
  });

  it('keeps what a slow reader has not taken within its bound, and says why it closes', () => {
    const { world, socket, talk } = start({}, {}, { maxBuffered: { maxMessages: 100 } });
    talk.run(10, 10);
    world.network.silence('down');
    const ends: unknown[] = [];
    socket.onclose = ({ code }) => ends.push(code);
    const peer = world.accepted[0];
    for (let i = 0; i <= 100 && peer?.readyState === 1; i++) peer.send('x');
    expect(peer?.readyState).toBe(3);
    world.network.cut();
    world.network.speak();
    talk.socket.onmessage = null;
    talk.pass(5000);
    expect(ends).toEqual([3950]);
  });
});

it('does not spin for an acknowledgement that a full transport cannot take', () => {
  // Storm 5459: a transport that was full, with an acknowledgement due, was asked again and again at the same instant.
  const { world, socket, talk } = start({ transports: ['streaming'] });
  talk.run(10, 10);
  talk.pass(2000);
  world.network.silence('up');
  socket.send('x'.repeat(2_000_000));
  world.accepted[0]?.send(talk.down.next());
  expect(() => {
    talk.pass(1200);
  }).not.toThrow();
  expect(talk.down.isEven).toBe(true);
});

describe('found by a review', () => {
  it('opens through a proxy that takes no large body, with much to say', () => {
    const { world, socket } = start({ transports: ['polling'] }, { maxBody: 100_000 });
    const received: string[] = [];
    world.onConnection = (peer) => peer.on('message', (data) => received.push(String(data)));
    const long = 'x'.repeat(300_000);
    socket.send(long);
    world.clock.run(3000);
    expect(received).toEqual([long]);
  });

  it('backs off when WebSockets are killed at once and HTTP is refused', () => {
    const { world } = start({}, { maxBody: 0 });
    world.onConnection = (peer) => {
      peer.terminate();
    };
    world.clock.run(10_000);
    expect(world.network.traffic.upgrades).toBeLessThan(20);
  });

  it.each<HoldfastOptions>([
    { transports: ['websocket'] },
    { transports: ['polling'] },
    { transports: ['streaming'] },
  ])('does not come back to a server that has dropped it, if it must not reconnect: %j', (options) => {
    const { world, socket, talk, log } = start({ ...options, reconnect: false });
    talk.run(10, 10);
    world.accepted[0]?.terminate();
    talk.pass(5000);
    expect(socket.readyState).toBe(3);
    expect(world.accepted).toHaveLength(1);
    expect(log.filter((name) => name === 'open')).toHaveLength(1);
  });

  it('keeps the session of a client that polls, however short the resume window', () => {
    const { world, talk, log } = start({ transports: ['polling'] }, {}, { resumeWindow: 3000 });
    talk.run(10, 10);
    talk.pass(120_000);
    expect(log).not.toContain('sessionlost');
    expect(world.accepted).toHaveLength(1);
  });

  it('goes on trying when the function that gives the token fails', () => {
    let calls = 0;
    const auth = (): string => {
      if (++calls < 3) throw new Error('no token yet');
      return 'token';
    };
    const { world, socket } = start({ auth });
    world.clock.run(5000);
    // A failed look-up is told in a microtask, which the virtual clock does not wait for.
    return Promise.resolve().then(async () => {
      for (let i = 0; i < 10 && socket.readyState !== 1; i++) {
        await Promise.resolve();
        await Promise.resolve();
        world.clock.run(5000);
      }
      expect(socket.readyState).toBe(1);
      expect(world.accepted[0]?.auth).toBe('token');
    });
  });

  it('keeps a stream for a message that takes its time', () => {
    const { world, socket, talk, log } = start({ transports: ['streaming'] }, { latency: 800 });
    let bytes = 0;
    socket.onmessage = ({ data }) => (bytes = (data as string).length);
    talk.pass(10_000);
    expect(socket.transport).toBe('streaming');
    world.accepted[0]?.send('x'.repeat(3_000_000));
    talk.pass(10_000);
    expect(bytes).toBe(3_000_000);
    expect(log.slice(log.indexOf('streaming'))).toEqual(['streaming']);
  });
});
