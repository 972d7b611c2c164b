import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { clearWeather, startFaultProxy, type Faults } from '@holdfast/fault-proxy';
import { Line, begin, exchange, portOf, startUpgradingWorld, startWorld, stop } from './harness.ts';

describe('in clear weather', () => {
  it('passes requests and answers as they are', async () => {
    const { proxy } = await startWorld((request, response) => {
      response.writeHead(201, 'Made', {
        'X-Request': `${request.method} ${request.url} ${request.headers.host}`,
      });
      request.pipe(response);
    });
    const answer = await exchange(proxy.port, 'grüße', { method: 'PUT', path: '/a?b=c' });
    expect(answer.status).toBe(201);
    expect(answer.headers['x-request']).toBe(`PUT /a?b=c 127.0.0.1:${proxy.port}`);
    expect(answer.body).toBe('grüße');
  });

  it('passes the head and each part of a response as they come', async () => {
    const { proxy } = await startWorld((_request, response) => {
      response.flushHeaders();
      response.write('one');
    });
    const { response } = await begin(proxy.port);
    await new Promise((resolve) => response.once('data', resolve));
    expect(response.complete).toBe(false);
  });

  it('tells the server that the browser has given up', async () => {
    let closed: Promise<unknown> | undefined;
    const { proxy } = await startWorld((_request, response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      response.flushHeaders();
    });
    const { request } = await begin(proxy.port);
    request.destroy();
    await closed;
  });

  it('resets the browser when the server dies in the middle of a response', async () => {
    const { proxy } = await startWorld((_request, response) => {
      response.writeHead(200, { 'Content-Length': 100 });
      response.write('some', () => response.socket?.resetAndDestroy());
    });
    const { text } = await begin(proxy.port);
    await expect(text).rejects.toThrow('aborted');
  });

  it('carries an upgraded connection both ways, from its first byte to its end', async () => {
    const { proxy, upgraded } = await startUpgradingWorld();
    const line = Line.upgrade(proxy.port, 'early');
    await line.has('\r\n\r\nwelcomeearly');
    line.send('late');
    await line.has('late');
    upgraded[0]?.end('bye');
    expect(await line.ended()).toBe('closed');
    expect(line.received).toMatch(/latebye$/);
  });

  it('passes a refusal of the upgrade by the server', async () => {
    const { proxy, server } = await startWorld();
    server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 426 Upgrade Required\r\n\r\nno'));
    proxy.set({ upgrade: 'mute' });
    const line = Line.upgrade(proxy.port);
    expect(await line.ended()).toBe('closed');
    expect(line.received).toBe('HTTP/1.1 426 Upgrade Required\r\n\r\nno');
  });

  it('answers 502 while there is no server', async () => {
    const { proxy, server } = await startWorld();
    await stop(server);
    expect((await exchange(proxy.port)).status).toBe(502);
    const line = Line.upgrade(proxy.port);
    await line.has('HTTP/1.1 502');
    expect(await line.ended()).toBe('closed');
  });
});

it('counts what passes', async () => {
  const { proxy } = await startUpgradingWorld();
  await exchange(proxy.port, 'a body');
  const line = Line.upgrade(proxy.port);
  await line.has('welcome');
  const { bytesUp, bytesDown, ...counts } = proxy.stats;
  expect(counts).toEqual({ connectionsOpened: 2, connectionsOpen: 1, requests: 1, upgrades: 1 });
  expect(bytesUp).toBeGreaterThan(100);
  expect(bytesDown).toBeGreaterThan(100);
});

it('changes the named faults, and clears them all', async () => {
  const { proxy } = await startWorld();
  proxy.set({ delay: 5 });
  proxy.set({ responses: 'buffer' });
  expect(proxy.faults).toEqual({ ...clearWeather, delay: 5, responses: 'buffer' });
  proxy.clear();
  expect(proxy.faults).toEqual(clearWeather);
});

it('refuses a fault that does not exist', async () => {
  const { proxy } = await startWorld();
  expect(() => proxy.set({ uprade: 'refuse' } as Partial<Faults>)).toThrow('No fault is called "uprade"');
});

it('listens on the port that it is given, and rejects when that is taken', async () => {
  const { proxy, server } = await startWorld();
  await expect(startFaultProxy({ target: portOf(server), port: proxy.port })).rejects.toThrow('EADDRINUSE');
  const { port } = proxy;
  await proxy.close();
  const again = await startFaultProxy({ target: { host: 'localhost', port: portOf(server) }, port });
  expect(again.port).toBe(port);
  expect((await exchange(port, 'hello')).body).toBe('hello');
  await again.close();
});

it('closes with connections open in any weather', async () => {
  const { proxy } = await startUpgradingWorld();
  const lines = [Line.upgrade(proxy.port), Line.upgrade(proxy.port)];
  await Promise.all(lines.map((line) => line.has('welcome')));
  proxy.set({ silent: 'both' });
  lines[0]?.socket.resetAndDestroy();
  await proxy.close();
  expect(await lines[1]?.ended()).toBe('ECONNRESET');
});

it('survives a browser that speaks no HTTP', async () => {
  const { proxy } = await startWorld();
  const line = new Line(proxy.port);
  line.send('\u0016\u0003\u0001 not HTTP at all\r\n\r\n');
  await line.ended();
  expect((await exchange(proxy.port, 'still here')).body).toBe('still here');
});

it('survives a server that speaks no HTTP', async () => {
  const babbler = createServer((socket) => {
    socket.on('error', () => {});
    socket.resume().end('what?\r\n\r\n');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => babbler.once('listening', resolve));
  const proxy = await startFaultProxy({ target: (babbler.address() as { port: number }).port });
  expect((await exchange(proxy.port)).status).toBe(502);
  await proxy.close();
  await new Promise((resolve) => babbler.close(resolve));
});
