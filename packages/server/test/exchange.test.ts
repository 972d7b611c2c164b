/** Node's responses as the core sees them. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { nodeExchange, type Reply } from '../src/exchange.ts';

const REQUEST = 'POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n';

/** Two requests on one connection, of which the second is here before the first is answered. */
async function pipelined() {
  const replies: Reply[] = [];
  const http = createServer((request, response) => replies.push(nodeExchange(request, response).reply));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const client = connect((http.address() as AddressInfo).port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    http.close();
  });
  client.write(REQUEST + REQUEST);
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
