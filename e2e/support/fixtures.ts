/** What most tests need: a server, perhaps a proxy before it, and sockets in a page that was loaded from either. */

import { test as base, type Page } from '@playwright/test';
import { startFaultProxy, type FaultProxy } from '@holdfast/fault-proxy';
import type { PeerOptions } from '../page/peer.js';
import { findWebKit, type WebKitName } from '../../scripts/browsers.mjs';
import { RemotePeer } from './remote-peer.ts';
import { AppServer, type AppServerOptions } from './server.ts';
import { launchWebKit } from './webkit-page.ts';

/** Whatever a page can be loaded from: a server, or a proxy before it. */
export interface Place {
  readonly url: string;
}

/** Opens a socket to a place, in a page of that place unless the test has loaded another one. */
export type Open = (place: Place, options?: PeerOptions) => Promise<RemotePeer>;

interface Fixtures {
  /** For `test.use`. */
  serverOptions: AppServerOptions;
  /** An echo, if the test puts no other `app` on it. */
  server: AppServer;
  /** In front of `server`, in clear weather. */
  faultProxy: FaultProxy;
  open: Open;
  /** Skips what this machine has no browser for. */
  skipped: undefined;
}

interface WorkerFixtures {
  /** A project of the system's WebKit names it; the others are driven by Playwright. */
  webkitName: WebKitName | undefined;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  webkitName: [undefined, { option: true, scope: 'worker' }],

  skipped: [
    async ({ webkitName }, use, testInfo) => {
      if (webkitName && !findWebKit(webkitName)) {
        const reason = `${webkitName} is not installed (npm run browsers)`;
        process.stdout.write(`skipped, since ${reason}: ${testInfo.title}\n`);
        testInfo.skip(true, reason);
      }
      await use(undefined);
    },
    { auto: true },
  ],

  browser: [
    async ({ playwright, browserName, webkitName }, use) => {
      const webkit = webkitName && findWebKit(webkitName);
      const browser = await (webkit ? launchWebKit(webkit) : playwright[browserName].launch());
      await use(browser);
      await browser.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  // As Playwright does it, but for what it asks its own browser behind the scenes.
  context: async ({ browser }, use) => {
    const context = await browser.newContext();
    await use(context);
    await context.close();
  },

  serverOptions: [{}, { option: true }],

  server: async ({ serverOptions }, use) => {
    const server = new AppServer(serverOptions);
    await server.start();
    await use(server);
    await server.close();
  },

  faultProxy: async ({ server }, use) => {
    const proxy = await startFaultProxy({ target: server.port });
    await use(proxy);
    await proxy.close();
  },

  open: async ({ page }, use) => {
    await use(openIn(page));
  },
});

/** Opens sockets in a page. */
export const openIn =
  (page: Page): Open =>
  async ({ url }, options = {}) => {
    if (page.url() === 'about:blank') await page.goto(url);
    const live = `${url.replace('http:', 'ws:')}/live`;
    return new RemotePeer(
      await page.evaluateHandle(([at, given]) => new Peer(at, given), [live, options] as const),
    );
  };

export { expect } from '@playwright/test';
export type { RemotePeer };

export const transports = ['websocket', 'streaming', 'polling'] as const;
