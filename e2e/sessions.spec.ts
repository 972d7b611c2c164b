/** What is left when the server has lost the session: another one, and word of it. */

import { expect, test, transports, type RemotePeer } from './support/fixtures.ts';

const reconnect = { minDelay: 20, maxDelay: 100 };

/** Why a server has lost all its sessions. */
const losses = { 'says goodbye': 'close', crashes: 'crash' } as const;

/** How many messages each `sessionlost` gave up. */
const unacknowledged = (peer: RemotePeer): Promise<number[]> =>
  peer.handle.evaluate((each) => each.losses.map((loss) => loss.unacknowledged));

for (const [loss, leave] of Object.entries(losses)) {
  for (const transport of transports) {
    test(`a server ${loss} and a new one begins, over ${transport}`, async ({ server, faultProxy, open }) => {
      // What the first server has answered and not yet acknowledged is not for the new one.
      const options = { transports: [transport], reconnect, sessionLost: 'discard' } as const;
      const peer = await open(faultProxy, options);
      expect(await peer.echo('before')).toBe('before');
      await server[leave]();
      await server.start();
      await peer.happened('sessionlost');
      await peer.happened('open', 2);
      expect(await peer.echo('after')).toBe('after');
      expect(server.sockets).toHaveLength(2);
      expect(await unacknowledged(peer)).toEqual([expect.any(Number)]);
      expect(await peer.events()).not.toContain('close');
    });
  }
}

for (const [loss, leave] of Object.entries(losses)) {
  test(`a server ${loss}, and a socket that does not reconnect closes`, async ({ server, open }) => {
    const peers: RemotePeer[] = [];
    for (const transport of transports) {
      const peer = await open(server, { transports: [transport], reconnect: false });
      await peer.echo('hello');
      peers.push(peer);
    }
    await server[leave]();
    await server.start();
    for (const peer of peers) {
      expect(await peer.closed()).toMatchObject({ wasClean: false });
      expect(await peer.events()).not.toContain('sessionlost');
    }
    expect(server.sockets).toHaveLength(peers.length);
  });
}

for (const { sessionLost, arrives } of [
  { sessionLost: 'resend', arrives: ['one', 'two', 'three', 'after'] },
  { sessionLost: 'discard', arrives: ['after'] },
] as const) {
  test(`what was sent and not acknowledged is counted, and with "${sessionLost}" the new server hears ${arrives.join(', ')}`, async ({
    server,
    faultProxy,
    open,
  }) => {
    const heard: string[] = [];
    const peer = await open(faultProxy, { transports: ['websocket'], reconnect, sessionLost });
    await peer.opened();
    faultProxy.set({ silent: 'up' });
    for (const text of ['one', 'two', 'three']) await peer.send(text);
    await server.crash();
    server.app = (socket) => {
      socket.on('message', (data) => {
        heard.push(String(data));
        if (heard.at(-1) === 'after') socket.send('done');
      });
    };
    await server.start();
    faultProxy.cut();
    faultProxy.clear();
    await peer.happened('open', 2);
    await peer.send('after');
    expect(await peer.next()).toBe('done');
    expect(heard).toEqual(arrives);
    expect(await unacknowledged(peer)).toEqual([3]);
  });
}
