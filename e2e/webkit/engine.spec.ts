/** Where WebKit is unlike the others, the socket is like itself. */

import { expect, test, transports } from '../support/fixtures.ts';

test('a WebSocket to a port that is forbidden, of which WebKit says an error and no close, ends all the same', async ({
  server,
  open,
}) => {
  // The page is of this server; the port is one of those that Fetch blocks (https://fetch.spec.whatwg.org/#port-blocking).
  await (await open(server)).opened();
  const forbidden = { url: 'http://127.0.0.1:6667' };
  for (const ways of [...transports.map((transport) => ({ transports: [transport] })), { plain: true }]) {
    const peer = await open(forbidden, { ...ways, reconnect: false });
    expect(await peer.closed()).toEqual({ code: 1006, reason: '', wasClean: false });
    expect(await peer.events()).toEqual(expect.arrayContaining(['error', 'close']));
  }
});

test('a forbidden port is tried again as any other', async ({ server, open }) => {
  await (await open(server)).opened();
  const reconnect = { minDelay: 1, maxDelay: 10 };
  const peer = await open({ url: 'http://127.0.0.1:6667' }, { reconnect });
  await peer.happened('state waiting', 3);
  expect(await peer.events()).not.toContain('close');
});

for (const transport of transports) {
  test(`a worker has a socket of its own, over ${transport}`, async ({ page, server }) => {
    await page.goto(server.url);
    const said = await page.evaluate(
      ([origin, name]) => {
        const script = `
          importScripts('${origin}/holdfast.min.js');
          const url = '${origin.replace('http:', 'ws:')}/live';
          const socket = new Holdfast.HoldfastSocket(url, [], { transports: ['${name}'] });
          const carried = new Promise((resolve) => {
            socket.ontransportchange = () => socket.transport === '${name}' && resolve();
          });
          socket.onopen = () => carried.then(() => socket.send('from a worker'));
          socket.onmessage = ({ data }) => postMessage(data);
        `;
        const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
        return new Promise<string>((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data as string);
          worker.onerror = ({ message }) => reject(new Error(message));
        });
      },
      [server.url, transport] as const,
    );
    expect(said).toBe('from a worker');
    expect(server.sockets.map((socket) => socket.transport)).toEqual([transport]);
  });
}
