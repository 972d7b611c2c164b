/** The recipes: `npm run test:recipes`. Most run in Node alone; a browser is there for those that need one. */
import { defineConfig } from '@playwright/test';
import e2e from '../playwright.config.ts';

// Its tear-down writes the matrix of networks; and it leaves the recipes to us.
const { globalTeardown: _teardown, ...common } = e2e;
const chromium = e2e.projects?.find(({ name }) => name === 'chromium') ?? {};

export default defineConfig({
  ...common,
  outputDir: '../../test-results/recipes',
  globalTimeout: 10 * 60_000,
  // Deadlines for what hangs: a page of Vite's takes seconds on a busy machine.
  timeout: 60_000,
  expect: { timeout: 30_000 },
  projects: [{ ...chromium, testIgnore: [] }],
});
