/** What most tests need: a server, perhaps a proxy before it, and sockets in a page that was loaded from either. */

import { test as base, type Page } from '@playwright/test';
import { startFaultProxy, type FaultProxy } from '@holdfast/fault-proxy';
import type { PeerOptions } from '../page/peer.js';
import { RemotePeer } from './remote-peer.ts';
import { AppServer, type AppServerOptions } from './server.ts';

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
}

export const test = base.extend<Fixtures>({
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
