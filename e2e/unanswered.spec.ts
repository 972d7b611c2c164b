/** Upgrades that are never answered, where the browser counts their connections among those of HTTP: Firefox. */

import { expect, openIn, test } from './support/fixtures.ts';

/** In ms. Connections run out after half a minute where each socket tries again and again. */
const long = 41_000;
/** In ms. A connection that nothing uses for so long is closed by the server, so that the next request needs a new one. */
const pause = 6500;

test('four sockets in a page and one in the next live on where upgrades are never answered, and climb back when the network is another one', async ({
  page,
  context,
  faultProxy,
  open,
  browserName,
}) => {
  test.skip(browserName !== 'firefox', 'other browsers give the connection back');
  test.setTimeout(120_000);
  faultProxy.set({ upgrade: 'swallow' });
  const peers = [];
  for (let i = 0; i < 4; i++) peers.push(await open(faultProxy));
  const spend = peers.map(({ handle }, name) =>
    handle.evaluate(
      async (peer, { name, long, pause }) => {
        for (const until = performance.now() + long; performance.now() < until;) {
          const text = `${name} at ${performance.now()}`;
          if ((await peer.echo(text)) !== text) throw new Error('something else came back');
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      },
      { name, long, pause },
    ),
  );
  await Promise.all(spend);
  // The storage tells it: it costs no connection more.
  const next = await openIn(await context.newPage())(faultProxy);
  expect(await next.echo('here')).toBe('here');
  expect(faultProxy.stats.upgrades).toBe(1);
  for (const peer of peers) expect(await peer.events()).toEqual(['open', 'state open']);

  faultProxy.clear();
  await page.evaluate(() => void dispatchEvent(new Event('online')));
  for (const peer of peers) expect(await peer.carriedBy('websocket')).toBe('websocket');
});
