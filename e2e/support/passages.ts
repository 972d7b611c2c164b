/** Tests that lead through real proxies: each starts what it needs, and shows its logs if it fails. */

import type { Browser } from '@playwright/test';
import { openIn, test as base, type Open } from './fixtures.ts';
import {
  isInstalled,
  startIntermediary,
  type Configuration,
  type Intermediary,
} from './intermediaries/intermediary.ts';
import { Junction } from './junction.ts';

interface Fixtures {
  /** Starts a proxy before these ports; without it on this machine, the test is skipped. */
  intermediary: (configuration: Configuration, ...targets: [number, ...number[]]) => Promise<Intermediary>;
  junction: (target: number) => Promise<Junction>;
  /** Opens sockets in a page whose browser uses this forward proxy. */
  openThrough: (proxy: { readonly url: string }) => Promise<Open>;
}

export const test = base.extend<Fixtures>({
  // Both are gone before the server that they lead to.
  intermediary: async ({ server: _server }, use, testInfo) => {
    const started: Intermediary[] = [];
    await use(async (configuration, ...targets) => {
      if (!isInstalled(configuration)) {
        const reason = `${configuration.proxy} is not installed (npm run proxies)`;
        process.stdout.write(`skipped, since ${reason}: ${testInfo.title}\n`);
        test.skip(true, reason);
      }
      const intermediary = await startIntermediary(configuration, ...targets);
      started.push(intermediary);
      return intermediary;
    });
    for (const intermediary of started) {
      if (testInfo.status !== testInfo.expectedStatus) {
        for (const [name, body] of Object.entries(await intermediary.logs())) {
          await testInfo.attach(name, { body, contentType: 'text/plain' });
        }
      }
      await intermediary.close();
    }
  },

  junction: async ({ server: _server }, use) => {
    const started: Junction[] = [];
    await use(async (target) => {
      const junction = await Junction.start(target);
      started.push(junction);
      return junction;
    });
    for (const junction of started) await junction.close();
  },

  openThrough: async ({ browser }, use) => {
    const contexts: Awaited<ReturnType<Browser['newContext']>>[] = [];
    await use(async ({ url }) => {
      // Chromium asks no proxy for what is on loopback, unless told so.
      const context = await browser.newContext({ proxy: { server: url, bypass: '<-loopback>' } });
      contexts.push(context);
      return openIn(await context.newPage());
    });
    for (const context of contexts) await context.close();
  },
});

export { expect } from './fixtures.ts';
