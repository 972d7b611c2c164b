import { expect, it } from 'vitest';
import { Line, begin, exchange, settle, startUpgradingWorld, startWorld } from './harness.ts';

it('delays both directions', async () => {
  const { proxy } = await startWorld();
  proxy.set({ delay: 40 });
  const startedAt = performance.now();
  await exchange(proxy.port);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(80);
});

it('keeps the order when a delay becomes shorter', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ delay: 300 });
  line.send('first');
  await settle(server);
  proxy.set({ delay: 0 });
  line.send('second');
  await line.has('second');
  expect(line.received).toMatch(/firstsecond$/);
});

it('cuts every live connection now, with a reset on both sides', async () => {
  const cuts: number[] = [];
  const { proxy, server } = await startWorld((_request, response) => response.flushHeaders(), {
    onCut: (connections) => cuts.push(connections),
  });
  const serverSide = new Promise((resolve) =>
    server.once('request', (request) => request.once('error', resolve)),
  );
  const { text } = await begin(proxy.port);
  const idle = new Line(proxy.port);
  await settle(server);

  expect(proxy.cut()).toBe(2);
  await expect(text).rejects.toThrow('aborted');
  expect(await idle.ended()).toBe('ECONNRESET');
  expect(await serverSide).toMatchObject({ code: 'ECONNRESET' });
  expect(cuts).toEqual([2]);
});

it('carries new connections after a cut', async () => {
  const { proxy } = await startWorld();
  proxy.cut();
  expect((await exchange(proxy.port, 'again')).body).toBe('again');
});

it('cuts past what is still on the way', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ delay: 10_000 });
  line.send('never to arrive');
  await settle(server);
  proxy.cut();
  expect(await line.ended()).toBe('ECONNRESET');
});

it('cuts every so often, until told otherwise', async () => {
  const { proxy, server } = await startUpgradingWorld();
  proxy.set({ cutEvery: 4 });
  for (let cut = 0; cut < 3; cut++) {
    const line = Line.upgrade(proxy.port);
    expect(await line.ended()).toBe('ECONNRESET');
  }
  proxy.set({ cutEvery: false });
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  await settle(server);
  expect(line.error).toBeUndefined();
});

it('is silent both ways without a FIN, and carries on where it was', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  const arrived: string[] = [];
  upgraded[0]?.on('data', (bytes) => arrived.push(bytes.toString()));

  proxy.set({ silent: 'both' });
  line.send('up');
  upgraded[0]?.write('down');
  await settle(server);
  expect(arrived).toEqual([]);
  expect(line.received).toMatch(/welcome$/);

  proxy.set({ silent: false });
  await line.has('downup');
  expect(line.error).toBeUndefined();
});

it('keeps even the end of a connection to itself while it is silent', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  const lines = [Line.upgrade(proxy.port), Line.upgrade(proxy.port)];
  await Promise.all(lines.map((line) => line.has('welcome')));
  const ended: string[] = [];
  for (const socket of upgraded) {
    socket.on('end', () => ended.push('end'));
    socket.on('error', () => ended.push('error'));
  }
  proxy.set({ silent: 'both' });
  lines[0]?.socket.end();
  lines[1]?.socket.resetAndDestroy();
  await settle(server);
  expect(ended).toEqual([]);
});

it('is silent in one direction alone', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');

  proxy.set({ silent: 'up' });
  line.send('held on the way up');
  upgraded[0]?.write('and down it goes');
  await line.has('and down it goes');
  await settle(server);
  expect(line.received).not.toContain('held on the way up');

  const arrived = new Promise((resolve) => upgraded[0]?.once('data', resolve));
  proxy.set({ silent: 'down' });
  await arrived;
  await settle(server);
  expect(line.received).not.toContain('held on the way up');
  proxy.set({ silent: false });
  await line.has('held on the way up');
});

it('makes the sender feel a long silence', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ silent: 'up' });
  const lots = 64 * 1024 * 1024;
  line.send('x'.repeat(lots));
  await settle(server);
  expect(line.socket.writableLength).toBeGreaterThan(0);
});

it('forgets live connections for ever, and carries new ones', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const old = Line.upgrade(proxy.port);
  await old.has('welcome');
  expect(proxy.forget()).toBe(1);
  old.send('hello?');

  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.clear();
  await settle(server);
  expect(old.received).toMatch(/welcome$/);
  expect(old.error).toBeUndefined();
});
