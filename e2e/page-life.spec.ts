/** A page is left and comes back out of the back/forward cache: its session goes on where it was. */

import { findBrowser } from '../scripts/browsers.mjs';
import type { Peer } from './page/peer.js';
import { startDialogue } from './support/dialogue.ts';
import { expect, test } from './support/fixtures.ts';

test.use({
  launchOptions: async ({ launchOptions, browserName }, use) => {
    // A Chromium without a window has no back/forward cache.
    const whole = browserName === 'chromium' ? findBrowser('chromium') : undefined;
    await use({
      ...launchOptions,
      ...(whole?.by === 'system' && { executablePath: whole.path }),
      // Playwright switches it off.
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
  },
});

test.skip(
  ({ browserName }) => browserName === 'firefox',
  'Firefox does not keep a page with an open WebSocket, and goBack() into its back/forward cache times out.',
);

declare global {
  // What the page keeps for itself while the test cannot reach it.
  var kept: Peer | undefined;
}

for (const transports of [['websocket'], ['streaming', 'polling']] as const) {
  test(`a page that comes back resumes over ${transports.join(' or ')}`, async ({ page, server, open }) => {
    const dialogue = await startDialogue(server, () => open(server, { transports }), { window: 10 });
    const { peer } = dialogue;
    await peer.handle.evaluate((each) => void (globalThis.kept = each));
    await dialogue.goesOn(100);

    await page.goto(`${server.url}/?elsewhere`);
    expect(await page.evaluate(() => globalThis.kept)).toBe(undefined);
    // A page that comes out of the cache does not load again.
    await page.goBack({ waitUntil: 'commit' });
    peer.handle = await page.evaluateHandle(() => globalThis.kept!);

    await dialogue.goesOn(200);
    await dialogue.finish();
    expect(await dialogue.verdict()).toBe('complete');
    expect(await peer.events()).not.toContain('sessionlost');
    expect(server.sockets).toHaveLength(1);
  });
}
