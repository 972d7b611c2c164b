import { defineConfig } from '@playwright/test';
import { findBrowser, findShell, type WebKitName } from '../scripts/browsers.mjs';

/** The system's browser where Playwright has not got its own. */
const systemPath = (name: 'chromium' | 'firefox'): string | undefined => {
  const found = findBrowser(name);
  return found?.by === 'system' ? found.path : undefined;
};

const chromium = findShell() ?? systemPath('chromium');
const firefox = systemPath('firefox');

/** `E2E=all` asks for everything in every browser; else `npm test` takes what differs from one to the next. */
const inFull = process.env['E2E'] === 'all';

/** What runs in WebKit: what asks for no more of a page than `support/webkit-page.ts` has. */
const inWebKit = [
  'webkit/*',
  'conformance/*',
  ...['fallback', 'messages', 'page-life', 'sessions', 'streams', 'upgrade', 'w3c'],
  ...(inFull ? ['closing', 'cross-origin', 'cuts', 'http-readers', 'obstacles'] : []),
  ...(inFull ? ['page-moments', 'round-trips', 'verbatim'] : []),
].map((name) => `${name}.spec.ts`);

/** They have projects, or a configuration, of their own: a project's list replaces the one of all. */
const elsewhere = ['webkit/*', '**/e2e/recipes/**'];

/** What an engine of Safari 16's time has to show: whether the client is in a language and on an interface that it knows. */
const inOldWebKit =
  /opens and echoes|every text as it is|every kind of bytes|and a reason|replaced at once|polled for|climbs back|read with|HoldfastSocket|forbidden/;

export default defineConfig<object, { webkitName: WebKitName | undefined }>({
  testDir: '.',
  // `programs/*.test.ts` run in Node.
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  globalTeardown: './support/results.ts',
  forbidOnly: true,
  fullyParallel: true,
  retries: 0,
  workers: 2,
  reporter: 'list',
  globalTimeout: 30 * 60_000,
  use: {
    ignoreHTTPSErrors: true,
    video: 'off',
  },
  projects: [
    {
      name: 'chromium',
      testIgnore: elsewhere,
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
      // The demo is a page like any other.
      testIgnore: inFull ? elsewhere : [...elsewhere, 'demo.spec.ts'],
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
    {
      name: 'webkit',
      testMatch: inWebKit,
      grepInvert: inFull
        ? /10,000 messages/
        : /10,000 messages|(class|swallowed|polling) conforms|(module|service) scope/,
      use: { browserName: 'webkit', webkitName: 'webkit' },
    },
    // Its driver loses a page now and then: one run in three had a test that hung.
    ...(inFull
      ? [
          {
            name: 'wpe',
            testMatch: inWebKit,
            grep: inOldWebKit,
            use: { browserName: 'webkit' as const, webkitName: 'wpe' as const },
          },
        ]
      : []),
  ],
});
