// Runs one test after the other in a browser.

import { chromium, firefox } from 'playwright';
import { findBrowser } from '../browsers.mjs';

/** @typedef {{ status: number, message: string | null, subtests: { name: string, status: number, message: string | null }[] }} Results */
/** @typedef {'chromium' | 'firefox'} BrowserName */

/** `testharness.js` gives up after 60 s at the latest, and then says so. */
const PAGE_TIMEOUT = 75_000;

const launches = {
  chromium: (/** @type {string} */ host) => ({
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      // Names under .test are ours; what ends in .invalid exists nowhere, and nobody needs to be asked.
      `--host-resolver-rules=MAP ${host} 127.0.0.1, MAP *.${host} 127.0.0.1, MAP not-${host} 127.0.0.1, MAP *.invalid ~NOTFOUND`,
      '--ignore-certificate-errors',
      // Tests open windows without having been clicked on.
      '--disable-popup-blocking',
      '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets',
    ],
  }),
  firefox: (/** @type {string} */ host) => ({
    firefoxUserPrefs: {
      'network.dns.localDomains': ['', 'www.', 'www1.', 'www2.'].map((name) => name + host).join(),
      'network.websocket.delay-failed-reconnects': false,
      'dom.disable_open_during_load': false,
    },
  }),
};

/**
 * @param {BrowserName} name
 * @param {string} host
 */
export async function launch(name, host) {
  const found = findBrowser(name);
  if (!found) throw new Error(`there is no ${name}: see npm run browsers`);
  const isSystems = found.by === 'system';
  return (name === 'chromium' ? chromium : firefox).launch({
    ...(isSystems && { executablePath: found.path }),
    ...(isSystems && name === 'firefox' && { channel: 'moz-firefox' }),
    ...launches[name](host),
  });
}

/** A page that one test after the other is loaded into; after one that did not end, another page. */
export class TestPage {
  #browser;
  #script;
  /** @type {import('playwright').Page | undefined} */
  #page;

  /**
   * @param {import('playwright').Browser} browser
   * @param {string} script what each document begins with
   */
  constructor(browser, script) {
    this.#browser = browser;
    this.#script = script;
  }

  /**
   * @param {string} url
   * @returns {Promise<Results>}
   */
  async run(url) {
    try {
      this.#page ??= await this.#open();
      await this.#page.context().clearCookies();
      await this.#page.goto(url, { timeout: PAGE_TIMEOUT });
      const find = () => /** @type {{ wptResults?: Results }} */ (/** @type {unknown} */ (self)).wptResults;
      const options = { timeout: PAGE_TIMEOUT, polling: 50 };
      const handle = await this.#page.waitForFunction(find, undefined, options);
      return /** @type {Results} */ (await handle.jsonValue());
    } catch (error) {
      await this.close();
      return { status: -1, message: String(error).slice(0, 200), subtests: [] };
    }
  }

  async close() {
    await this.#page?.context().close();
    this.#page = undefined;
  }

  async #open() {
    const context = await this.#browser.newContext({ ignoreHTTPSErrors: true });
    if (this.#script) await context.addInitScript({ content: this.#script });
    return context.newPage();
  }
}
