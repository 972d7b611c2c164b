/** The demo shows what is so: its switches are pressed in a real browser, and its figures read as a visitor reads them. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { Ledger } from '../demo/public/ledger.js';

/** The page of a demo of its own: the weather is shared by all who look at one. */
const test = base.extend<{ url: string; demo: Page }>({
  url: async ({ browserName: _any }, use) => {
    const program = fileURLToPath(new URL('../demo/server.mjs', import.meta.url));
    const demo = spawn(process.execPath, [program], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(demo, 'exit');
    let said = '';
    for await (const chunk of demo.stdout.setEncoding('utf8')) {
      said += String(chunk);
      if (said.includes('\n')) break;
    }
    await use(/http:\S+/.exec(said)?.[0] ?? `The demo said: ${said}`);
    demo.kill();
    await exited;
  },
  demo: async ({ page, url }, use) => {
    await page.goto(url);
    await expect(figure(page, 'transport')).toHaveText('WebSocket');
    await use(page);
  },
});

const figure = (page: Page, name: string) => page.locator(`[data-figure="${name}"]`);
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();
const number = async (page: Page, name: string) => Number(await figure(page, name).textContent());

/** The conversation goes on both ways for another second's worth of messages, and nothing was lost, doubled or disordered. */
async function holds(page: Page): Promise<void> {
  const [answered, heard] = [await number(page, 'sent'), await number(page, 'down.received')];
  await expect.poll(() => number(page, 'answers.received')).toBeGreaterThan(answered + 20);
  await expect.poll(() => number(page, 'down.received')).toBeGreaterThan(heard + 20);
  for (const stream of ['', 'up.', 'answers.', 'down.']) {
    for (const fault of ['lost', 'doubled', 'out-of-order']) {
      await expect(figure(page, stream + fault), stream + fault).toHaveText('0');
    }
  }
  await expect(figure(page, 'run')).toHaveText('1');
}

test.describe.configure({ timeout: 60_000 });
test.use({ viewport: { width: 1200, height: 1400 } });

test('opens over WebSocket, by either name of this machine', async ({ page, url }) => {
  for (const address of [url, url.replace('localhost', '127.0.0.1')]) {
    await page.goto(address);
    await expect(figure(page, 'transport')).toHaveText('WebSocket');
    await expect(figure(page, 'state')).toHaveText('open');
    await expect(figure(page, 'answer-time')).toHaveText(/^[\d.]+ ms$/);
    await holds(page);
  }
});

for (const name of ['Refuse it', 'Swallow it', '101, then nothing', 'Kill the tunnel']) {
  test(`carries on over HTTP streaming: ${name}`, async ({ demo }) => {
    await press(demo, name);
    await expect(figure(demo, 'transport')).toHaveText('HTTP streaming', { timeout: 20_000 });
    await holds(demo);
  });
}

test('goes back to WebSocket when the weather clears', async ({ demo }) => {
  await press(demo, 'Refuse it');
  await expect(figure(demo, 'transport')).toHaveText('HTTP streaming');
  await press(demo, 'Clear weather');
  await expect(figure(demo, 'transport')).toHaveText('WebSocket', { timeout: 30_000 });
  await holds(demo);
});

test('carries on over long-polling when responses are buffered', async ({ demo }) => {
  await press(demo, 'Refuse it');
  await expect(figure(demo, 'transport')).toHaveText('HTTP streaming');
  await press(demo, 'Buffer responses');
  await expect(figure(demo, 'transport')).toHaveText('long-polling', { timeout: 20_000 });
  await holds(demo);
});

test('holds when it is cut', async ({ demo }) => {
  await press(demo, 'Cut now');
  await expect(demo.getByRole('log')).toContainText('cut, one connection reset');
  await holds(demo);
});

test('holds when it is cut again and again', async ({ demo }) => {
  await press(demo, 'Cut every 3 s');
  await expect(demo.getByRole('log').getByText('reset.')).toHaveCount(3, { timeout: 20_000 });
  await press(demo, 'Clear weather');
  await holds(demo);
});

test('notices a silence, and loses nothing in it', async ({ demo }) => {
  await press(demo, 'Go silent');
  await expect(figure(demo, 'transport')).toHaveText('no transport', { timeout: 20_000 });
  await expect.poll(() => number(demo, 'unanswered')).toBeGreaterThan(20);
  await press(demo, 'Clear weather');
  await holds(demo);
  await expect.poll(() => number(demo, 'unanswered')).toBeLessThan(20);
});

test('holds with delay', async ({ demo }) => {
  await press(demo, 'Add delay');
  await expect(figure(demo, 'answer-time')).toHaveText(/^[4-9]\d\d ms$/);
  await holds(demo);
});

for (const name of ['Send requests twice', 'Lose answers']) {
  test(`holds over HTTP: ${name}`, async ({ demo }) => {
    await press(demo, 'Refuse it');
    await expect(figure(demo, 'transport')).toHaveText('HTTP streaming');
    await press(demo, name);
    await holds(demo);
    await holds(demo);
  });
}

test('tells of a session that died with its server, and counts the new one apart', async ({ demo }) => {
  await holds(demo);
  await press(demo, 'Restart the server');
  await expect(demo.getByRole('log')).toContainText('sessionlost');
  await expect(figure(demo, 'run')).toHaveText('2');
  await expect.poll(() => number(demo, 'answers.received')).toBeGreaterThan(20);
  await expect.poll(() => number(demo, 'down.received')).toBeGreaterThan(20);
  for (const fault of ['lost', 'doubled', 'out-of-order']) await expect(figure(demo, fault)).toHaveText('0');
  const earlier = demo.getByRole('region', { name: 'Sessions that the server has lost' }).locator('tbody tr');
  await expect(earlier).toHaveCount(1);
  await expect(earlier.locator('td').first()).toHaveText('1');
});

test('shows in one page what was pressed in another', async ({ demo, url }) => {
  const other = await demo.context().newPage();
  await other.goto(url);
  const delay = other.getByRole('button', { name: 'Add delay' });
  await expect(delay).toHaveAttribute('aria-pressed', 'false');
  await press(demo, 'Add delay');
  await expect(delay).toHaveAttribute('aria-pressed', 'true');
  await press(other, 'Clear weather');
  await expect(demo.getByRole('button', { name: 'Add delay' })).toHaveAttribute('aria-pressed', 'false');
});

test('works with the keyboard', async ({ demo }) => {
  const button = demo.getByRole('button', { name: 'Refuse it' });
  await button.focus();
  await demo.keyboard.press('Space');
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await demo.keyboard.press('Enter');
  await expect(button).toHaveAttribute('aria-pressed', 'false');
});

test('fits a phone', async ({ demo }) => {
  await demo.setViewportSize({ width: 360, height: 740 });
  const widths = await demo.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  expect(widths.scrollWidth).toBe(widths.clientWidth);
});

test('keeps to its content security policy', async ({ page, url }) => {
  const violations: string[] = [];
  await page.exposeFunction('violated', (directive: string) => violations.push(directive));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      (globalThis as unknown as { violated: (directive: string) => void }).violated(effectiveDirective);
    });
  });
  await page.goto(url);
  await expect(figure(page, 'transport')).toHaveText('WebSocket');
  await press(page, 'Refuse it');
  await expect(figure(page, 'transport')).toHaveText('HTTP streaming');
  expect(violations).toEqual([]);
});

test.describe('the ledger', () => {
  const figuresOf = (...numbers: number[]) => {
    const ledger = new Ledger();
    for (const each of numbers) ledger.take(each);
    return ledger.figures;
  };

  test('finds no fault with a whole stream', () => {
    expect(figuresOf(1, 2, 3)).toEqual({ received: 3, lost: 0, doubled: 0, outOfOrder: 0 });
  });

  test('sees what was lost, at the beginning too', () => {
    expect(figuresOf(2, 3, 6)).toEqual({ received: 3, lost: 3, doubled: 0, outOfOrder: 0 });
  });

  test('sees what came twice', () => {
    expect(figuresOf(1, 2, 1, 2, 2)).toEqual({ received: 5, lost: 0, doubled: 3, outOfOrder: 0 });
  });

  test('takes what came late as out of order, and no longer as lost', () => {
    expect(figuresOf(1, 3, 2, 4)).toEqual({ received: 4, lost: 0, doubled: 0, outOfOrder: 1 });
  });
});
