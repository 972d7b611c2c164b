/** The packages as Node and bundlers see them: nothing happens on import, and each platform gives what it has. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import nodeResolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { build } from 'vite';
import { expect, test, type Recipe } from './support/fixtures.ts';

const cwd = fileURLToPath(new URL('.', import.meta.url));

/** Runs a module in a Node of its own. Gives what it printed, as JSON; what it says on the other stream is an error. */
async function run(code: string, ...flags: string[]): Promise<unknown> {
  const args = ['--no-warnings', ...flags, '--input-type=module', '--eval', code];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd, timeout: 60_000 });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** Notes what is looked up among the globals, called, or left behind by whatever `during` does. */
const watched = (during: string): string => `
  const notes = [];
  const before = new Set(Reflect.ownKeys(globalThis));
  const names = ['window', 'document', 'navigator', 'location', 'localStorage', 'WebSocket', 'XMLHttpRequest', 'fetch',
    'crypto', 'performance', 'CloseEvent', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'addEventListener'];
  for (const name of names) {
    const { value } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {};
    Object.defineProperty(globalThis, name, { configurable: true, get: () => (notes.push(name), value) });
    before.add(name);
  }
  const on = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (...args) { notes.push('listens'); return on.apply(this, args); };
  const listeners = process.eventNames().length;
  ${during}
  for (const key of Reflect.ownKeys(globalThis)) if (!before.has(key)) notes.push('defines ' + String(key));
  if (process.eventNames().length !== listeners) notes.push('listens to the process');
  for (const resource of process.getActiveResourcesInfo()) if (/Timeout|Immediate|Server|Socket/.test(resource)) notes.push(resource);
  console.log(JSON.stringify(notes));
`;

test('an import of the client does nothing', async () => {
  expect(await run(watched(`await import('@holdfast/client');`))).toEqual([]);
});

test('an import of the server starts, defines and listens to nothing', async () => {
  const notes = (await run(watched(`await import('@holdfast/server');`))) as string[];
  // Node's own modules and `ws` look up a few globals.
  expect(notes.filter((note) => /^(defines|listens|[A-Z])/.test(note))).toEqual([]);
});

test('an import of the metrics loads neither the server nor prom-client', async () => {
  const loaded = `
    import { createRequire } from 'node:module';
    import { prometheus } from '@holdfast/server/prometheus';
    const require = createRequire(import.meta.url);
    const ours = require('@holdfast/server/prometheus');
    const files = Object.keys(require.cache).map((file) => file.replace(/.*\\/(?=packages\\/)/, ''));
    console.log(JSON.stringify([typeof prometheus, typeof ours.prometheus, files]));
  `;
  expect(await run(loaded)).toEqual(['function', 'function', ['packages/server/dist/prometheus.cjs']]);
  expect(await run(watched(`await import('@holdfast/server/prometheus');`))).toEqual([]);
});

test('the watch over an import sees what there is to see', async () => {
  const busy = `document; addEventListener; new EventTarget().addEventListener('x', null); setTimeout(() => process.exit(), 0);
    globalThis.mine = 1; process.on('SIGHUP', () => {});`;
  const seen = [
    'document',
    'addEventListener',
    'listens',
    'setTimeout',
    'defines mine',
    'listens to the process',
    'Timeout',
  ];
  expect(await run(watched(busy))).toEqual(seen);
});

test('an import that is not used leaves nothing in a bundle', async () => {
  const id = '\0entry';
  const entry = {
    name: 'entry',
    resolveId: (source: string) => (source === 'entry' ? id : null),
    load: (source: string) =>
      source === id
        ? `import '@holdfast/client'; import { HoldfastSocket } from '@holdfast/client'; export const answer = 42;`
        : null,
  };
  const byRollup = await rollup({ input: 'entry', plugins: [entry, nodeResolve({ rootDir: cwd })] });
  const { output } = await byRollup.generate({ format: 'es' });
  const byVite = await build({
    root: cwd,
    configFile: false,
    logLevel: 'silent',
    plugins: [{ ...entry, enforce: 'pre' }],
    build: {
      write: false,
      minify: true,
      rolldownOptions: { input: 'entry', preserveEntrySignatures: 'strict' },
    },
  });
  const chunks = [...output, ...[byVite].flat().flatMap((made) => ('output' in made ? made.output : []))];
  expect(chunks).toHaveLength(2);
  for (const chunk of chunks) {
    expect('code' in chunk && chunk.code).toContain('42');
    expect('code' in chunk && chunk.code).not.toContain('class');
  }
});

/** Says hello over whatever transport it gets, and prints that. */
const hello = (url: string, options: string): string => `
  import { HoldfastSocket } from '@holdfast/client';
  import { WebSocket as WebSocketOfWs } from 'ws';
  const socket = new HoldfastSocket('${url}', [], ${options});
  socket.onmessage = async ({ data }) => {
    while (socket.transport === 'polling') await new Promise((done) => (socket.ontransportchange = done));
    console.log(JSON.stringify([data, socket.transport, typeof WebSocket]));
    socket.close();
  };
  socket.send('Hello');
`;

test.describe('in Node', () => {
  const withGlobal = 'WebSocket' in globalThis ? [] : ['--experimental-websocket'];
  const withoutGlobal = 'WebSocket' in globalThis ? ['--no-experimental-websocket'] : [];

  test('without a global WebSocket it takes the one that it is given', async ({ recipe }) => {
    const { url } = await running(recipe);
    const said = await run(hello(url, '{ WebSocket: WebSocketOfWs }'), ...withoutGlobal);
    expect(said).toEqual(['Hello', 'websocket', 'undefined']);
  });

  test('without any WebSocket it streams', async ({ recipe }) => {
    const { url } = await running(recipe);
    expect(await run(hello(url, '{}'), ...withoutGlobal)).toEqual(['Hello', 'streaming', 'undefined']);
  });

  test('with a global WebSocket it takes that', async ({ recipe }) => {
    const { url } = await running(recipe);
    expect(await run(hello(url, '{}'), ...withGlobal)).toEqual(['Hello', 'websocket', 'function']);
  });

  test('it makes no code from strings, over any transport', async ({ recipe }) => {
    const { url } = await running(recipe);
    const strict = '--disallow-code-generation-from-strings';
    expect(await run(hello(url, '{ WebSocket: WebSocketOfWs }'), strict)).toContain('websocket');
    expect(await run(hello(url, `{ transports: ['streaming'] }`), strict)).toContain('streaming');
  });

  test('it says what is missing when no transport is possible', async () => {
    const attempt = (options: string): string => `
      import { HoldfastSocket } from '@holdfast/client';
      delete globalThis.fetch;
      try {
        new HoldfastSocket('ws://localhost/', [], ${options});
      } catch (error) {
        console.log(JSON.stringify([error.name, error.message, process.getActiveResourcesInfo().includes('Timeout')]));
      }
    `;
    const message = 'no transport here: pass `WebSocket` or `fetch` as an option';
    for (const options of ['{}', `{ transports: ['websocket'] }`, `{ transports: ['polling'] }`]) {
      expect(await run(attempt(options), ...withoutGlobal)).toEqual(['TypeError', message, false]);
    }
  });

  test('it says so when a relative URL has nothing to be relative to', async () => {
    const attempt = `
      import { HoldfastSocket } from '@holdfast/client';
      try { new HoldfastSocket('/live'); } catch (error) { console.log(JSON.stringify([error.name, error.message])); }
    `;
    expect(await run(attempt)).toEqual(['SyntaxError', "the URL '/live' is invalid"]);
  });
});

/** The echo of the recipe `node`. */
async function running(recipe: (page: string) => Recipe) {
  const program = await recipe('node').run('server.mjs');
  return { url: program.url('/live') };
}
