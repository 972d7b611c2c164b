/**
 * What the tests use of Playwright's browser, context, page and handle, over WebDriver: with it one suite runs in all browsers.
 * A method that is not here fails its test with a TypeError.
 */

import type { Browser, JSHandle } from '@playwright/test';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebKit } from '../../scripts/browsers.mjs';
import { pack, unpack } from '../page/wire.js';
import { WebKitDriver } from './webkit-driver.ts';

type PageFunction = (...args: never[]) => unknown;

export async function launchWebKit(webkit: WebKit): Promise<Browser> {
  const driver = await WebKitDriver.start(webkit);
  return new WebKitBrowser(driver, (await driver.get('/window')) as string) as unknown as Browser;
}

class WebKitBrowser {
  readonly driver: WebKitDriver;
  /** The window that the session began with, and would end with. */
  readonly first: string;
  /** The window that commands go to. */
  #current: string;
  /** Commands that have gone there and are not answered yet. */
  readonly #underway = new Set<Promise<unknown>>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(driver: WebKitDriver, first: string) {
    this.driver = driver;
    this.first = this.#current = first;
  }

  newContext(): Promise<WebKitContext> {
    return Promise.resolve(new WebKitContext(this));
  }

  async close(): Promise<void> {
    await this.driver.end();
  }

  /** A window, since the browser slows down what is in a tab behind another one. Where there can be only one, it is that one. */
  openWindow(): Promise<string> {
    return this.in(this.first, async () => {
      const { handle } = (await this.driver.post('/window/new', { type: 'window' })) as { handle: string };
      return handle;
    });
  }

  /**
   * Gives a command to a window. Any number may be under way in one window; before it is the turn of another, they have
   * to end, because WebDriver knows only one current window.
   */
  async in<T>(window: string, command: () => Promise<T>): Promise<T> {
    const ready = this.#turn.then(async () => {
      if (this.#current === window) return;
      await Promise.allSettled(this.#underway);
      await this.driver.post('/window', { handle: window });
      this.#current = window;
    });
    this.#turn = ready.catch(() => {});
    await ready;
    const answer = command();
    this.#underway.add(answer);
    return answer.finally(() => this.#underway.delete(answer));
  }
}

class WebKitContext {
  readonly #browser: WebKitBrowser;
  readonly #pages: WebKitPage[] = [];
  /** The storage of all contexts is one: each clears what an earlier one may have left at an address. */
  readonly #seen = new Set<string>();

  constructor(browser: WebKitBrowser) {
    this.#browser = browser;
  }

  async newPage(): Promise<WebKitPage> {
    const page = new WebKitPage(this.#browser, this, await this.#browser.openWindow());
    this.#pages.push(page);
    return page;
  }

  async close(): Promise<void> {
    for (const page of this.#pages) await page.close();
  }

  async clearStorage(page: WebKitPage): Promise<void> {
    const { origin } = new URL(page.url());
    if (this.#seen.has(origin)) return;
    this.#seen.add(origin);
    await page.evaluate(() => localStorage.clear());
  }
}

class WebKitPage {
  readonly #browser: WebKitBrowser;
  readonly #context: WebKitContext;
  readonly #window: string;
  #url = 'about:blank';
  #isClosed = false;

  constructor(browser: WebKitBrowser, context: WebKitContext, window: string) {
    this.#browser = browser;
    this.#context = context;
    this.#window = window;
  }

  context(): WebKitContext {
    return this.#context;
  }

  /** Where it was sent last. */
  url(): string {
    return this.#url;
  }

  async goto(url: string): Promise<void> {
    await this.#command(() => this.#driver.post('/url', { url }));
    // In a new window it may take the end of loading nothing for the end of loading this.
    const { href } = new URL(url);
    while ((await this.#command(() => this.#loaded())) !== href) await delay(10);
    this.#url = url;
    await this.#context.clearStorage(this);
  }

  async goBack(): Promise<void> {
    await this.#command(() => this.#driver.post('/back'));
  }

  async reload(): Promise<void> {
    await this.#command(() => this.#driver.post('/refresh'));
  }

  async screenshot(): Promise<Buffer> {
    const image = await this.#command(() => this.#driver.get('/screenshot'));
    return Buffer.from(image as string, 'base64');
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#command(() =>
      this.#window === this.#browser.first
        ? this.#driver.post('/url', { url: 'about:blank' })
        : this.#driver.delete('/window'),
    );
  }

  async evaluate(fn: PageFunction, arg?: unknown): Promise<unknown> {
    return this.#run(`return pack(await (${String(fn)})(argument))`, arg);
  }

  async evaluateHandle(fn: PageFunction, arg?: unknown): Promise<JSHandle> {
    const keep = `return pack(handles.push(await (${String(fn)})(argument)) - 1)`;
    return new WebKitHandle(this, (await this.#run(keep, arg)) as number) as unknown as JSHandle;
  }

  async waitForFunction(fn: PageFunction, arg?: unknown): Promise<void> {
    await this.#run(
      `while (!(await (${String(fn)})(argument))) await new Promise((resolve) => setTimeout(resolve, 5));
       return pack()`,
      arg,
    );
  }

  get #driver(): WebKitDriver {
    return this.#browser.driver;
  }

  /** The address of what has loaded to its end. */
  #loaded(): Promise<unknown> {
    const script = `return document.readyState === 'complete' && location.href`;
    // There may be no document just now.
    return this.#driver.post('/execute/sync', { script, args: [] }).catch(() => undefined);
  }

  #command<T>(command: () => Promise<T>): Promise<T> {
    return this.#browser.in(this.#window, command);
  }

  async #run(body: string, arg: unknown): Promise<unknown> {
    const script = `
      const [json, done] = arguments;
      const handles = (globalThis[Symbol.for('kept for the test')] ??= []);
      ${String(pack)}
      ${String(unpack)}
      const act = async (argument) => { ${body} };
      act(unpack(JSON.parse(json), handles)).then(
        (packed) => done(JSON.stringify({ packed })),
        (error) => done(JSON.stringify({ thrown: String(error) + '\\n' + String(error?.stack) })),
      );`;
    const json = await this.#command(() =>
      this.#driver.post('/execute/async', { script, args: [JSON.stringify(pack(arg))] }),
    );
    const answer = JSON.parse(json as string) as { packed?: unknown; thrown?: string };
    if (answer.thrown !== undefined) throw new Error(answer.thrown);
    return unpack(answer.packed, []) as unknown;
  }
}

/** Something in a page. */
class WebKitHandle {
  readonly webkitHandle: number;
  readonly #page: WebKitPage;

  constructor(page: WebKitPage, handle: number) {
    this.#page = page;
    this.webkitHandle = handle;
  }

  evaluate(fn: PageFunction, arg?: unknown): Promise<unknown> {
    return this.#page.evaluate(
      `([each, argument]) => (${String(fn)})(each, argument)` as unknown as PageFunction,
      [this, arg],
    );
  }
}
