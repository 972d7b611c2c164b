// A process that breaks guards in a copy of the sources and runs tests there, one order after the other. Vitest stays
// loaded in between, so that an order takes a fraction of a second. A scene that hangs takes the whole process with it:
// who gives the orders has the watch.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createVitest } from 'vitest/node';

/** @typedef {import('./index.mjs').Guard} Guard */
/** @typedef {{ name: string, passed: boolean }} Result what became of a test, under the name that the list uses */
/** @typedef {{ guard?: Guard, files?: readonly string[], title?: string }} Order what to break, and what to run: all, if nothing is named */

const root = process.argv[2] ?? '';
const packages = join(root, 'packages');

const vitest = await createVitest('test', {
  root,
  watch: false,
  pool: 'threads',
  maxWorkers: 1,
  // What is not reported needs no reporter.
  reporters: [{}],
  // Storms find by luck; the lists and the printed table would notice every change of the code.
  exclude: ['**/node_modules/**', '**/{storms,guards,state-table}.test.ts', 'packages/fault-proxy/**'],
});

/**
 * @param {Order} order
 * @returns {Promise<Result[]>}
 */
async function run({ guard, files, title }) {
  const mend = guard && damage(guard);
  try {
    const pattern = title?.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    vitest.setGlobalTestNamePattern(new RegExp(pattern === undefined ? '' : `^${pattern}$`));
    const specifications = await vitest.globTestSpecifications(files?.map((file) => join(packages, file)));
    const { testModules } = await vitest.runTestSpecifications(specifications);
    // Those of earlier orders are still among them.
    const asked = new Set(specifications.map(({ moduleId }) => moduleId));
    const tests = testModules
      .filter(({ moduleId }) => asked.has(moduleId))
      .flatMap(({ moduleId, children }) =>
        [...children.allTests()].map((test) => ({
          name: `${moduleId.slice(packages.length + 1)} > ${test.fullName}`,
          state: test.result().state,
        })),
      );
    return tests
      .filter(({ state }) => state === 'passed' || state === 'failed')
      .map(({ name, state }) => ({ name, passed: state === 'passed' }));
  } finally {
    mend?.();
  }
}

/** Breaks a guard; gives what mends it. @param {Guard} guard */
function damage(guard) {
  const mends = [guard, ...(guard.also ?? [])].map(({ file, find, replace = '' }) => {
    const path = join(packages, file);
    const source = readFileSync(path, 'utf8');
    write(
      path,
      source.replace(find, () => replace),
    );
    return () => {
      write(path, source);
    };
  });
  return () => {
    for (const mend of mends.reverse()) mend();
  };
}

/** @param {string} path @param {string} text */
function write(path, text) {
  writeFileSync(path, text);
  vitest.invalidateFile(path);
}

process.on('message', (/** @type {Order} */ order) => {
  run(order).then(
    (results) => process.send?.({ results }),
    (error) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
