/** Requests of HTTP/2, which come as Node's compatibility objects. In the clear: what TLS adds is no business of ours. */
import { once } from 'node:events';
import { connect, createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { HoldfastServer } from '../src/server.ts';
import { body, echo } from './loopback.ts';

const ATTACH = 'attach a-session-of-22-chars_ 1 new -';

async function listen(): Promise<Http2Server> {
  const http = createServer((_request, response) => response.writeHead(404).end('not ours'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  return http;
}

/** A POST, and the whole answer. */
async function post(
  http: Http2Server,
  bytes: Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: unknown; text: string }> {
  const session = connect(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  onTestFinished(() => {
    session.destroy();
  });
  const request = session.request({ ':method': 'POST', ':path': '/live?holdfast=1.test', ...headers });
  request.end(bytes);
  const [answer] = (await once(request, 'response')) as [{ ':status'?: number }];
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return { status: answer[':status'], text: Buffer.concat(chunks).toString() };
}

it('answers them, and leaves others to the listeners', async () => {
  const http = await listen();
  const server = new HoldfastServer({ server: http, path: '/live' });
  server.on('connection', echo);
  const { status, text } = await post(http, body(ATTACH));
  expect([status, text]).toEqual([200, expect.stringContaining('welcome')]);
  expect(server.clients.size).toBe(1);
  expect(await post(http, body(ATTACH), { ':path': '/live' })).toEqual({ status: 404, text: 'not ours' });
});

it('knows the server’s own origin from others', async () => {
  const http = await listen();
  new HoldfastServer({ server: http, path: '/live' });
  const { port } = http.address() as AddressInfo;
  const own = await post(http, body(ATTACH), { origin: `http://127.0.0.1:${port}` });
  const other = await post(http, body(ATTACH), { origin: 'http://evil.example' });
  expect([own.status, other.status]).toEqual([200, 403]);
});

it('refuses a body that is too large without a warning of Node’s', async () => {
  const http = await listen();
  new HoldfastServer({ server: http, path: '/live' });
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const { status } = await post(http, new Uint8Array(4 * 1024 * 1024 + 1));
  expect(status).toBe(413);
  expect(warnings).toEqual([]);
});
