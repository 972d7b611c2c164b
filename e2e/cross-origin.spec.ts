/** A page of another origin: refused, unless the server allows it; and it pays for no preflight either way. */

import { expect, test as base, transports } from './support/fixtures.ts';
import { AppServer } from './support/server.ts';

const test = base.extend<{ otherSite: AppServer }>({
  /** Where the page comes from: the same host, another port, which is another origin. */
  otherSite: async ({ page }, use) => {
    const site = new AppServer();
    await site.start();
    await page.goto(site.url);
    await use(site);
    await site.close();
  },
});

const methods = (server: AppServer): string[] => [
  ...new Set(server.exchanges.map(({ request }) => request.method ?? '')),
];

for (const transport of transports) {
  test(`is refused over ${transport} where nothing is said of it`, async ({ otherSite, server, open }) => {
    expect(otherSite.url).not.toBe(server.url);
    const reconnect = { minDelay: 1, maxDelay: 10, maxAttempts: 3 };
    const peer = await open(server, { transports: [transport], reconnect });
    expect(await peer.closed()).toEqual({ code: 1006, reason: '', wasClean: false });
    expect(await peer.events()).not.toContain('open');
    expect(server.sockets).toEqual([]);
    expect(methods(server)).toEqual(transport === 'websocket' ? [] : ['POST']);
  });

  test(`stays unopened over ${transport} for as long as it tries`, async ({ otherSite, server, open }) => {
    expect(otherSite.url).not.toBe(server.url);
    const peer = await open(server, { transports: [transport], reconnect: { minDelay: 1, maxDelay: 10 } });
    await peer.happened('state waiting', 3);
    expect(await peer.handle.evaluate(({ socket }) => socket.readyState)).toBe(0);
    expect(server.sockets).toEqual([]);
  });

  for (const fetch of transport === 'websocket' ? ['none'] : ['fetch', 'XMLHttpRequest']) {
    test(`is served over ${transport} where it is allowed (${fetch})`, async ({ otherSite, open }) => {
      const server = new AppServer({ origins: [otherSite.url] });
      await server.start();
      const options = fetch === 'XMLHttpRequest' ? { fetch: false as const } : {};
      const peer = await open(server, { ...options, transports: [transport] });
      expect(await peer.echo('hello')).toBe('hello');
      expect(await peer.carriedBy(transport)).toBe(transport);
      expect(methods(server)).toEqual(transport === 'websocket' ? [] : ['POST']);
      await peer.close();
      await peer.closed();
      await server.close();
    });
  }
}
