/** A plain socket in a browser, on the plain WebSocket that a server of ours gives to whoever does not offer our subprotocol. */

import { once } from 'node:events';
import type { ServerSocket } from '@holdfast/server';
import { expect, test } from './support/fixtures.ts';

const plain = { plain: { ping: 'ping' } };

for (const [what, options] of [
  ['is not asked', { plain: true }],
  ['answers what it is asked', plain],
] as const) {
  test(`a link to a server that ${what} is lost, and another one carries what was said meanwhile`, async ({
    server,
    faultProxy,
    open,
  }) => {
    const received: string[] = [];
    server.app = (socket) =>
      socket.on('message', (data) => {
        received.push(String(data));
        socket.send(String(data));
      });
    const peer = await open(faultProxy, { ...options, reconnect: { minDelay: 20, maxDelay: 100 } });
    await peer.opened();
    await peer.handle.evaluate(({ socket }) => {
      socket.addEventListener('close', () => socket.send('meanwhile'), { once: true });
    });
    faultProxy.cut();
    await expect.poll(() => received).toContain('meanwhile');
    const events = await peer.events();
    expect(events.filter((event) => ['open', 'close'].includes(event))).toEqual(['open', 'close', 'open']);
    await peer.close(4001, 'genug für heute ✓');
    await peer.happened('close', 2);
    expect(await peer.handle.evaluate(({ socket }) => socket.state)).toMatchObject({
      name: 'closed',
      code: 4001,
      reason: 'genug für heute ✓',
    });
    expect(server.sockets).toEqual([]);
  });
}

test('a page that ends says so to a plain server', async ({ server, open, page }) => {
  const accepted: ServerSocket[] = [];
  server.app = (socket) => accepted.push(socket);
  const peer = await open(server, plain);
  await peer.opened();
  const closed = once(accepted[0]!, 'close');
  await page.goto('about:blank');
  expect((await closed)[0]).toBe(1001);
});
