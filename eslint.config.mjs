import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The arrows between packages point one way: client → protocol ← server.
 *
 * @param {string[]} packages The bare imports allowed, as regular expressions.
 * @returns {import('eslint').Linter.RulesRecord}
 */
const mayImport = (...packages) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          regex: `^(?!${['\\.{1,2}/', ...packages.map((name) => `${name}$`)].join('|')})`,
          message: `Here only ${['relative imports', ...packages].join(', ')} are allowed: see the arrows in ARCHITECTURE.md.`,
        },
        {
          regex: '^\\.{1,2}/(.*/)?(src|test|dist|e2e|demo|scripts)/',
          message: 'A relative import stays in its own src; no src imports test helpers.',
        },
      ],
    },
  ],
});

const clocks = ['Date', 'performance', 'crypto'];
const timers = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'queueMicrotask',
];

export default defineConfig(
  { ignores: ['**/dist/', 'e2e/recipes/.made/', 'test-results/', 'playwright-report/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        // A final `default` that assigns to `never`, or that ignores words from the wire, is what we want.
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],

      // Numbers say in a template what one means.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `String(reason)` and the like are how Web IDL treats what plain JavaScript passes in.
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // `while (true)` is how a loop with its exit in the middle is written.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
    },
  },

  {
    files: ['packages/*/src/**'],
    rules: {
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
    },
  },
  {
    files: ['packages/protocol/src/**'],
    rules: {
      ...mayImport(),
      'no-restricted-globals': [
        'error',
        {
          globals: [...clocks, ...timers].map((name) => ({
            name,
            message: 'The protocol has no clock, timer or chance of its own: they come in as arguments.',
          })),
          checkGlobalObject: true,
        },
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'The protocol has no chance of its own: it comes in as an argument.',
        },
      ],
    },
  },
  {
    files: ['packages/protocol/test/**'],
    rules: mayImport('vitest', 'fast-check', '@holdfast/protocol'),
  },
  {
    files: ['packages/client/src/**'],
    rules: {
      ...mayImport('@holdfast/protocol'),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ForOfStatement[await=true]',
          message: 'WebKitGTK 2.50 cannot iterate a ReadableStream: use its reader.',
        },
        { selector: 'StaticBlock', message: 'Safari has static blocks only since 16.4.' },
      ],
    },
  },
  { files: ['packages/server/src/**'], rules: mayImport('@holdfast/protocol', 'ws', 'node:.*') },
  { files: ['packages/fault-proxy/src/**'], rules: mayImport('node:.*') },
  { files: ['packages/doctor/src/**'], rules: mayImport('@holdfast/protocol', 'ws', 'node:.*') },

  {
    files: ['packages/*/test/**', 'bench/test/**', 'e2e/**'],
    rules: {
      // A test knows what its own array holds.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Fakes and handlers that have nothing to do.
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      // How a fixture of Playwright's says that it needs no other one.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
    },
  },
  {
    // JavaScript is type-checked by `tsc`; the rules on `any` would ask for more JSDoc than it is worth.
    files: ['**/*.{js,mjs,cjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-console': 'off', 'no-undef': 'off' },
  },
);
