/** HTTP that is loaded on demand: a page downloads it when a WebSocket does not get through, and not before. */

import type * as http from '@holdfast/client/http';
import type * as client from '@holdfast/client/websocket';
import { expect, test } from './support/fixtures.ts';

/** In a page: a socket of the entry for WebSocket, which loads HTTP from where the page came. */
async function openOnDemand(): Promise<string | undefined> {
  const from = (name: string): string => `/${name}.mjs`;
  const { HoldfastSocket, onDemand } = (await import(from('websocket'))) as typeof client;
  const socket = new HoldfastSocket('/live', [], {
    http: onDemand(() => import(from('http')) as Promise<typeof http>),
  });
  Object.assign(globalThis, { socket });
  await new Promise((resolve) => (socket.onopen = resolve));
  const answer = new Promise<MessageEvent>((resolve) => (socket.onmessage = resolve));
  socket.send('hello');
  return `${String((await answer).data)} over ${socket.transport}`;
}

test('is not loaded where a WebSocket opens', async ({ server, page }) => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(server.url);
  expect(await page.evaluate(openOnDemand)).toBe('hello over websocket');
  expect(loaded).toContain('/websocket.mjs');
  expect(loaded.filter((path) => path.includes('http'))).toEqual([]);
});

test('is loaded where upgrades are refused, and opens the socket', async ({ faultProxy, page }) => {
  faultProxy.set({ upgrade: 'refuse' });
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(faultProxy.url);
  expect(await page.evaluate(openOnDemand)).toMatch(/^hello over (streaming|polling)$/);
  expect(loaded).toContain('/http.mjs');
});

test('is loaded beside a WebSocket that nobody answers', async ({ faultProxy, page }) => {
  faultProxy.set({ upgrade: 'swallow' });
  await page.goto(faultProxy.url);
  expect(await page.evaluate(openOnDemand)).toMatch(/^hello over (streaming|polling)$/);
});
