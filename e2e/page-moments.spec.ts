/** What pages go through: frozen, offline, closed, forbidden to open a WebSocket; and many of them at once. */

import { expect, openIn, test, transports } from './support/fixtures.ts';

/** In ms. What a person is promised, and time for a busy machine to look. */
const awake = 2000;
const busy = 6000;

for (const transport of transports) {
  for (const end of ['closed', 'reloaded'] as const) {
    test(`a page that is ${end} is missed at once, over ${transport}`, async ({
      page,
      browserName,
      server,
      open,
    }) => {
      test.skip(
        browserName === 'firefox' && (end === 'closed' || transport === 'websocket'),
        'Firefox breaks the WebSocket of a page that is left before the page is told, and driven, often ends the process of a tab as well.',
      );
      const closed = new Promise<number>((resolve) => {
        server.app = (socket) => {
          socket.on('message', (data) => {
            if (String(data) !== 'last words') socket.send(data);
          });
          socket.on('close', resolve);
        };
      });
      const peer = await open(server, { transports: [transport] });
      await peer.echo('hello');
      await peer.send('last words');
      if (end === 'closed') await page.close({ runBeforeUnload: false });
      else await page.reload();
      expect(await closed).toBe(1001);
    });
  }
}

for (const names of [['websocket'], ['streaming', 'polling']] as const) {
  test(`a page that wakes to a dead link has a live one soon, over ${names.join(' or ')}`, async ({
    server,
    faultProxy,
    open,
  }) => {
    const peer = await open(faultProxy, { transports: names });
    await peer.echo('hello');
    // What it had is dead, and nobody has told it.
    faultProxy.forget();
    server.sockets[0]?.send('while you slept');
    const took = await peer.handle.evaluate(async (each) => {
      // Browsers under test do not sleep: this is what they would fire (W3C Page Lifecycle).
      document.dispatchEvent(new Event('resume'));
      const from = performance.now();
      const said: unknown = await each.next();
      return { said, ms: performance.now() - from };
    });
    test.info().annotations.push({ type: 'there again after', description: `${Math.round(took.ms)} ms` });
    expect(took.said).toBe('while you slept');
    expect(took.ms).toBeLessThan(awake + busy);
    expect(server.sockets).toHaveLength(1);
  });

  test(`a page that was offline goes on, over ${names.join(' or ')}`, async ({
    page,
    browserName,
    server,
    open,
  }) => {
    test.skip(browserName === 'webkit', 'WebDriver cannot take a browser offline.');
    const peer = await open(server, { transports: names });
    await peer.echo('hello');
    await page.context().setOffline(true);
    await peer.send('meanwhile');
    server.sockets[0]?.send('here too');
    await page.context().setOffline(false);
    const heard = [await peer.next(), await peer.next()].sort();
    expect(heard).toEqual(['here too', 'meanwhile']);
    expect(server.sockets).toHaveLength(1);
  });
}

test('a page whose policy forbids WebSockets uses HTTP', async ({ page, browserName, server, open }) => {
  test.skip(browserName === 'webkit', 'WebDriver cannot change a response.');
  await page.route(`${server.url}/`, async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), 'content-security-policy': `connect-src ${server.url}` };
    await route.fulfill({ response, headers });
  });
  const peer = await open(server);
  expect(await peer.echo('hello')).toBe('hello');
  expect(await peer.carriedBy('streaming', 'polling')).not.toBe('websocket');
});

test('nine tabs share six connections', async ({ page, context, server }) => {
  // Each would keep one busy; the last three would wait for ever.
  const tabs = [page, ...(await Promise.all(Array.from({ length: 8 }, () => context.newPage())))];
  for (const [i, tab] of tabs.entries()) {
    const peer = await openIn(tab)(server, { transports: ['streaming', 'polling'] });
    expect(await peer.echo(`from tab ${i}`)).toBe(`from tab ${i}`);
  }
  // The first ones as well, while all are open; and the server reaches each of them by itself.
  for (const [i, socket] of server.sockets.entries()) socket.send(`to tab ${i}`);
  expect(server.sockets).toHaveLength(tabs.length);
});
