/** Node's responses as the core sees them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { nodeExchange, type Reply } from '../src/exchange.ts';

const REQUEST = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n';

/** A server that hands on its replies, and a client that sends bytes to it. */
async function start(sent: string, take: (reply: Reply) => void) {
  const http = createServer((request, response) => {
    take(nodeExchange(request, response).reply);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    http.close();
  });
  client.write(sent);
  return { http, client };
}

/** The fields of an answer, by their names. */
async function fieldsOf(sent: string, answer: (reply: Reply) => void): Promise<Record<string, string>> {
  const { client } = await start(sent, answer);
  let text = '';
  while (!text.includes('\r\n\r\n')) text += String(((await once(client, 'data')) as [Buffer])[0]);
  const [, ...lines] = (text.split('\r\n\r\n')[0] ?? '').split('\r\n');
  const fields = lines.map((line) => line.toLowerCase().split(': ') as [string, string]);
  return Object.fromEntries(fields.filter(([name]) => name !== 'date'));
}

const TYPE = { 'content-type': 'application/octet-stream' };
const whole = (reply: Reply): void => {
  reply.end(Buffer.from('abc'));
};

it('an answer that is whole says no more than what it is, and how long', async () => {
  expect(await fieldsOf(REQUEST, whole)).toEqual({ ...TYPE, 'content-length': '3' });
});

it('one that goes on tells all on its way to let it', async () => {
  const fields = await fieldsOf(REQUEST, (reply) => {
    reply.write(Buffer.from('abc'));
  });
  expect(fields).toMatchObject({
    ...TYPE,
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'transfer-encoding': 'chunked',
  });
});

it.each([
  ['of HTTP/1.0 that wants to keep its connection', '1.0', 'keep-alive', 'keep-alive'],
  ['that wants to close it', '1.1', 'close', 'close'],
])('tells a client %s what becomes of it', async (_, version, wanted, told) => {
  const request = `POST / HTTP/${version}\r\nHost: here\r\nConnection: ${wanted}\r\nContent-Length: 0\r\n\r\n`;
  expect(await fieldsOf(request, whole)).toMatchObject({ connection: told });
});

/** Two requests on one connection, of which the second is here before the first is answered. */
async function pipelined() {
  const replies: Reply[] = [];
  const { http, client } = await start(REQUEST + REQUEST, (reply) => replies.push(reply));
  while (replies.length < 2) await once(http, 'request');
  return { client, replies: replies as [Reply, Reply] };
}

it('a response that waited behind another one has room when all that it held is written', async () => {
  const { client, replies } = await pipelined();
  const [first, second] = replies;
  const left: number[] = [];
  second.onDrain(() => left.push(second.buffered));
  second.write(Buffer.alloc(1024 * 1024));
  expect(second.buffered).toBeGreaterThan(1024 * 1024);
  first.end();
  for (let arrived = 0; arrived < 1024 * 1024;) {
    const [bytes] = (await once(client, 'data')) as [Buffer];
    arrived += bytes.length;
  }
  second.end();
  await new Promise<void>((resolve) => {
    second.onClose(resolve);
  });
  expect(left).toEqual([0]);
});
