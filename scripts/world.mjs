// The simulated world as JavaScript, for scripts that run without a test runner.

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import nodeResolve from '@rollup/plugin-node-resolve';
import typescript from '@rollup/plugin-typescript';
import { rollup } from 'rollup';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Strips the types, into a folder, and keeps the files apart so that coverage can name them.
 *
 * @returns what to import
 */
export async function buildWorld(/** @type {string} */ folder, entry = 'world/src/index') {
  const bundle = await rollup({
    input: join(root, `packages/${entry}.ts`),
    external: ['ws', /^node:/],
    onwarn: () => undefined,
    plugins: [
      nodeResolve(),
      typescript({
        tsconfig: join(root, 'tsconfig.rollup.json'),
        filterRoot: root,
        outDir: folder,
        sourceMap: false,
      }),
    ],
  });
  await bundle.write({ dir: folder, format: 'es', preserveModules: true, entryFileNames: '[name].mjs' });
  return pathToFileURL(join(folder, `${entry}.mjs`)).href;
}
