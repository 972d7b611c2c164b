/** A close is the last message: it comes after all that was sent, with its code and reason, over each transport alike. */

import { once } from 'node:events';
import type { HoldfastServerSocket } from '@holdfast/server';
import { expect, test, transports } from './support/fixtures.ts';

/** What the server's end is told when it closes. */
async function closedAt(socket: HoldfastServerSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [code: number, reason: Buffer];
  return { code, reason: String(reason) };
}

for (const transport of transports) {
  test.describe(`over ${transport} alone`, () => {
    test('the page closes with a code and a reason', async ({ server, open }) => {
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      const socket = server.sockets[0]!;
      const atServer = closedAt(socket);
      await peer.close(4001, 'genug für heute ✓');
      expect(await peer.closed()).toEqual({ code: 4001, reason: 'genug für heute ✓', wasClean: true });
      expect(await atServer).toEqual({ code: 4001, reason: 'genug für heute ✓' });
      expect(await peer.events()).not.toContain('error');
      expect(socket.readyState).toBe(socket.CLOSED);
      expect(await peer.handle.evaluate((each) => each.socket.readyState)).toBe(3);
    });

    test('the server closes with a code and a reason', async ({ server, open }) => {
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      const socket = server.sockets[0]!;
      const atServer = closedAt(socket);
      socket.close(4002, 'genug für heute ✓');
      expect(await peer.closed()).toEqual({ code: 4002, reason: 'genug für heute ✓', wasClean: true });
      expect(await atServer).toEqual({ code: 4002, reason: 'genug für heute ✓' });
      expect(await peer.events()).not.toContain('error');
    });

    test('either closes without a code', async ({ server, open }) => {
      for (const closer of ['page', 'server']) {
        const peer = await open(server, { transports: [transport] });
        await peer.opened();
        const socket = server.sockets.at(-1)!;
        const atServer = closedAt(socket);
        if (closer === 'page') await peer.close();
        else socket.close();
        expect(await peer.closed()).toEqual({ code: 1005, reason: '', wasClean: true });
        expect(await atServer).toEqual({ code: 1005, reason: '' });
      }
    });

    test('both close at once', async ({ server, open }) => {
      server.app = (socket) => socket.on('message', () => socket.close(4002, 'server'));
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      const atServer = closedAt(server.sockets[0]!);
      await peer.handle.evaluate((each) => {
        each.socket.send('go');
        each.socket.close(4001, 'page');
      });
      const atPage = await peer.closed();
      expect(atPage.wasClean).toBe(true);
      expect([4001, 4002]).toContain(atPage.code);
      expect([4001, 4002]).toContain((await atServer).code);
    });

    test('the server hears all that the page said before', async ({ server, open }) => {
      const heard: number[] = [];
      server.app = (socket) => socket.on('message', (data) => heard.push(Number(String(data))));
      const peer = await open(server, { transports: [transport] });
      await peer.opened();
      const atServer = closedAt(server.sockets[0]!);
      await peer.handle.evaluate(({ socket }) => {
        for (let i = 1; i <= 500; i++) socket.send(String(i));
        socket.close(1000, 'done');
      });
      expect(await atServer).toEqual({ code: 1000, reason: 'done' });
      expect(heard).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
      expect(await peer.closed()).toMatchObject({ code: 1000, wasClean: true });
    });

    test('the page hears all that the server said before', async ({ server, open }) => {
      server.app = (socket) => {
        for (let i = 1; i <= 500; i++) socket.send(String(i));
        socket.close(1000, 'done');
      };
      const peer = await open(server, { transports: [transport] });
      expect(await peer.closed()).toEqual({ code: 1000, reason: 'done', wasClean: true });
      const heard = await peer.handle.evaluate((each) =>
        Promise.all(Array.from({ length: 500 }, () => each.next() as Promise<string>)),
      );
      expect(heard).toEqual(Array.from({ length: 500 }, (_, i) => String(i + 1)));
    });

    test('a close survives a cut', async ({ server, faultProxy, open }) => {
      const peer = await open(faultProxy, { transports: [transport], reconnect: { minDelay: 20 } });
      await peer.echo('hello');
      const atServer = closedAt(server.sockets[0]!);
      faultProxy.set({ silent: 'both' });
      await peer.close(4001, 'bye');
      faultProxy.cut();
      faultProxy.clear();
      expect(await peer.closed()).toEqual({ code: 4001, reason: 'bye', wasClean: true });
      expect(await atServer).toEqual({ code: 4001, reason: 'bye' });
    });

    test('a server that terminates is no clean end for a socket that does not reconnect', async ({
      server,
      open,
    }) => {
      const peer = await open(server, { transports: [transport], reconnect: false });
      await peer.opened();
      const atServer = closedAt(server.sockets[0]!);
      server.sockets[0]!.terminate();
      expect(await atServer).toEqual({ code: 1006, reason: '' });
      expect(await peer.closed()).toEqual({ code: 1006, reason: '', wasClean: false });
      expect(await peer.events()).toContain('error');
    });
  });
}
