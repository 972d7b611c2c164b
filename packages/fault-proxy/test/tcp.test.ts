import { once } from 'node:events';
import type { Server } from 'node:http';
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

it('falls silent in one direction for ever, some time after a connection began', async () => {
  const { proxy, server, upgraded } = await startUpgradingWorld();
  proxy.set({ halfOpen: { after: 20, direction: 'down' } });
  const asked = once(server, 'upgrade');
  const line = Line.upgrade(proxy.port);
  await asked;
  // What goes up arrives all the same, and what is answered is lost from some moment on.
  const socket = upgraded[0]!;
  let arrived = 0;
  socket.on('data', () => arrived++);
  for (let round = 1; ; round++) {
    const echoed = line.received.length;
    line.send(`${round} `);
    while (arrived < round) await once(socket, 'data');
    await settle(server);
    if (line.received.length === echoed) break;
  }
  expect(line.error).toBeUndefined();

  // New connections have their own time.
  proxy.clear();
  await Line.upgrade(proxy.port).has('welcome');
  expect(line.error).toBeUndefined();
});

it('silences live connections so long after the change of weather', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ halfOpen: { after: 60_000, direction: 'both' } });
  line.send('not yet');
  await line.has('not yet');
  proxy.set({ halfOpen: { after: 0, direction: 'both' } });
  while (!(await isSilent(line, server)));
  proxy.clear();
  expect(await isSilent(line, server)).toBe(true);
});

it('resets each connection by itself', async () => {
  const { proxy } = await startWorld();
  proxy.set({ resetAfter: 50 });
  const lines = Array.from({ length: 5 }, () => new Line(proxy.port));
  for (const line of lines) expect(await line.ended()).toBe('ECONNRESET');
});

it('resets a live connection, and none once the weather is clear', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ resetAfter: 600_000 });
  proxy.clear();
  await settle(server);
  expect(line.error).toBeUndefined();
  proxy.set({ resetAfter: 1 });
  expect(await line.ended()).toBe('ECONNRESET');
});

it('carries so many bytes a second, whoever they belong to', async () => {
  const { proxy } = await startWorld();
  proxy.set({ bandwidth: 100_000 });
  const body = 'x'.repeat(10_000);
  const startedAt = performance.now();
  const answers = await Promise.all([exchange(proxy.port, body), exchange(proxy.port, body)]);
  for (const answer of answers) expect(answer.body).toBe(body);
  // 20,000 bytes up before the last of them can come down, and heads; less what a late timer makes up for.
  expect(performance.now() - startedAt).toBeGreaterThan(200);
});

it('carries what waits at once when the line is free again', async () => {
  const { proxy, server } = await startUpgradingWorld();
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  proxy.set({ bandwidth: 10 });
  line.send(`${'x'.repeat(5000)}the end`);
  await settle(server);
  expect(line.received).not.toContain('the end');
  proxy.clear();
  await line.has('the end');
  expect(line.received).toHaveLength(line.received.indexOf('welcome') + 7 + 5007);
});

/** Whether what is sent does not come back. */
async function isSilent(line: Line, server: Server): Promise<boolean> {
  const { length } = line.received;
  line.send('hello?');
  await settle(server);
  return line.received.length === length;
}
