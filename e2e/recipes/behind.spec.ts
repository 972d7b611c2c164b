/** Behind real proxies, with the configuration that the page shows; only its ports are those of the test. */
import type { Configuration } from '../support/intermediaries/intermediary.ts';
import { isInstalled, startIntermediary } from '../support/intermediaries/intermediary.ts';
import { expect, test as base, transports } from './support/fixtures.ts';
import { echoed, talk } from './support/in-page.ts';
import { filesOf } from './support/recipe.ts';

const test = base.extend<{
  startProxy: (configuration: Configuration, ...targets: [number, ...number[]]) => Promise<string>;
}>({
  startProxy: async ({}, use, { title }) => {
    const started: { close: () => Promise<void> }[] = [];
    await use(async (configuration, ...targets) => {
      if (!isInstalled(configuration)) {
        const reason = `${configuration.proxy} is not installed (npm run proxies)`;
        process.stdout.write(`skipped, since ${reason}: ${title}\n`);
        test.skip(true, reason);
      }
      const intermediary = await startIntermediary(configuration, ...targets);
      started.push(intermediary);
      return intermediary.url;
    });
    for (const intermediary of started) await intermediary.close();
  },
});

test('the recipe nginx holds: each transport comes through, from the server’s own origin', async ({
  recipe,
  page,
  startProxy,
}) => {
  const program = await recipe('node').run('server.mjs');
  const url = await startProxy(
    {
      proxy: 'nginx',
      configure: ({ dir, port, targets: [target] }) => ({
        files: {
          'live.conf': filesOf('nginx')
            .get('live.conf')!
            .replace('listen 80;', `listen 127.0.0.1:${port};`)
            .replace(':8080', `:${target}`),
          'nginx.conf': `
            daemon off;
            master_process off;
            pid nginx.pid;
            events {}
            http {
              access_log off;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              include live.conf;
            }
          `,
        },
        args: ['-p', dir, '-c', 'nginx.conf', '-e', 'error.log'],
      }),
    },
    program.port,
  );
  await page.goto(url);
  for (const transport of transports) expect(await talk(page, transport)).toEqual(echoed);
});

test('the recipe several-nodes holds: each browser finds its node again', async ({
  recipe,
  browser,
  startProxy,
}) => {
  const files = recipe('several-nodes');
  const a = await files.run('server.mjs', '8081', 'a');
  const b = await files.run('server.mjs', '8082', 'b');
  const url = await startProxy(
    {
      proxy: 'haproxy',
      configure: ({ port, targets: [first, second] }) => ({
        files: {
          'haproxy.cfg': filesOf('several-nodes')
            .get('haproxy.cfg')!
            .replace('bind :80', `bind 127.0.0.1:${port}`)
            .replace(':8081', `:${first}`)
            .replace(':8082', `:${second}`),
        },
        args: ['-db', '-f', 'haproxy.cfg'],
      }),
    },
    a.port,
    b.port,
  );
  const nodes = new Set<string>();
  for (let i = 0; i < 2; i++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(url);
    const heard = new Set<string>();
    for (const transport of transports) {
      const { messages } = await talk(page, transport, '/live', ['one', 'two', 'three']);
      for (const message of messages) heard.add(String(message).split(':')[0]!);
    }
    expect(heard.size).toBe(1);
    for (const node of heard) nodes.add(node);
    await context.close();
  }
  expect(nodes).toEqual(new Set(['a', 'b']));
});
