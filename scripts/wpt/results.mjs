// What came of the runs, beside one another: what the browser's own class passes is what HoldfastSocket has to pass.

/** @typedef {import('./browser.mjs').Results} Results */
/** @typedef {{ results: Results, raw: boolean }} Outcome `raw`: the test wants bytes of its own on an upgraded socket */
/** @typedef {{ subtest: string, message: string, raw: boolean }} Failure */

/** What `testharness.js` says of a subtest, and of the page as a whole. */
const PASS = 0;
const FINE = 0;

/** Stands for a page as a whole, which is no subtest: an exception outside of them all, or a page that never ended. */
export const PAGE = ' (the page)';

/**
 * The subtests of a run, by the test's URL and their own name.
 *
 * @param {Map<string, Outcome>} outcomes by URL
 * @returns {Map<string, { passes: boolean, message: string, raw: boolean }>}
 */
export function subtestsOf(outcomes) {
  /** @type {ReturnType<typeof subtestsOf>} */
  const found = new Map();
  for (const [url, { results, raw }] of outcomes) {
    for (const { name, status, message } of results.subtests) {
      const base = `${url} › ${name}`;
      let key = base;
      for (let i = 2; found.has(key); i++) key = `${base} (${i})`;
      found.set(key, { passes: status === PASS, message: message ?? '', raw });
    }
    found.set(url + PAGE, { passes: results.status === FINE, message: results.message ?? 'timeout', raw });
  }
  return found;
}

/**
 * @param {ReturnType<typeof subtestsOf>} native
 * @param {ReturnType<typeof subtestsOf>} ours
 * @returns {Failure[]} what passes natively, and not with ours
 */
export function failuresOf(native, ours) {
  return [...native]
    .filter(([subtest, { passes }]) => passes && !ours.get(subtest)?.passes)
    .map(([subtest, { raw }]) => ({ subtest, raw, message: ours.get(subtest)?.message ?? 'never reported' }));
}

/**
 * @param {string} browser
 * @param {Record<string, Map<string, Outcome>>} outcomes by run
 * @param {Record<string, string>} titles of the runs
 */
export function tableOf(browser, outcomes, titles) {
  const { native: own, ...others } = outcomes;
  const native = subtestsOf(own ?? new Map());
  const subtests = [...native].filter(([subtest]) => !subtest.endsWith(PAGE));
  const passed = subtests.filter(([, { passes }]) => passes).length;
  const rows = Object.entries(others).map(([name, run]) => {
    const failures = failuresOf(native, subtestsOf(run)).filter(({ subtest }) => !subtest.endsWith(PAGE));
    const raw = failures.filter((failure) => failure.raw).length;
    return `| ${titles[name] ?? name} | ${passed - failures.length} | ${failures.length - raw} | ${raw} |`;
  });
  return [
    `${browser}: ${subtests.length} subtests on ${own?.size ?? 0} pages, ${passed} of which the browser's own class passes.`,
    '',
    '| HoldfastSocket | passed of them | not passed | not passed, raw bytes |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
