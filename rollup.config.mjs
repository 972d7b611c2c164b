// Bundles what is published. The protocol package has no build of its own: both ends carry a copy of it,
// its types included, so that neither depends on a package that does not exist on npm.

import nodeResolve from '@rollup/plugin-node-resolve';
import typescript from '@rollup/plugin-typescript';
import { readdirSync, readFileSync } from 'node:fs';
import dts from 'rollup-plugin-dts';
import { minify as minifyCode } from 'terser';
import { alikePrivates } from './scripts/alike-privates.mjs';

const packageFolder = (/** @type {string} */ name) => `packages/${name}`;
const entry = (/** @type {string} */ name) => `${packageFolder(name)}/src/index.ts`;
const dist = (/** @type {string} */ name, /** @type {string} */ file) =>
  `${packageFolder(name)}/dist/${file}`;

/** What of the client can be imported by itself, beside all of it. */
const clientEntries = Object.fromEntries(
  ['websocket', 'plain', 'http', 'stream'].map((name) => [name, `${packageFolder('client')}/src/${name}.ts`]),
);

const metrics = `${packageFolder('server')}/src/prometheus.ts`;

const external = ['ws', /^node:/];

/** Turns warnings (an unresolved import, a cycle) into a failed build. */
const onwarn = (/** @type {import('rollup').RollupLog} */ warning) => {
  throw new Error(warning.message);
};

/** In the client nothing happens on import: what is only used on demand does not go with what is always there. */
const treeshake = { moduleSideEffects: false };

const code = () => [
  nodeResolve(),
  typescript({ tsconfig: './tsconfig.rollup.json', filterRoot: import.meta.dirname }),
];

/** Names that are read otherwise than they are written: a welcome's in JSON (PROTOCOL.md §4.5), a header's, the kinds of outcomes, what a port of Node's has beside a browser's. */
const SPELLED = [
  ...['received', 'offset', 'protocol', 'heartbeat', 'maxPayload', 'allow', 'key'],
  'authorization',
  ...['busy', 'silent', 'failed', 'unanswered'],
  ...['ref', 'unref'],
];

/** The names that a file of declarations holds. */
const namesIn = (/** @type {string} */ file) => {
  const text = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  return [
    ...text.matchAll(/(?<=^\s*(readonly |get |set |declare (const|var|function) )?)\w+(?=\??[:(<])/gm),
  ].map(([name]) => name);
};

/** The names of the language and of browsers. */
const platformNames = readdirSync('node_modules/typescript/lib')
  .filter((file) => /^lib\..*\.d\.ts$/.test(file))
  .flatMap((file) => namesIn(`node_modules/typescript/lib/${file}`));

/**
 * Makes code small. A property that only our own code uses is as good short: any but those of the platform, those that our
 * declarations tell of (they are written before), and those that are spelled. The files of a build share their short
 * names by a cache.
 *
 * @param {object} [nameCache]
 */
function minify(nameCache) {
  /** @type {Promise<unknown>} */
  let before = Promise.resolve();
  const make = async (/** @type {string} */ code, /** @type {boolean} */ module) => {
    const reserved = [
      ...SPELLED,
      ...['index', ...Object.keys(clientEntries)].flatMap((name) => namesIn(dist('client', `${name}.d.ts`))),
      ...platformNames,
    ];
    const made = await minifyCode(code, {
      ecma: 2020,
      module,
      ...(nameCache && { nameCache }),
      sourceMap: true,
      compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
      mangle: { properties: { keep_quoted: true, builtins: true, reserved } },
      // What says that a call may be left out.
      format: { preserve_annotations: true },
    });
    return { code: made.code ?? '', map: String(made.map) };
  };
  return {
    name: 'minify',
    renderChunk(
      /** @type {string} */ code,
      /** @type {unknown} */ _chunk,
      /** @type {{ readonly format: string }} */ { format },
    ) {
      const made = before.then(() => make(code, format === 'es'));
      before = made;
      return made;
    },
  };
}

/** Keeps published declarations whole by themselves: a user of ours need not have the types of `ws`. */
const onlyNodeTypes = () => ({
  name: 'only-node-types',
  resolveId(/** @type {string} */ source, /** @type {string | undefined} */ importer) {
    if (!importer || /^(\.|\/|node:|@holdfast\/)/.test(source)) return null;
    throw new Error(`${importer} exposes a type of "${source}", which its package's users may not have`);
  },
});

/** @returns {import('rollup').RollupOptions} */
const declarations = (/** @type {string} */ name, /** @type {string[]} */ ...files) =>
  declarationsOf(name, entry(name), ...files);

/** @returns {import('rollup').RollupOptions} */
const declarationsOf = (
  /** @type {string} */ name,
  /** @type {string} */ input,
  /** @type {string[]} */ ...files
) => ({
  input,
  external: /^node:/,
  onwarn,
  plugins: [onlyNodeTypes(), dts({ tsconfig: './tsconfig.rollup.json' })],
  output: files.map((file) => ({ file: dist(name, file), format: 'es' })),
});

/** @type {import('rollup').RollupOptions[]} */
export default [
  declarations('client', 'index.d.ts'),
  ...Object.entries(clientEntries).map(([name, file]) => declarationsOf('client', file, `${name}.d.ts`)),
  {
    // What entries share is in files of its own, so that a page which imports several has it once.
    input: { holdfast: entry('client'), ...clientEntries },
    treeshake,
    onwarn,
    plugins: code(),
    output: {
      dir: dist('client', ''),
      entryFileNames: '[name].mjs',
      chunkFileNames: 'shared/[name].mjs',
      format: 'es',
      sourcemap: true,
      plugins: [alikePrivates(), minify({})],
    },
  },
  {
    input: entry('client'),
    treeshake,
    onwarn,
    plugins: code(),
    // Each in one file: for a script tag, and for a page that imports a module which it serves itself.
    output: [
      {
        file: dist('client', 'holdfast.min.js'),
        format: 'iife',
        name: 'Holdfast',
        sourcemap: true,
        plugins: [alikePrivates(), minify()],
      },
      {
        file: dist('client', 'holdfast.min.mjs'),
        format: 'es',
        sourcemap: true,
        plugins: [alikePrivates(), minify()],
      },
    ],
  },
  {
    input: entry('server'),
    external,
    onwarn,
    plugins: code(),
    output: [
      { file: dist('server', 'index.mjs'), format: 'es', sourcemap: true },
      { file: dist('server', 'index.cjs'), format: 'cjs', exports: 'named', sourcemap: true },
    ],
  },
  declarations('server', 'index.d.mts', 'index.d.cts'),
  {
    // It has nothing of the server in it: who wants no metrics has none of this.
    input: metrics,
    onwarn,
    plugins: code(),
    output: [
      { file: dist('server', 'prometheus.mjs'), format: 'es', sourcemap: true },
      { file: dist('server', 'prometheus.cjs'), format: 'cjs', exports: 'named', sourcemap: true },
    ],
  },
  declarationsOf('server', metrics, 'prometheus.d.mts', 'prometheus.d.cts'),
  {
    input: entry('fault-proxy'),
    external,
    onwarn,
    plugins: code(),
    output: [{ file: dist('fault-proxy', 'index.mjs'), format: 'es', sourcemap: true }],
  },
  {
    // For pages and for Node alike: it imports nothing.
    input: entry('doctor'),
    onwarn,
    plugins: code(),
    output: [{ file: dist('doctor', 'index.mjs'), format: 'es', sourcemap: true }],
  },
  {
    input: `${packageFolder('doctor')}/src/bin.ts`,
    external,
    onwarn,
    plugins: code(),
    output: [{ file: dist('doctor', 'bin.mjs'), format: 'es', sourcemap: true }],
  },
  declarations('doctor', 'index.d.ts'),
];
