/** The doctor's page: what is put in the way is found, in a real browser, and said in plain words. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';

/** The doctor's page of a demo of its own: the weather is shared by all who look at one. */
const test = base.extend<{ doctor: Page }>({
  doctor: async ({ page }, use) => {
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
    const url = /http:\S+/.exec(said)?.[0] ?? `The demo said: ${said}`;
    await page.goto(url);
    await page.getByRole('link', { name: 'See the doctor' }).click();
    // The buttons are deaf before the first look has begun.
    await expect(page.locator('#findings > li')).toHaveCount(12);
    await use(page);
    demo.kill();
    await exited;
  },
});

const summary = (page: Page) => page.locator('#summary');
const finding = (page: Page, check: string) => page.locator(`[data-check="${check}"]`);
const press = (page: Page, name: string) => page.getByRole('button', { name }).click();

/** What is neither well nor left out. */
const complaints = (page: Page) =>
  page
    .locator('#findings > li:is([data-verdict="broken"], [data-verdict="impaired"])')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['check']));

test.describe.configure({ timeout: 90_000 });
test.use({ viewport: { width: 1200, height: 1400 } });

test('finds nothing in clear weather', async ({ doctor }) => {
  await expect(summary(doctor)).toHaveText(/^Holdfast will use WebSocket/, { timeout: 45_000 });
  expect(await complaints(doctor)).toEqual([]);
  await expect(finding(doctor, 'cors')).toContainText('may read the answers');
  await expect(doctor.locator('#command')).toHaveText(/^npx @holdfast\/doctor ws:\S+\/live$/);
});

test('finds what is in the way, and says what to set', async ({ doctor }) => {
  await press(doctor, 'Refuse it');
  await press(doctor, 'Hold them');
  await expect(summary(doctor)).toHaveText(/long-polling over HTTP/, { timeout: 45_000 });
  expect(await complaints(doctor)).toEqual(['upgrade', 'streaming', 'buffering']);
  await finding(doctor, 'streaming').locator('summary').click();
  await expect(finding(doctor, 'streaming').getByText(/^nginx: proxy_buffering off;/)).toBeVisible();
});

test('says that another page answers, and looks again once it is gone', async ({ doctor }) => {
  await press(doctor, 'Ask to sign in');
  await expect(summary(doctor)).toHaveText('Holdfast cannot connect from here.');
  await expect(finding(doctor, 'server')).toContainText('Something answers');
  await press(doctor, 'Clear weather');
  await expect(finding(doctor, 'frames')).toHaveAttribute('data-verdict', 'ok');
});

test('fits a phone', async ({ doctor }) => {
  await doctor.setViewportSize({ width: 360, height: 740 });
  const widths = await doctor.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  expect(widths.scrollWidth).toBe(widths.clientWidth);
});
