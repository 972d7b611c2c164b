// Bundles what is published. The protocol package has no build of its own: both ends carry a copy of it,
// its types included, so that neither depends on a package that does not exist on npm.

import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import typescript from '@rollup/plugin-typescript';
import dts from 'rollup-plugin-dts';

const packageFolder = (/** @type {string} */ name) => `packages/${name}`;
const entry = (/** @type {string} */ name) => `${packageFolder(name)}/src/index.ts`;
const dist = (/** @type {string} */ name, /** @type {string} */ file) =>
  `${packageFolder(name)}/dist/${file}`;

const metrics = `${packageFolder('server')}/src/prometheus.ts`;

const external = ['ws', /^node:/];

/** Turns warnings (an unresolved import, a cycle) into a failed build. */
const onwarn = (/** @type {import('rollup').RollupLog} */ warning) => {
  throw new Error(warning.message);
};

const code = () => [
  nodeResolve(),
  typescript({ tsconfig: './tsconfig.rollup.json', filterRoot: import.meta.dirname }),
];

/**
 * Names of properties that only our own code uses, neither an application nor a browser nor what is stored or sent, and
 * that are never written as text: they are as good short.
 */
const INTERNAL =
  /^(heard(At|Bytes|Of)|owed(Since|Bytes)|asked(At|Bytes)|(upgrade|retry|hedge|expires|ackDue|hold)At|dialled|unsent(Bytes|From)|take(Ack|Allowance)|allowanceDue|acknowledge(All)?|inFlight|onSent|rewind|renumber|retract|reattach|waitLonger|inDoubt|isMidway|midway|receiveWindow|retryDelay|batchSize|fits|isEmpty|isPaused|isWhole|setBack|giveUp|hedge|candidate|dials|current|answered|kinds|streams|deadline|since|outbox|session|retryAfter|standby|attempt|allowance|phase|rounds|effects|batches|renamed|welcomed)$/;

const minify = () =>
  terser({
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true },
    mangle: { properties: { regex: INTERNAL, keep_quoted: true } },
  });

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
  {
    // What the entries share is one file, so that a page which imports both has it once.
    input: { holdfast: entry('client'), stream: `${packageFolder('client')}/src/stream.ts` },
    onwarn,
    plugins: code(),
    output: {
      dir: dist('client', ''),
      entryFileNames: '[name].mjs',
      chunkFileNames: 'shared.mjs',
      format: 'es',
      sourcemap: true,
    },
  },
  {
    input: entry('client'),
    onwarn,
    plugins: code(),
    // Each in one file: for a script tag, and for a page that imports a module which it serves itself.
    output: [
      {
        file: dist('client', 'holdfast.min.js'),
        format: 'iife',
        name: 'Holdfast',
        sourcemap: true,
        plugins: [minify()],
      },
      {
        file: dist('client', 'holdfast.min.mjs'),
        format: 'es',
        sourcemap: true,
        plugins: [minify()],
      },
    ],
  },
  declarations('client', 'index.d.ts'),
  declarationsOf('client', `${packageFolder('client')}/src/stream.ts`, 'stream.d.ts'),
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
