import { expect, it } from 'vitest';
import { Line, settle, startUpgradingWorld } from './harness.ts';

it('refuses an upgrade with 403, and the server never hears of it', async () => {
  const { proxy, upgraded } = await startUpgradingWorld();
  proxy.set({ upgrade: 'refuse' });
  const line = Line.upgrade(proxy.port);
  expect(await line.ended()).toBe('closed');
  expect(line.received).toMatch(/^HTTP\/1\.1 403 /);
  expect(upgraded).toEqual([]);
});

it('swallows an upgrade: no answer, and no end', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  proxy.set({ upgrade: 'swallow' });
  const line = Line.upgrade(proxy.port);
  await settle(server);
  expect(line.received).toBe('');
  expect(line.socket.readyState).toBe('open');
  expect(upgraded).toEqual([]);
  expect(proxy.stats.upgrades).toBe(1);

  line.socket.end();
  expect(await line.ended()).toBe('closed');
});

it('leaves live tunnels alone when upgrades are refused or swallowed', async () => {
  const { proxy } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ upgrade: 'refuse' });
  line.send('still here');
  await line.has('still here');
  proxy.set({ upgrade: 'swallow' });
  line.send('and here');
  await line.has('and here');
});

it('is mute after the 101, though the welcome came in one packet with it', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  proxy.set({ upgrade: 'mute' });
  const line = Line.upgrade(proxy.port, 'early');
  await line.has('\r\n\r\n');
  const arrived: string[] = [];
  upgraded[0]?.on('data', (bytes) => arrived.push(bytes.toString()));
  line.send('hello?');
  upgraded[0]?.write('hello!');
  await settle(server);
  expect(line.received).toMatch(/^HTTP\/1\.1 101 [^]*\r\n\r\n$/);
  expect(arrived).toEqual([]);
  expect(line.error).toBeUndefined();
});

it('falls mute in the middle, and stays so when the weather clears', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ upgrade: 'mute' });
  line.send('lost');
  await settle(server);
  proxy.clear();
  line.send('also lost');
  await settle(server);
  expect(line.received).toMatch(/welcome$/);
});

it('comes through a mute spell in which nothing was said', async () => {
  const { proxy } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ upgrade: 'mute' });
  proxy.clear();
  line.send('nothing was lost');
  await line.has('nothing was lost');
});

it('is mute on the way up alone', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  proxy.set({ upgrade: 'mute-up' });
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  line.send('lost');
  await settle(server);
  upgraded[0]?.write('from the server');
  await line.has('welcomefrom the server');
});

it('kills a tunnel some time after the 101', async () => {
  const { proxy } = await startUpgradingWorld();
  proxy.set({ upgrade: 'kill', killAfter: 50 });
  const startedAt = performance.now();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  expect(await line.ended()).toBe('ECONNRESET');
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49);
});

it('kills a live tunnel, and no longer once the weather is clear', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ upgrade: 'kill', killAfter: 60_000 });
  proxy.clear();
  await settle(server);
  expect(line.error).toBeUndefined();
  proxy.set({ upgrade: 'kill', killAfter: 1 });
  expect(await line.ended()).toBe('ECONNRESET');
});

it('passes a close through a mute tunnel', async () => {
  const { proxy, upgraded } = await startUpgradingWorld();
  proxy.set({ upgrade: 'mute' });
  const line = Line.upgrade(proxy.port);
  await line.has('\r\n\r\n');
  upgraded[0]?.end();
  expect(await line.ended()).toBe('closed');
});
