/**
 * HoldfastSocket does what the standard says, on every transport and in every kind of global scope. The browser's own
 * class takes the same tests: where it fails one, the reason stands here.
 */

import { startFaultProxy, type Faults } from '@holdfast/fault-proxy';
import { expect } from '@playwright/test';
import { test } from '../support/fixtures.ts';
import { ConformanceServer } from './server.ts';

interface Result {
  readonly name: string;
  readonly failure?: string;
}

const everywhere = ['page', 'dedicated', 'module', 'shared', 'service'];

/** `E2E=all` asks for every scope and network; else those that share the least with each other. */
const inFull = process.env['E2E'] === 'all';
const some = (...globals: string[]): readonly string[] => (inFull ? everywhere : globals);

const native = 'class=WebSocket';

interface Subject {
  /** For `harness.js`. */
  readonly query: string;
  readonly globals: readonly string[];
  readonly upgrade?: Faults['upgrade'];
}

const subjects: Record<string, Subject> = {
  "the browser's own class": { query: native, globals: inFull ? ['page', 'service'] : ['page'] },
  HoldfastSocket: { query: '', globals: some('page', 'module', 'service') },
  'HoldfastSocket over WebSocket alone': { query: 'transports=websocket', globals: inFull ? ['page'] : [] },
  'HoldfastSocket, upgrades refused': { query: '', globals: some('page'), upgrade: 'refuse' },
  // Each of its tests waits until HTTP starts: not for as long as people do.
  'HoldfastSocket, upgrades swallowed': { query: 'fallbackDelay=20', globals: ['page'], upgrade: 'swallow' },
  'HoldfastSocket over polling': { query: 'transports=polling', globals: ['page'], upgrade: 'refuse' },
};

/** Where a browser's own class does something else than the standard says. */
const otherwise: Record<string, readonly string[]> = {
  chromium: [
    // [Clamp] cuts off what it should round (Web IDL §3.2.4.9).
    'close › takes 2999.5 for the code 3000',
    'close › takes 999.5 for the code 1000',
    'close › takes 3001.5 for the code 3002',
    'close › takes 3001.7 for the code 3002',
    // An `undefined` before another argument is taken for 0.
    'close › with a reason alone gives 1000',
  ],
  webkit: [
    // The headers of frames count as well.
    'attributes › bufferedAmount only rises once the socket is closing',
    'attributes › bufferedAmount stays 0 for a socket that never opened',
    // A Blob that is still read is lost.
    'send › delivers all that was sent before close',
    // [Clamp] cuts off what it should round.
    'close › takes 2999.5 for the code 3000',
    'close › takes 999.5 for the code 1000',
    'close › takes 3001.5 for the code 3002',
    'close › takes 3001.7 for the code 3002',
    // The reason is dropped.
    'close › with a reason alone gives 1000',
    // Neither opens nor closes.
    'handshake › fails if subprotocols were asked for and none was chosen',
    // A URL's user and password are not used.
    'handshake › authenticates as the URL says',
    // Neither throws nor closes.
    'constructor › does not throw for a port that is blocked',
  ],
  firefox: [
    // The reason is dropped.
    'close › with a reason alone gives 1000',
    // It opens all the same.
    'handshake › fails if subprotocols were asked for and none was chosen',
    // An empty URL is none.
    'constructor › resolves a relative URL',
    // `null` is taken for a method that is there.
    'constructor › takes any iterable object for a list, and any other value for one name',
  ],
};

for (const [subject, { query, globals, upgrade = 'pass' }] of Object.entries(subjects)) {
  for (const global of globals) {
    test(`${subject} conforms in a ${global} scope`, async ({ page, browserName }) => {
      test.setTimeout(180_000);
      const server = new ConformanceServer();
      await server.start();
      const proxy = await startFaultProxy({ target: server.port });
      proxy.set({ upgrade });
      await page.goto(`${proxy.url}/conformance/index.html?${query}&global=${global}`);
      const find = () => (globalThis as { results?: Result[] }).results;
      await page.waitForFunction(find);
      const results = (await page.evaluate(find))!;
      await proxy.close();
      await server.close();
      expect(results.length).toBeGreaterThan(100);
      const failures = results.filter(({ failure }) => failure !== undefined);
      if (query === native) expect(failures.map(({ name }) => name)).toEqual(otherwise[browserName]);
      else expect(failures.map(({ name, failure }) => `${name}: ${failure}`)).toEqual([]);
    });
  }
}
