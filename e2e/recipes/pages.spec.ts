/** What a page does: frameworks, workers, policies. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test, transports } from './support/fixtures.ts';
import { filesOf } from './support/recipe.ts';

const require = createRequire(import.meta.url);
const vite = join(require.resolve('vite/package.json'), '../bin/vite.js');
const viteConfig = filesOf('vite').get('vite.config.mjs')!;

test('the recipe vite holds, and the page still reloads when a file changes', async ({
  recipe,
  connect,
  page,
}) => {
  const files = recipe('vite');
  const program = await files.run(vite, '--host', '127.0.0.1');

  await page.goto(program.url('/'));
  await expect(page.locator('output')).toHaveText('Hello');

  for (const transport of transports) {
    const client = connect(program.url('/live'), { transports: [transport] });
    expect(await client.ask('text ✓')).toBe('text ✓');
    await client.over(transport);
    expect(await client.close()).toEqual({ code: 1000, wasClean: true });
  }

  files.add('main.js', files.read('main.js').replace('Hello', 'Hello again'));
  await expect(page.locator('output')).toHaveText('Hello again');

  // A new server in the same process, for a changed configuration.
  files.add('vite.config.mjs', viteConfig.replace('socket.send(data', 'socket.send(`restarted: ${data}`'));
  await expect(page.locator('output')).toHaveText('restarted: Hello again');
  expect(program.output).not.toMatch(/error/i);
});

test('what the README shows holds', async ({ recipe, connect, page }) => {
  const readme = recipe('README');
  const server = await readme.run('server.mjs');
  expect(await connect(server.url('/live')).ask('hello')).toBe('hello');

  readme.add('vite.config.mjs', viteConfig);
  readme.add('index.html', '<script type="module" src="/page.js"></script>');
  const program = await readme.run(vite, '--host', '127.0.0.1');
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(program.url('/'));
  await expect.poll(() => said).toEqual(expect.arrayContaining(['over websocket', 'hello']));
});

test('the recipe download-less holds: HTTP is there when it is needed, and not before', async ({
  recipe,
  page,
}) => {
  const files = recipe('download-less');
  files.add('vite.config.mjs', viteConfig);
  const program = await files.run(vite, '--host', '127.0.0.1');
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await page.goto(program.url('/'));
  await expect(page.locator('output')).toHaveText('Hello over websocket');
  expect(loaded.filter((path) => /client_http|http\.mjs/.test(path))).toEqual([]);

  await page.routeWebSocket(/live/, (socket) => socket.close());
  await page.goto(program.url('/'));
  await expect(page.locator('output')).toHaveText(/^Hello over (streaming|polling)$/);
  expect(loaded.filter((path) => /client_http|http\.mjs/.test(path))).not.toEqual([]);
});

test('the recipe react holds, in strict mode', async ({ recipe, page }) => {
  const files = recipe('react');
  files.add('vite.config.mjs', viteConfig);
  const program = await files.run(vite, '--host', '127.0.0.1');
  await page.goto(program.url('/'));
  await expect(page.locator('p')).toHaveText('Connected');
  await page.getByRole('button').click();
  await expect(page.locator('output')).toHaveText('Hello');
});

test('the recipe server-side-rendering holds: it renders, and Node ends', async ({ recipe }) => {
  expect(await recipe('server-side-rendering').output('render.mjs')).toBe('<output>One moment …</output>\n');
});

test('the recipe shared-worker holds: two tabs, one connection', async ({ recipe, context }) => {
  const files = recipe('shared-worker');
  files.add(
    'vite.config.mjs',
    viteConfig.replace('socket.send(data', 'socket.send(`${holdfast.clients.size}: ${data}`'),
  );
  const program = await files.run(vite, '--host', '127.0.0.1');
  const [one, two] = [await context.newPage(), await context.newPage()];
  for (const tab of [one, two]) await tab.goto(program.url('/'));
  await two.getByRole('button').click();
  for (const tab of [one, two]) await expect(tab.locator('output')).toHaveText('1: Hello');
  await one.close();
  await two.getByRole('button').click();
  await expect(two.locator('output')).toHaveText('1: Hello');
});

test('the recipe content-security-policy holds, and the policy too', async ({ recipe, page }) => {
  const program = await recipe('content-security-policy').run('server.mjs');
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(program.url('/'));
  await expect(page.locator('output')).toHaveText('Hello');
  // What a browser always asks for, and the policy does not allow.
  expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([]);
  const evaluated = await page.locator('script').evaluate(() => {
    const script = document.createElement('script');
    script.text = 'globalThis.ran = true';
    document.head.append(script);
    return 'ran' in globalThis;
  });
  expect(evaluated).toBe(false);
});
