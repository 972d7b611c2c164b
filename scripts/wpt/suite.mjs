// Which pages a checkout of web-platform-tests makes of its folder `websockets`: an `.html` is one, an `.any.js` one for
// each kind of global scope that its META lines ask for, and each once more for every variant.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {object} Test
 * @property {string} url The page's path, with its variant.
 * @property {boolean} isSecure Whether the page comes over HTTPS.
 */

/** What the name of a page says, for each scope that a script may ask for. */
const scopes = {
  window: '.html',
  dedicatedworker: '.worker.html',
  sharedworker: '.sharedworker.html',
  serviceworker: '.serviceworker.html',
};

/** @typedef {keyof typeof scopes} Scope */

/** @type {Record<string, Scope[]>} */
const groups = { worker: ['dedicatedworker', 'sharedworker', 'serviceworker'] };

/** Help for tests, and what somebody has to look at. */
const isNoTest = /\/(handlers|resources|support|crashtests)\/|-manual\.|-ref\.|\.headers$/;

/**
 * @param {string} dir the checkout
 * @returns {{ tests: Test[], leftOut: string[] }} what can be run, and what needs a WebSocket over HTTP/2
 */
export function testsOf(dir) {
  const all = walk(dir, '/websockets').flatMap((path) => pagesOf(dir, path));
  const isOverHttp2 = (/** @type {Test} */ { url }) => /wpt_flags=h2|\.h2\./.test(url);
  return {
    tests: all.filter((test) => !isOverHttp2(test)),
    leftOut: all.filter(isOverHttp2).map(({ url }) => url),
  };
}

/**
 * @param {string} dir
 * @param {string} folder
 * @returns {string[]}
 */
function walk(dir, folder) {
  return readdirSync(join(dir, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? walk(dir, path) : path;
    })
    .filter((path) => !isNoTest.test(path));
}

/**
 * @param {string} dir
 * @param {string} path
 * @returns {Test[]}
 */
function pagesOf(dir, path) {
  if (!/\.(any|window|worker)\.js$|\.x?html?$/.test(path)) return [];
  const text = readFileSync(join(dir, path), 'utf8');
  const [names, variants] = path.endsWith('.js')
    ? [scriptPages(path, text), metaOf(text).variants]
    : [/testharness\.js/.test(text) ? [path] : [], htmlVariants(text)];
  return names.flatMap((name) =>
    (variants.length ? variants : ['']).map((variant) => ({
      url: name + variant,
      isSecure: /\.https\.|\.serviceworker\./.test(name) || /wpt_flags=https/.test(variant),
    })),
  );
}

/**
 * @param {string} path
 * @param {string} text
 */
function scriptPages(path, text) {
  if (!path.endsWith('.any.js')) return [path.replace(/js$/, 'html')];
  const base = path.replace(/\.js$/, '');
  return metaOf(text).scopes.map((scope) => base + scopes[scope]);
}

/** @param {string} text */
function htmlVariants(text) {
  return [...text.matchAll(/<meta\s+name="?variant"?\s+content="([^"]*)"/g)].map(
    ([, variant = '']) => variant,
  );
}

/**
 * What the META lines at the head of a script say.
 *
 * @param {string} text
 */
export function metaOf(text) {
  const head = /^(?:\s*\/\/.*(?:\r?\n|$))*/.exec(text)?.[0] ?? '';
  const said = [...head.matchAll(/^\s*\/\/\s*META:\s*(\w+)=(.*?)\s*$/gm)];
  const all = (/** @type {string} */ key) =>
    said.filter(([, name]) => name === key).map(([, , value = '']) => value);
  const asked = all('global').flatMap((list) => list.split(','));
  const found = (asked.length ? asked : ['window', 'dedicatedworker']).flatMap(
    (name) => groups[name] ?? name,
  );
  return {
    scopes: /** @type {Scope[]} */ ([...new Set(found)].filter((name) => name in scopes)),
    variants: all('variant'),
    scripts: all('script'),
    isLong: all('timeout').includes('long'),
    title: all('title')[0] ?? '',
  };
}
