// A program as a page downloads it, bundled and minified by each of the bundlers that applications use.

import nodeResolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { build } from 'esbuild';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { rollup } from 'rollup';
import webpack from 'webpack';

/**
 * What a page downloads.
 *
 * @typedef {object} Bundle
 * @property {string} first at once
 * @property {string} rest on demand
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {string | Uint8Array} code */
export const compressed = (code) => brotliCompressSync(code).length;

/** @type {Readonly<Record<string, (program: string) => Promise<Bundle>>>} */
export const bundlers = {
  rollup: (program) =>
    inFolder(program, async (entry, folder) => {
      const bundle = await rollup({ input: entry, plugins: [nodeResolve()], onwarn: refuse });
      await bundle.write({ dir: folder, format: 'es', plugins: [terser({ module: true })] });
    }),

  esbuild: (program) =>
    inFolder(program, async (entry, folder) => {
      await build({
        entryPoints: { main: entry },
        outdir: folder,
        outExtension: { '.js': '.mjs' },
        bundle: true,
        splitting: true,
        minify: true,
        format: 'esm',
        logLevel: 'error',
      });
    }),

  webpack: (program) =>
    inFolder(program, async (entry, folder) => {
      const compiler = webpack({
        mode: 'production',
        entry: { main: entry },
        output: { path: folder, filename: 'main.mjs', module: true, library: { type: 'module' } },
        experiments: { outputModule: true },
        performance: false,
      });
      await new Promise((resolve, reject) => {
        compiler.run((error, stats) => {
          if (error || !stats || stats.hasErrors()) reject(error ?? new Error(stats?.toString()));
          else compiler.close(resolve);
        });
      });
    }),
};

/** @param {{ readonly message: string }} warning */
function refuse({ message }) {
  throw new Error(message);
}

/**
 * The program is in the project, so that bundlers find the packages.
 *
 * @param {string} program
 * @param {(entry: string, folder: string) => Promise<void>} bundle
 * @returns {Promise<Bundle>}
 */
async function inFolder(program, bundle) {
  const made = mkdtempSync(join(root, 'node_modules/.cache-size-'));
  try {
    const entry = join(made, 'main.js');
    const folder = join(made, 'dist');
    writeFileSync(entry, program);
    await bundle(entry, folder);
    const files = readdirSync(folder).filter((file) => /\.m?js$/.test(file));
    const code = (/** @type {string} */ file) => readFileSync(join(folder, file), 'utf8');
    // What the first file imports comes with it; what is only imported on demand does not.
    const atOnce = new Set(files.filter((file) => /^main\./.test(file)));
    for (const file of atOnce)
      for (const [, other = ''] of code(file).matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g))
        atOnce.add(other);
    return {
      first: [...atOnce].map(code).join('\n'),
      rest: files
        .filter((file) => !atOnce.has(file))
        .map(code)
        .join('\n'),
    };
  } finally {
    rmSync(made, { recursive: true });
  }
}
