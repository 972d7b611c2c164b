import { defineConfig } from '@playwright/test';
import { findBrowser } from '../scripts/browsers.mjs';

/** The system's browser where Playwright has not got its own. */
const systemPath = (name: 'chromium' | 'firefox'): string | undefined => {
  const found = findBrowser(name);
  return found?.by === 'system' ? found.path : undefined;
};

const chromium = systemPath('chromium');
const firefox = systemPath('firefox');

export default defineConfig({
  testDir: '.',
  outputDir: '../test-results',
  globalTeardown: './support/results.ts',
  forbidOnly: true,
  fullyParallel: true,
  retries: 0,
  workers: 2,
  reporter: 'list',
  globalTimeout: 15 * 60_000,
  use: {
    ignoreHTTPSErrors: true,
    video: 'off',
  },
  projects: [
    {
      name: 'chromium',
      use: {
        browserName: 'chromium',
        launchOptions: {
          ...(chromium && { executablePath: chromium }),
          args: [
            '--no-sandbox',
            '--disable-background-networking',
            '--disable-component-update',
            '--no-first-run',
            // `ignoreHTTPSErrors` does not reach a SharedWorker.
            '--ignore-certificate-errors',
            // A page served by `route.fulfill` counts as public, and could not reach a server on loopback.
            '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
          ],
        },
      },
    },
    {
      name: 'firefox',
      use: {
        browserName: 'firefox',
        // A stock Firefox speaks WebDriver BiDi; Playwright's own speaks Playwright's protocol.
        ...(firefox && { channel: 'moz-firefox' }),
        launchOptions: {
          ...(firefox && { executablePath: firefox }),
          // Firefox delays a new WebSocket after failed ones to the same host: the tests would measure that.
          // And it asks no proxy for what is on loopback.
          firefoxUserPrefs: {
            'network.websocket.delay-failed-reconnects': false,
            'network.proxy.allow_hijacking_localhost': true,
          },
        },
      },
    },
  ],
});
