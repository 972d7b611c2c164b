// The pages and workers around a test that is only a script, as wptserve makes them.

import { metaOf } from './suite.mjs';

/** What a wrapper's name ends in: the script's own ending, how the wrapper gets at it, and where it runs. */
const wrappers = [
  { ending: /\.any\.sharedworker\.html$/, script: '.any.js', make: sharedPage },
  { ending: /\.any\.serviceworker\.html$/, script: '.any.js', make: servicePage },
  { ending: /\.any\.worker\.html$/, script: '.any.js', make: workerPage },
  { ending: /\.worker\.html$/, script: '.worker.js', make: workerPage },
  { ending: /\.any\.html$/, script: '.any.js', make: windowPage },
  { ending: /\.window\.html$/, script: '.window.js', make: windowPage },
  { ending: /\.any\.(worker|sharedworker|serviceworker)\.js$/, script: '.any.js', make: worker },
];

/**
 * @param {string} path of what is asked for
 * @param {(path: string) => string | undefined} read a file of the suite
 * @returns {{ type: string, body: string } | undefined} nothing, if it is no wrapper
 */
export function wrapperOf(path, read) {
  for (const { ending, script, make } of wrappers) {
    if (!ending.test(path)) continue;
    const source = path.replace(ending, script);
    const text = read(source);
    if (text === undefined) return undefined;
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
    return { type, body: make(source, metaOf(text), path.replace(/html$/, 'js')) };
  }
  return undefined;
}

/** @typedef {ReturnType<typeof metaOf>} Meta */

/** @param {boolean} isWindow */
const scope = (isWindow) =>
  `self.GLOBAL = { isWindow: () => ${isWindow}, isWorker: () => ${!isWindow}, isShadowRealm: () => false };`;

/**
 * @param {Meta} meta
 * @param {string} rest
 */
const page = ({ isLong, title }, rest) => `<!doctype html>
<meta charset=utf-8>
${isLong ? '<meta name=timeout content=long>' : ''}
<title>${title}</title>
<script src="/resources/testharness.js"></script>
<script src="/resources/testharnessreport.js"></script>
<div id=log></div>
${rest}`;

/**
 * @param {string} source
 * @param {Meta} meta
 */
function windowPage(source, meta) {
  const scripts = [...meta.scripts, source].map((path) => `<script src="${path}"></script>`);
  return page(meta, `<script>${scope(true)}</script>\n${scripts.join('\n')}`);
}

/**
 * @param {string} _
 * @param {Meta} meta
 * @param {string} script
 */
function workerPage(_, meta, script) {
  return page(meta, `<script>fetch_tests_from_worker(new Worker('${script}' + location.search));</script>`);
}

/** @type {typeof workerPage} */
function sharedPage(_, meta, script) {
  return page(
    meta,
    `<script>fetch_tests_from_worker(new SharedWorker('${script}' + location.search));</script>`,
  );
}

/** @type {typeof workerPage} */
function servicePage(_, meta, script) {
  return page(
    meta,
    `<script>
navigator.serviceWorker
  .register('${script}' + location.search, { scope: 'no/page/is/here' })
  .then(({ installing }) => fetch_tests_from_worker(installing));
</script>`,
  );
}

/**
 * @param {string} source
 * @param {Meta} meta
 */
function worker(source, { scripts, isLong }) {
  return [
    scope(false),
    isLong ? "self.META_TIMEOUT = 'long';" : '',
    `importScripts(${['/resources/testharness.js', ...scripts, source].map((path) => `'${path}'`).join(', ')});`,
    'done();',
  ].join('\n');
}
