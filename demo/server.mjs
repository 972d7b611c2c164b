/**
 * `npm run demo`. Three things run behind the page: this server, which never fails and serves the page and its switches;
 * the fault proxy, through which everything between the page's HoldfastSocket and its server must go; and that server, in
 * a process of its own (`live.mjs`), so that it can really die.
 *
 *     page ── http://localhost:8080 ── this server
 *       └──── ws://127.0.0.1:… ── fault proxy ── live.mjs
 *
 * PORT chooses the page's port (0: any), LIVE_PORT the proxy's.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import { startFaultProxy } from '@holdfast/fault-proxy';
import { Control } from './control.mjs';
import { LiveProcess } from './live-process.mjs';
import { servePage } from './page.mjs';

const { PORT = '8080', LIVE_PORT = '0' } = process.env;

const page = createServer();
page.listen(Number(PORT), '127.0.0.1');
await Promise.race([once(page, 'listening'), once(page, 'error').then(([error]) => giveUp(error))]);
const port = /** @type {import('node:net').AddressInfo} */ (page.address()).port;

const live = await LiveProcess.start([`http://localhost:${port}`, `http://127.0.0.1:${port}`]);
const proxy = await startFaultProxy({
  target: live.port,
  port: Number(LIVE_PORT),
  onCut: (connections) => control.tell('cut', { connections }),
});
const control = new Control(proxy, live);

/** @type {import('node:http').RequestListener} */
const listener = (request, response) => {
  if (!control.serve(request, response)) servePage(request, response, proxy.port);
};
page.on('request', listener);

// Where `localhost` means ::1 first, the browser should not have to find out that nobody is there.
const page6 = createServer(listener);
page6.on('error', () => undefined);
page6.listen(port, '::1');

console.log(`Holdfast demo: http://localhost:${port}`);

/** @param {NodeJS.ErrnoException} error */
function giveUp(error) {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(`Port ${PORT} is taken; choose another one: PORT=8081 npm run demo`);
  process.exit(1);
}
