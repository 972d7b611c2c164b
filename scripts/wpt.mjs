// Runs the public tests of web-platform-tests for WebSockets, of any checkout, with the browser's own class and with
// HoldfastSocket in its place: over WebSocket, and over HTTP with upgrades refused or left unanswered.
//
//   git clone --depth 1 --filter=blob:none https://github.com/web-platform-tests/wpt
//   npm run build && npm run wpt -- ../wpt
//
// `--browser firefox`; `--host web-platform.test` for pages that are no secure context, as in the suite's own server;
// `--only PATTERN` runs the tests whose URL matches; `--runs native,websocket` not all of the runs;
// `--json FILE` writes all outcomes. See docs/w3c.md.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, TestPage } from './wpt/browser.mjs';
import { runs, scriptOf } from './wpt/classes.mjs';
import { failuresOf, subtestsOf, tableOf } from './wpt/results.mjs';
import { WptServer } from './wpt/server.mjs';
import { testsOf } from './wpt/suite.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    browser: { type: 'string', default: 'chromium' },
    host: { type: 'string', default: 'localhost' },
    only: { type: 'string', default: '' },
    runs: { type: 'string', default: Object.keys(runs).join() },
    json: { type: 'string' },
  },
});
const [dir] = positionals;
const { host } = values;
const browserName = /** @type {import('./wpt/browser.mjs').BrowserName} */ (values.browser);
const wanted = values.runs.split(',');
const strange = wanted.filter((name) => !(name in runs));
if (
  !dir ||
  !existsSync(join(dir, 'websockets')) ||
  strange.length ||
  !/^(chromium|firefox)$/.test(browserName)
) {
  console.error(
    'npm run wpt -- CHECKOUT [--browser chromium|firefox] [--only PATTERN] [--runs ...] [--json FILE]',
  );
  console.error(`CHECKOUT has the folder websockets; runs: ${Object.keys(runs).join()}`);
  process.exit(2);
}

const { tests, leftOut } = testsOf(dir);
const pattern = new RegExp(values.only);
const chosen = tests.filter(({ url }) => pattern.test(url));
const server = new WptServer(host);
await server.start(dir, certificate());
const browser = await launch(browserName, host);
console.log(
  `${browserName} ${browser.version()}: ${chosen.length} pages; ${leftOut.length} need HTTP/2 and are left out`,
);

/** @type {Record<string, Map<string, import('./wpt/results.mjs').Outcome>>} */
const outcomes = {};
for (const name of wanted) {
  const run = runs[name];
  if (!run) continue;
  const script = scriptOf(run);
  server.upgrades = run.upgrades;
  server.prefix = script;
  outcomes[name] = new Map();
  const page = new TestPage(browser, script);
  for (const { url, isSecure } of chosen) {
    const [scheme, port] = isSecure
      ? ['https', server.ports['https']?.[0]]
      : ['http', server.ports['http']?.[0]];
    server.rawDialled.clear();
    const results = await page.run(`${scheme}://${host}:${port ?? 0}${url}`);
    outcomes[name].set(url, { results, raw: server.rawDialled.size > 0 });
  }
  await page.close();
  report(name);
}

await browser.close();
await server.close();
const titles = Object.fromEntries(Object.entries(runs).map(([name, { title }]) => [name, title]));
console.log(`\n${tableOf(`${browserName} ${browser.version()}`, outcomes, titles)}`);
if (server.unknown.size) console.log(`\nDialled, and unknown here: ${[...server.unknown].sort().join(' ')}`);
if (values.json) writeFileSync(values.json, JSON.stringify(plain(), null, 1));

/**
 * Says what came of a run: of the browser's own class how much of each page it does not pass, of ours what it should have.
 *
 * @param {string} name
 */
function report(name) {
  const found = subtestsOf(outcomes[name] ?? new Map());
  if (name === 'native' || !outcomes['native']) {
    const failures = [...found]
      .filter(([, { passes }]) => !passes)
      .map(([subtest]) => subtest.split(/ › | \(the/)[0] ?? '');
    console.log(`\n${name}: not passed`);
    for (const url of new Set(failures))
      console.log(`  ${url}: ${failures.filter((other) => other === url).length}`);
    return;
  }
  const failures = failuresOf(subtestsOf(outcomes['native']), found);
  console.log(`\n${name}: ${failures.length} pass natively and not here`);
  for (const { subtest, message, raw } of failures)
    console.log(`  ${raw ? '(raw bytes) ' : ''}${subtest}\n      ${message.split('\n')[0] ?? ''}`);
  if (failures.some(({ raw }) => !raw || name === 'websocket')) process.exitCode = 1;
}

function plain() {
  return Object.fromEntries(
    Object.entries(outcomes).map(([name, run]) => [name, Object.fromEntries(subtestsOf(run))]),
  );
}

/** One that nobody trusts: the browser is told to. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'wpt-'));
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${host} -keyout key.pem -out cert.pem`;
  try {
    const { status } = spawnSync('openssl', args.split(' '), { cwd: folder });
    if (status !== 0) throw new Error('openssl is needed for a certificate');
    const read = (/** @type {string} */ name) => readFileSync(join(folder, name), 'utf8');
    return { key: read('key.pem'), cert: read('cert.pem') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
