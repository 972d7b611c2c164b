import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { HoldfastServerSocket } from '../src/socket.ts';
import type { Stats } from '../src/stats.ts';
import { connect, message, plain, post, serve } from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const NEW = `attach ${ID} 1 new -`;

/** What is not 0. */
const some = (counts: object): object =>
  Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0));

describe('a server that is asked for its numbers', () => {
  it('counts plain WebSockets: those that are open, and how they end', async () => {
    let verdict = true;
    const { url, server } = await serve({ verifyClient: () => verdict });
    const socket = plain(url);
    await once(socket, 'open');
    expect(server.stats().plain).toEqual({ open: 1, opened: 1, refused: 0, closes: {} });
    socket.close(4001);
    await once(socket, 'close');
    await expect.poll(() => server.stats().plain.open).toBe(0);
    verdict = false;
    await once(plain(url), 'unexpected-response');
    expect(server.stats().plain).toEqual({ open: 0, opened: 1, refused: 1, closes: { 4001: 1 } });
    expect(some(server.stats().attaches)).toEqual({});
  });

  it('counts plain WebSockets that nobody could decide about', async () => {
    const { url, server } = await serve({
      authenticate: () => {
        throw new Error('the database is down');
      },
    });
    server.on('error', () => undefined);
    await once(plain(url), 'unexpected-response');
    expect(some(server.stats().turnedAway)).toEqual({ undecided: 1 });
    expect(server.stats().plain.refused).toBe(0);
  });

  it('counts pages of other origins, over WebSocket and HTTP', async () => {
    const { url, server } = await serve({ origins: ['https://app.example'] });
    const headers = { origin: 'https://elsewhere.example' };
    await once(plain(url, [], { headers }), 'unexpected-response');
    expect((await post(url, [NEW], { headers })).status).toBe(403);
    expect(some(server.stats().turnedAway)).toEqual({ origin: 2 });
  });

  it('counts bodies for which there is no room', async () => {
    const { url, server } = await serve({ maxBatch: 1024, maxBodies: { total: 1024, perAddress: 1024 } });
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        send = controller;
      },
    });
    const begun = (): Promise<unknown> =>
      post(url, [], { body: stream, duplex: 'half' } as RequestInit).catch(() => undefined);
    const first = begun();
    send?.enqueue(new Uint8Array(800));
    await expect.poll(() => server.stats().unattached).toEqual({ clients: 1, bytes: 800 });
    expect((await post(url, [new Uint8Array(1000)])).status).toBe(503);
    expect(some(server.stats().turnedAway)).toEqual({ bodies: 1 });
    send?.close();
    await first;
    expect(server.stats().unattached).toEqual({ clients: 0, bytes: 0 });
  });

  it('counts whom it turns away while it drains, and when it is closed', async () => {
    const { url, server } = await serve();
    const socket = connect(url, { transports: ['websocket'] });
    await once(socket, 'open');
    // Its client's goodbye is on its way.
    const closed = server.close({ drain: 10_000 });
    const turned = plain(url);
    await once(turned, 'unexpected-response');
    expect((await post(url, [NEW])).status).toBe(503);
    expect(some(server.stats().turnedAway)).toEqual({ leaving: 2 });
    await closed;
    expect(some(server.stats().ends)).toEqual({ drained: 1 });
    const before = server.stats().turnedAway.leaving;
    expect((await post(url, [NEW])).status).toBe(503);
    expect(server.stats().turnedAway.leaving).toBe(before + 1);
  });

  it('counts what goes over each transport the same', async () => {
    const traffic: Stats['sent'][] = [];
    for (const transport of ['websocket', 'streaming', 'polling'] as const) {
      const { url, server } = await serve();
      server.on('connection', (peer) => {
        peer.on('message', (data) => {
          peer.send(data);
        });
      });
      const socket = connect(url, { transports: [transport] });
      socket.send('näher');
      await message(socket);
      expect(server.stats().attaches.new).toBe(1);
      traffic.push(server.stats().received, server.stats().sent);
    }
    expect(traffic).toEqual(new Array(6).fill({ messages: 1, bytes: 6 }));
  });

  it('says nothing of who its clients are', async () => {
    const secrets = ['the-token-of-a-user', 'the-name-of-a-user', 'a-reason-to-close', 'a message', ID];
    const { url, server, accepted } = await serve({
      authenticate: (_request, auth) => auth && { name: 'the-name-of-a-user' },
    });
    const token = Buffer.from('the-token-of-a-user').toString('base64url');
    const socket = connect(url, { transports: ['websocket'], auth: 'the-token-of-a-user' });
    socket.send('a message');
    await post(url, [`attach ${ID} 1 new ${token}`]);
    await post(url, [`attach ${ID} 1 new -`]);
    await expect.poll(() => accepted.length).toBe(2);
    for (const peer of accepted) {
      const connection = HoldfastServerSocket.connectionOf(peer);
      if (!connection) throw new Error('not a session');
      secrets.push(connection.id, connection.holder.key);
    }
    accepted[0]?.close(4000, 'a-reason-to-close');
    await once(socket, 'close');
    await expect.poll(() => server.stats().closes).toEqual({ 4000: 1 });
    const said = JSON.stringify(server.stats());
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
    expect(secrets.map((secret) => secret.length > 8)).not.toContain(false);
  });
});
