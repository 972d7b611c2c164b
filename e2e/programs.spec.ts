/** Programs written for WebSocket, in a page that hands them our class: over each transport, and a network that is cut. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test as base } from '@playwright/test';
import { HoldfastServer } from '@holdfast/server';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { getYDoc, setupWSConnection } from '@y/websocket-server/utils';
import type { Aedes } from 'aedes';
import { rollup } from 'rollup';
import { WebSocketServer } from 'ws';
import type { Kind } from './page/programs.js';
import { Flow } from './programs/support/flow.ts';
import { serveGraphql } from './programs/support/graphql-server.ts';
import { serveMqtt } from './programs/support/mqtt-broker.ts';
import { Stretch } from './programs/support/stretch.ts';

type Program = Parameters<typeof runProgram>[0];

interface Fixtures {
  /** Runs a program in the page; gives what has happened to its connection. */
  run: (program: Program) => Promise<string[]>;
  wss: WebSocketServer;
  flow: Flow;
  /** A page, and a server behind it. */
  site: { readonly url: string; readonly wss: WebSocketServer; readonly flow: Flow };
  kind: Kind;
}

const PAGE = `<!doctype html>
<link rel="icon" href="data:," />
<script type="module">
  import { run } from '/programs.js';
  globalThis.runProgram = run;
</script>`;

const test = base.extend<Fixtures, { bundle: string }>({
  kind: ['native', { option: true }],

  bundle: [
    async ({ browserName: _name }, use) => {
      const input = new URL('./page/programs.js', import.meta.url).pathname;
      const build = await rollup({ input, plugins: [nodeResolve({ browser: true })], onwarn: () => {} });
      const { output } = await build.generate({ format: 'es' });
      await build.close();
      await use(output[0].code);
    },
    { scope: 'worker' },
  ],

  site: async ({ kind, bundle }, use) => {
    const http = createServer(({ url }, response) => {
      const [type, body] = url === '/programs.js' ? ['text/javascript', bundle] : ['text/html', PAGE];
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    });
    const wss = serverOf(kind, http);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const stretch = await Stretch.start((http.address() as AddressInfo).port);
    const flow = new Flow(kind === 'native' ? undefined : stretch);
    await use({ url: `http://127.0.0.1:${stretch.port}/`, wss, flow });
    wss.close();
    await stretch.close();
    http.close();
    http.closeAllConnections();
  },
  wss: async ({ site }, use) => use(site.wss),
  flow: async ({ site }, use) => use(site.flow),

  run: async ({ page, site, kind }, use) => {
    await page.exposeFunction('see', (number: number) => {
      site.flow.see(number);
    });
    await page.goto(site.url);
    await use(async (program) => {
      const { events, carriers } = await page.evaluate(
        async ([name, by, length]) => runProgram(name, by, see, length),
        [program, kind, site.flow.length] as const,
      );
      if (kind !== 'native') expect(carriers).toContain(kind);
      return events;
    });
  },
});

const serverOf = (kind: Kind, server: Server): WebSocketServer =>
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- that is what is tested
  kind === 'native' ? new WebSocketServer({ server }) : new HoldfastServer({ server });

declare global {
  const see: (number: number) => Promise<void>;
}

function publish(broker: Aedes, payload: string): void {
  broker.publish({ cmd: 'publish', topic: 'numbers', payload, qos: 0, dup: false, retain: false }, () => {});
}

for (const kind of ['native', 'websocket', 'streaming', 'polling'] as const) {
  test.describe(kind === 'native' ? 'with the native class' : `over ${kind} that is cut`, () => {
    test.use({ kind });

    test('graphql-ws yields each item of a subscription once', async ({ run, wss, flow }) => {
      serveGraphql(wss, flow);
      expect(await run('graphqlWs')).toEqual(['connected']);
      await flow.arrived();
    });

    test('a document of Yjs is the same at both ends', async ({ run, site, wss, flow, kind }) => {
      wss.on('connection', setupWSConnection);
      const doc = getYDoc(new URL(site.url).port);
      const running = run('yjs');
      // A cut that meets the proof of a stream leaves it to polls for some seconds.
      if (kind !== 'native')
        await expect
          .poll(() => [...wss.clients].map((socket) => (socket as { readonly transport?: string }).transport))
          .toContain(kind);
      for await (const number of flow.numbers()) doc.getArray('numbers').push([number]);
      expect(await running).toEqual(['connected']);
      await flow.arrived();
      const echoes = doc.getArray('echoes');
      while (echoes.length < flow.length) await new Promise((resolve) => doc.once('update', resolve));
      expect(echoes.toArray()).toEqual(flow.seen);
    });

    test('MQTT.js hears each message once with QoS 0', async ({ run, wss, flow }) => {
      const broker = await serveMqtt(wss);
      const running = run('mqttJs');
      await once(broker, 'subscribe');
      for await (const number of flow.numbers()) publish(broker, String(number));
      expect(await running).toEqual(['connect']);
      await flow.arrived();
      broker.close();
    });
  });
}
