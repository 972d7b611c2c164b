/** Proxies that change what they pass: another version, fewer headers, their own answers. */

import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Line, begin, exchange, settle, startUpgradingWorld, startWorld } from './harness.ts';

/** A server that numbers its answers, and remembers what it was asked. */
async function startNumberingWorld() {
  const requests: IncomingMessage[] = [];
  const world = await startWorld((request, response) => {
    requests.push(request);
    request.resume();
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Custom', 'yes');
    response.end(`number ${requests.length}`);
  });
  return { ...world, requests };
}

it('holds the body of a response whose head has passed', async () => {
  let end = (): void => {};
  const { proxy, server } = await startWorld((_request, response) => {
    response.write('one ');
    end = () => response.end('two');
  });
  proxy.set({ responses: 'buffer-body' });
  const { response, chunks, text } = await begin(proxy.port);
  expect(response.statusCode).toBe(200);
  await settle(server);
  expect(chunks).toEqual([]);
  end();
  expect(await text).toBe('one two');
});

describe('HTTP/1.0', () => {
  it('asks and answers in it, and ends each connection', async () => {
    const { proxy, requests } = await startNumberingWorld();
    proxy.set({ http10: true });
    const line = new Line(proxy.port);
    line.send('POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\nhello');
    expect(await line.ended()).toBe('closed');
    expect(line.received).toMatch(/^HTTP\/1\.0 200 OK\r\n[^]*\r\nConnection: close\r\n\r\nnumber 1$/);
    expect(line.received).not.toMatch(/chunked/i);
    expect(requests[0]).toMatchObject({ httpVersion: '1.0', method: 'POST', url: '/a' });
  });

  it('passes each part of a body as it comes', async () => {
    let end = (): void => {};
    const { proxy } = await startWorld((request, response) => {
      request.on('data', (bytes) => response.write(bytes));
      end = () => response.end(', the end');
    });
    proxy.set({ http10: true });
    const { response, text } = await begin(proxy.port, 'the beginning');
    await once(response, 'data');
    expect(response.complete).toBe(false);
    end();
    expect(await text).toBe('the beginning, the end');
  });

  it('does not know an upgrade', async () => {
    const { proxy, upgraded } = await startUpgradingWorld();
    proxy.set({ http10: true });
    const line = Line.upgrade(proxy.port);
    expect(await line.ended()).toBe('closed');
    expect(line.received).toMatch(/^HTTP\/1\.0 200 /);
    expect(upgraded).toEqual([]);
  });

  it('gives up at the server when the browser does', async () => {
    let closed: Promise<unknown> | undefined;
    const { proxy } = await startWorld((_request, response) => {
      closed = once(response, 'close');
      response.write('on and on');
    });
    proxy.set({ http10: true });
    const { request } = await begin(proxy.port);
    request.destroy();
    await closed;
  });
});

it('answers 411 to a body in chunks, and takes one with its length', async () => {
  const { proxy, requests } = await startNumberingWorld();
  proxy.set({ demandLength: true });
  const line = new Line(proxy.port);
  line.send('POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n');
  await line.has('HTTP/1.1 411 Length Required');
  expect(requests).toEqual([]);
  expect((await exchange(proxy.port, 'whole')).status).toBe(200);
});

it('strips headers in both directions', async () => {
  const { proxy, requests } = await startNumberingWorld();
  proxy.set({ stripHeaders: true });
  const line = new Line(proxy.port);
  line.send(
    'POST / HTTP/1.1\r\nHost: here\r\nOrigin: http://here\r\nX-Mine: 1\r\nContent-Type: text/plain\r\nContent-Length: 1\r\n\r\nx',
  );
  await line.has('number 1');
  expect(Object.keys(requests[0]!.headers).sort()).toEqual(['connection', 'content-length', 'host']);
  expect(line.received).not.toMatch(/x-custom|cache-control/i);
});

it('strips the subprotocol of an upgrade', async () => {
  const { proxy, server } = await startUpgradingWorld();
  proxy.set({ stripHeaders: true });
  const asked = once(server, 'upgrade');
  const line = new Line(proxy.port);
  line.send(
    'GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Protocol: chat\r\n\r\n',
  );
  await line.has('welcome');
  const [{ headers }] = (await asked) as [IncomingMessage];
  expect(headers).toMatchObject({ upgrade: 'websocket', 'sec-websocket-key': 'k' });
  expect(headers).not.toHaveProperty('sec-websocket-protocol');
});

it('answers from a cache that goes by the URL alone', async () => {
  const { proxy, requests } = await startNumberingWorld();
  proxy.set({ cache: true });
  for (const [path, answer] of [
    ['/a', 'number 1'],
    ['/a', 'number 1'],
    ['/b', 'number 2'],
    ['/a', 'number 1'],
  ] as const) {
    expect((await exchange(proxy.port, 'body', { path })).body).toBe(answer);
  }
  expect(requests).toHaveLength(2);
  proxy.clear();
  expect((await exchange(proxy.port, '', { path: '/a' })).body).toBe('number 3');
});

it('keeps no answer that was cut short', async () => {
  let asked = 0;
  const { proxy } = await startWorld((_request, response) => {
    if (++asked > 1) response.end('whole');
    else response.write('some', () => response.socket?.resetAndDestroy());
  });
  proxy.set({ cache: true });
  await expect(begin(proxy.port).then(({ text }) => text)).rejects.toThrow();
  expect((await exchange(proxy.port)).body).toBe('whole');
});

it('is a captive portal, for upgrades too, until the weather clears', async () => {
  const { proxy, upgraded } = await startUpgradingWorld();
  proxy.set({ portal: true });
  const answer = await exchange(proxy.port, 'a body');
  expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/html' } });
  const line = Line.upgrade(proxy.port);
  expect(await line.ended()).toBe('closed');
  expect(line.received).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*Accept and connect/);
  expect(upgraded).toEqual([]);
  proxy.clear();
  expect((await exchange(proxy.port, 'a body')).body).toBe('a body');
});
