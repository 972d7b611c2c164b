import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: {
    alias: [
      {
        find: /^@holdfast\/([\w-]+)$/,
        replacement: fileURLToPath(new URL('./packages/$1/src/index.ts', import.meta.url)),
      },
    ],
  },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'bench/test/*.test.ts'],
    environment: 'node',
    maxWorkers: 2,
    // A deadline for what hangs; nothing here is meant to take seconds, but a machine may be busy.
    testTimeout: 30_000,
  },
});
