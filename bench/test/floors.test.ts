/** What bars over HTTP are shown beside: it must carry every message, by no more requests than are needed. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Audience } from '../lib/audience.mjs';
import { barTable } from '../lib/bars.mjs';
import { benchOn } from '../lib/client.mjs';
import { echo, texts } from '../lib/messages.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { subjectOf } from '../subjects/index.mjs';
import type { RowResult } from '../types.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** A subject in this process, behind a proxy that counts. */
async function served(name: string) {
  const subject = subjectOf(name);
  const server = createServer();
  const all = await subject.serve(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startProxy((server.address() as AddressInfo).port, 0);
  cleanups.push(() => {
    proxy.close();
    server.close();
    server.closeAllConnections();
  });
  const broadcast = (text: string) => all!.broadcast(text);
  return { broadcast, proxy, bench: benchOn(await subject.connector(), proxy.port) };
}

describe.each(['bare-streaming', 'bare-polling', 'bare-streaming-fetch', 'bare-polling-fetch'])(
  '%s',
  (name) => {
    it('sends each message back, by one request', async () => {
      const { bench, proxy } = await served(name);
      const client = await bench.open();
      await echo(client, { size: 64, count: 1, window: 1 });
      const before = proxy.counts().requests;
      await echo(client, { size: 64, count: 20, window: 1 });
      // And one that was held, and may have been on its way.
      expect(proxy.counts().requests - before).toBeLessThanOrEqual(21);
      await client.close();
    });

    it('brings a broadcast to each client, and one that comes before they have asked again', async () => {
      const { bench, broadcast } = await served(name);
      const clients = [await bench.open(), await bench.open(), await bench.open()];
      const audience = new Audience(clients, 64);
      const text = texts(64);
      broadcast(text(0));
      broadcast(text(1));
      await audience.heard(2);
      broadcast(text(2));
      await audience.heard(3);
      await Promise.all(clients.map((client) => client.close()));
    });
  },
);

/** Ratios of a row, by subject. */
const result = (server: Readonly<Record<string, number>>): RowResult => ({
  measuredAt: '',
  rounds: 1,
  load: [0, 0],
  pinned: true,
  table: {
    '1,000 clients': Object.fromEntries(
      Object.entries(server).map(([subject, ratio]) => [subject, { server: { value: ratio, ratio } }]),
    ),
  },
});

it('shows beside a bar what is bare, where that was measured', () => {
  const own = { 'holdfast-polling-bare': 3.5 };
  const lines = (server: Readonly<Record<string, number>>) =>
    barTable({ 'broadcast-http': result(server) })
      .split('\n')
      .slice(2);
  expect(lines({ ...own, 'bare-polling': 2.75 })).toEqual([
    expect.stringMatching(/\| 3\.50 × `ws` \| \*\*not yet\*\*; bare `http`, held requests: 2\.75 × `ws` \|$/),
  ]);
  expect(lines(own)).toEqual([expect.stringMatching(/\| 3\.50 × `ws` \| \*\*not yet\*\* \|$/)]);
});
