/** Who answers at an address, and whom the server lets in. */
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { summarize } from '@holdfast/doctor';
import { HoldfastServer } from '@holdfast/server';
import { WebSocketServer } from 'ws';
import { nodeEnvironment } from '../src/node.ts';
import { examine, intercept, listen, listOf, open, urlOf } from './hospital.ts';

describe.concurrent('the doctor says', () => {
  test('that nobody listens', async (context) => {
    const http = await listen(context);
    const url = urlOf(http);
    const closed = once(http, 'close');
    http.close();
    await closed;
    const found = await examine(url);
    expect(found.server.words).toMatch(/No server answers over HTTP: .* failed: nobody listens there/);
    expect(found.upgrade.words).toMatch(/failed after .* as requests do/);
    expect(found.upgrade.advice).toBeUndefined();
    expect(summarize(listOf(found))).toMatchObject({
      transport: undefined,
      words: 'Holdfast cannot connect from here.',
    });
  });

  test('that TLS is not spoken where it was expected', async (context) => {
    const { url } = await open(context);
    const found = await examine(url.replace('ws:', 'wss:'));
    expect(found.server.words).toMatch(/no TLS is spoken there/);
  });

  test('that the path is wrong', async (context) => {
    const { url } = await open(context);
    const found = await examine(url.replace('/live', '/elsewhere'));
    expect(found.server.words).toMatch(/No Holdfast server: .*answered 404/);
    expect(found.server.advice?.[0]).toMatch(/path/);
  });

  test('that the server is one of plain WebSockets', async (context) => {
    const http = await listen(context);
    const plain = new WebSocketServer({ server: http, handleProtocols: () => false });
    context.onTestFinished(() => {
      plain.close();
    });
    const found = await examine(urlOf(http));
    expect(found.upgrade.words).toMatch(/does not speak holdfast\.1: it is no Holdfast server/);
  });

  test('that the server is something else that answers 200', async (context) => {
    const http = await listen(context, (_request, response) => void response.end('{"status":"fine"}'));
    const found = await examine(urlOf(http));
    expect(found.server.words).toMatch(/Not a Holdfast server: .* none of the protocol/);
  });

  test('where a redirect leads', async (context) => {
    const http = await listen(context, (_request, response) => {
      response.writeHead(302, { location: 'https://app.example/live' }).end();
    });
    const found = await examine(urlOf(http));
    expect(found.server.words).toMatch(/redirects to https:\/\/app\.example\/live/);
  });

  test('that only the proxy is there, and which one', async (context) => {
    const http = await listen(context, (_request, response) => {
      response.writeHead(502, { server: 'nginx/1.22.1', 'content-type': 'text/html' });
      response.end('<html><title>502 Bad Gateway</title></html>');
    });
    const found = await examine(urlOf(http));
    expect(found.server.words).toMatch(/answered 502 by nginx/);
    expect(found.server.advice?.[0]).toMatch(/the server behind it is not/);
  });

  test('that the line does not speak HTTP', async (context) => {
    const tcp = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('220 mail.example ESMTP\r\n');
    });
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    context.onTestFinished(() => void tcp.close());
    const found = await examine(`ws://127.0.0.1:${(tcp.address() as AddressInfo).port}/live`);
    expect(found.server.verdict).toBe('broken');
    expect(found.upgrade.verdict).toBe('broken');
  });

  test('that a token is needed, and is content with the right one', async (context) => {
    const { url } = await open(
      context,
      {},
      { authenticate: (_: unknown, auth: string) => auth === 'open sesame' && 'the doctor' },
    );
    const without = await examine(url);
    expect(without.server.words).toMatch(/does not let the doctor in: 3000 Unauthorized/);
    expect(without.upgrade.words).toMatch(/does not let the doctor in: 3000/);
    const withIt = await examine(url, { auth: 'open sesame' });
    expect(withIt.server.verdict).toBe('ok');
    expect(withIt.frames.verdict).toBe('ok');
    expect(withIt.streaming.verdict).toBe('ok');
  });

  test('which origins may come in', async (context) => {
    const { url } = await open(context, {}, { origins: ['https://app.example'] });
    const welcome = await examine(url, {}, nodeEnvironment('https://app.example'));
    expect(welcome.cors).toMatchObject({ verdict: 'ok', measured: { allowed: 'https://app.example' } });
    const stranger = await examine(url, {}, nodeEnvironment('https://other.example'));
    expect(stranger.server.words).toMatch(/lets in no page of https:\/\/other\.example/);
    expect(stranger.cors.words).toMatch(/refuses the pages of https:\/\/other\.example/);
    expect(stranger.upgrade.words).toMatch(/answered 403/);
    expect(stranger.upgrade.advice?.[0]).toMatch(/origins/);
  });

  test('that a proxy takes the CORS headers away', async (context) => {
    const { url } = await open(context, { stripHeaders: true }, { origins: '*' });
    const found = await examine(url, {}, nodeEnvironment('https://app.example'));
    expect(found.server.verdict).toBe('ok');
    expect(found.cors.words).toMatch(/has no Access-Control-Allow-Origin/);
    expect(summarize(listOf(found)).transport).toBeUndefined();
  });

  test('that requests reach servers that do not know the session', async (context) => {
    const nodes = [new HoldfastServer({ noServer: true }), new HoldfastServer({ noServer: true })];
    let turn = 0;
    const balancer = await listen(context, (request, response) => {
      nodes[turn++ % 2]!.handleRequest(request, response);
    });
    context.onTestFinished(() => {
      for (const node of nodes) node.close();
    });
    const found = await examine(urlOf(balancer));
    expect(found.requests.words).toBe('4 of 8 requests came to a server that does not know the session.');
    expect(found.requests.advice?.[0]).toMatch(/always to the same one/);
  });

  test('which cookies are set, and sends them along', async (context) => {
    const { http, url } = await open(context);
    const sent: (string | undefined)[] = [];
    http.prependListener('upgrade', ({ headers }) => sent.push(headers.cookie));
    intercept(http, (_request, response) => {
      response.setHeader('set-cookie', 'NODE=node1; Path=/; HttpOnly');
      return false;
    });
    const { cookies } = await examine(url);
    expect(cookies).toMatchObject({ verdict: 'ok', measured: { names: ['NODE'] } });
    expect(sent).toEqual(['NODE=node1']);
  });

  test('whose limit on bodies it is', async (context) => {
    const { http, url } = await open(context);
    intercept(http, (request, response) => {
      if (Number(request.headers['content-length']) <= 20_000) return false;
      request.resume();
      response.writeHead(413, { 'content-type': 'text/plain' }).end('a body has 20000 bytes at most');
      return true;
    });
    const { bodies } = await examine(url);
    expect(bodies.words).toMatch(
      /16 KiB come through, a body of 32 KiB was answered 413, by the Holdfast server/,
    );
    expect(bodies.measured).toMatchObject({ passed: 16_384, refused: 32_768, by: 'server' });
  });
});
