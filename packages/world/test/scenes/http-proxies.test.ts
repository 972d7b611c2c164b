/** What proxies do to requests and responses. */
import type { HoldfastOptions } from '@holdfast/client';
import { describe, expect, it } from 'vitest';
import type { Weather } from '../../src/index.ts';
import { listen, start } from './scene.ts';

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

  it('sends on from where it was, on the next transport, what was half sent', () => {
    const { world, socket, talk } = start(options, { maxBody: 4096, latency: 100 });
    const received = listen(world);
    talk.pass(5000);
    socket.send('x'.repeat(100_000));
    for (let i = 0; i < 5; i++) {
      talk.pass(2000);
      socket.reconnect();
    }
    talk.pass(30_000);
    expect(received.map((text) => text.length)).toEqual([100_000]);
    const sent = world.network.requests.filter(({ body }) => body.length > 2000 && body.length < 4096);
    // 33 are enough for the message; begun anew each time it would take 99.
    expect(sent.length).toBeLessThan(60);
  });

  it.each([
    [64, 2],
    [9, 6],
  ])('learns how much a proxy takes that refuses more than %i KiB without a word', (kib, times) => {
    const { world, socket, talk } = start(options, { maxBody: kib * 1024, unread: true });
    const received = listen(world);
    // It rides along with the attach, as far as it may.
    socket.send('x'.repeat(300_000));
    talk.pass(5000);
    expect(received.map((text) => text.length)).toEqual([300_000]);
    const refused = world.network.requests.filter(({ body }) => body.length > kib * 1024);
    expect(refused).toHaveLength(times);
    expect(socket.diagnostics.map(({ reason }) => reason)).toEqual(Array(times / 2).fill('bodies-limited'));
  });

  it('one that begins to hold responses back', () => {
    const { world, talk } = start(options);
    talk.run(100, 10);
    world.weather = { hold: Infinity };
    talk.run(500, 10);
    talk.settle(5000);
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

it('tries twice as much ten minutes after it learned how much a proxy takes', () => {
  const { world, socket, talk } = start({ transports: ['polling'] }, { maxBody: 20_000 });
  const received = listen(world);
  /** Bytes of the largest body of those that bring a message. */
  const largest = (bytes = 100_000): number => {
    const { length } = world.network.requests;
    socket.send('x'.repeat(bytes));
    talk.pass(3000);
    return Math.max(...world.network.requests.slice(length).map(({ body }) => body.length));
  };
  talk.pass(600_000);
  expect(largest()).toBeGreaterThan(60_000);
  expect(world.network.requests.filter(({ body }) => body.length > 20_000)).toHaveLength(2);
  expect(largest()).toBeLessThan(20_000);
  talk.pass(600_000);
  // Refused, and for ten minutes again.
  expect(largest()).toBeGreaterThan(20_000);
  expect(largest()).toBeLessThan(20_000);
  world.weather = { maxBody: Infinity };
  talk.pass(600_000);
  expect(largest()).toBeGreaterThan(20_000);
  expect(largest()).toBeGreaterThan(20_000);
  // Only what is used grows.
  talk.pass(600_000);
  socket.send('little');
  talk.pass(600_000);
  const { length } = world.network.requests;
  largest(300_000);
  expect(world.network.requests[length]?.body.length).toBeLessThan(40_000);
  expect(received.filter((text) => text.length >= 100_000)).toHaveLength(7);
});

it('does not spin for an acknowledgement that a full transport cannot take', () => {
  // Storm 5459: a transport that was full, with an acknowledgement due, was asked again and again at the same instant.
  const { world, socket, talk } = start({ transports: ['streaming'] });
  talk.run(10, 10);
  talk.pass(2000);
  world.network.silence('up');
  socket.send('x'.repeat(2_000_000));
  // As many as are acknowledged at once.
  for (let i = 0; i < 512; i++) world.accepted[0]?.send(talk.down.next());
  expect(() => {
    talk.pass(1200);
  }).not.toThrow();
  expect(talk.down.isEven).toBe(true);
});
