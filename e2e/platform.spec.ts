/** Wherever a browser runs scripts, under a policy that allows nothing but our files and our server. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo, Socket } from 'node:net';
import { HoldfastServer } from '@holdfast/server';
import { expect, test as base, type Page } from '@playwright/test';
import { echo } from './support/server.ts';

const module = createRequire(import.meta.url).resolve('@holdfast/client/bundle');
const script = module.replace('.mjs', '.js');

const policy = `default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src data:`;

/** Says hello over each transport, one after the other, and gives what came back, and over what. */
const talk = `
  const talk = (HoldfastSocket) => Promise.all(['websocket', 'streaming', 'polling'].map((transport) => new Promise((done) => {
    const socket = new HoldfastSocket('/live', [], { transports: [transport] });
    socket.onmessage = async ({ data }) => {
      while (socket.transport !== transport) await new Promise((changed) => (socket.ontransportchange = changed));
      socket.close(1000);
      socket.onclose = ({ wasClean }) => done([data, transport, wasClean].join(' '));
    };
    socket.onerror = () => done('failed over ' + transport);
    socket.send('Hello');
  })));
`;
const asModule = `import { HoldfastSocket } from '/holdfast.mjs'; ${talk}`;
const asScript = `importScripts('/holdfast.min.js'); const { HoldfastSocket } = Holdfast; ${talk}`;

const inWorker = 'talk(HoldfastSocket).then((said) => postMessage(said));';
const inSharedWorker =
  'onconnect = ({ ports: [port] }) => talk(HoldfastSocket).then((said) => port.postMessage(said));';
const inServiceWorker = `onmessage = (event) => event.waitUntil(
  talk(HoldfastSocket).then((said) => event.source.postMessage(said)));`;

/** What the page does with a worker: each way leaves what it said in \`said\`. */
const start = (worker: string): string => `window.said = new Promise((done) => { ${worker} });`;
const dedicated = (options: string): string =>
  start(`new Worker('/worker.js', ${options}).onmessage = ({ data }) => done(data);`);
const shared = (options: string): string =>
  start(`new SharedWorker('/worker.js', ${options}).port.onmessage = ({ data }) => done(data);`);
const service = (options: string): string =>
  start(`
    navigator.serviceWorker.onmessage = ({ data }) => done(data);
    navigator.serviceWorker.register('/worker.js', ${options});
    navigator.serviceWorker.ready.then(({ active }) => active.postMessage('go'));
  `);

/** In each place: the page's scripts in their order, and the worker's. */
const places: Record<string, { page: readonly string[]; worker?: string }> = {
  'a module in a page': { page: [`${asModule} window.said = talk(HoldfastSocket);`] },
  'a script in a page': {
    page: ['/holdfast.min.js', `${talk} window.said = talk(Holdfast.HoldfastSocket);`],
  },
  'a module in a worker': { page: [dedicated(`{ type: 'module' }`)], worker: `${asModule} ${inWorker}` },
  'a script in a worker': { page: [dedicated('{}')], worker: `${asScript} ${inWorker}` },
  'a module in a shared worker': {
    page: [shared(`{ type: 'module' }`)],
    worker: `${asModule} ${inSharedWorker}`,
  },
  'a script in a shared worker': { page: [shared('{}')], worker: `${asScript} ${inSharedWorker}` },
  'a script in a service worker': { page: [service('{}')], worker: `${asScript} ${inServiceWorker}` },
};

type Serve = (place: { page: readonly string[]; worker?: string }) => Promise<string>;

const test = base.extend<{ serve: Serve }>({
  serve: async ({}, use) => {
    const servers: Server[] = [];
    const connections = new Set<Socket>();
    await use(async ({ page, worker = '' }) => {
      const sources = page.map((code, i) => (code.startsWith('/') ? code : `/${i}.js`));
      const scripts = page.map((code, i) => {
        const type = code.startsWith('import') ? 'type="module"' : '';
        return `<script ${type} src="${sources[i]}"></script>`;
      });
      const files = new Map<string | undefined, string>([
        ['/', `<!doctype html><link rel="icon" href="data:,"><title>Holdfast</title>${scripts.join('')}`],
        ['/worker.js', worker],
        ['/holdfast.mjs', readFileSync(module, 'utf8')],
        ['/holdfast.min.js', readFileSync(script, 'utf8')],
      ]);
      page.forEach((code, i) => {
        if (sources[i] !== code) files.set(sources[i], code);
      });
      const server = createServer(({ url }, response) => {
        const type = url === '/' ? 'text/html' : 'text/javascript';
        response.setHeader('content-security-policy', policy).setHeader('content-type', type);
        response.end(files.get(url) ?? '');
      });
      server.on('connection', (connection: Socket) => connections.add(connection));
      servers.push(server);
      new HoldfastServer({ server, path: '/live' }).on('connection', echo);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    for (const server of servers) server.close();
    for (const connection of connections) connection.destroy();
  },
});

const said = (page: Page): Promise<unknown> => page.evaluate(() => (window as { said?: unknown }).said);

for (const [place, files] of Object.entries(places)) {
  test(`as ${place}, Holdfast gets through on each transport, and offends no policy`, async ({
    page,
    serve,
  }) => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(await serve(files));
    expect(await said(page)).toEqual(
      ['websocket', 'streaming', 'polling'].map((name) => `Hello ${name} true`),
    );
    expect(complaints).toEqual([]);
  });
}

test('the policy that they are under allows no other script', async ({ page, serve }) => {
  await page.goto(await serve({ page: [`window.said = 'ours';`] }));
  expect(await said(page)).toBe('ours');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.text = 'window.said = "theirs"';
    document.head.append(script);
    return (window as { said?: unknown }).said;
  });
  expect(ran).toBe('ours');
});
