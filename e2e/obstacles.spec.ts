/** Proxies that repeat, lose and hold back, and links that fall silent: both ends count, and nothing is lost or doubled. */

import type { FaultProxy } from '@holdfast/fault-proxy';
import { startDialogue } from './support/dialogue.ts';
import { expect, test, transports } from './support/fixtures.ts';

const total = 1000;
const reconnect = { minDelay: 20, maxDelay: 100 };

const obstacles: Record<string, Parameters<FaultProxy['set']>[0]> = {
  'every POST is delivered twice': { requests: 'doubled' },
  'every POST is delivered twice, and its first answer lost': { requests: 'retried' },
  'one answer in ten is lost': { loseAnswers: 0.1 },
  'responses are held to their end': { responses: 'buffer' },
  'responses pass in blocks of 4 KiB': { responses: 4096 },
  'bodies of more than 8 KiB are refused': { maxBody: 8192 },
  // Slower, so that requests do last that long.
  'requests may last 300 ms': { maxRequestTime: 300, delay: 20 },
};

for (const [obstacle, faults] of Object.entries(obstacles)) {
  test(`over HTTP while ${obstacle}`, async ({ page, server, faultProxy, open }) => {
    await page.goto(faultProxy.url);
    faultProxy.set(faults);
    const options = { transports: ['streaming', 'polling'] as const, reconnect };
    const dialogue = await startDialogue(server, () => open(faultProxy, options), { total });
    expect(await dialogue.verdict()).toBe('complete');
    expect(await dialogue.peer.events()).not.toContain('sessionlost');
    expect(server.sockets).toHaveLength(1);
  });
}

for (const transport of transports) {
  test(`a silence without a FIN, over ${transport}, until the page has noticed`, async ({
    server,
    faultProxy,
    open,
  }) => {
    const options = { transports: [transport], reconnect };
    const dialogue = await startDialogue(server, () => open(faultProxy, options), { window: 20 });
    await dialogue.peer.carriedBy(transport);
    faultProxy.set({ silent: 'both' });
    // A page that waits for an acknowledgement notices soon; one that waits for nothing may take a heartbeat.
    await dialogue.peer.insist();
    // Its transport is gone, and it tries for another one, in vain.
    await dialogue.peer.happened('state reconnecting');
    // Everything flows on, also what was on its way over connections that both ends have given up.
    faultProxy.clear();
    await dialogue.peer.happened('state open', 2);
    await dialogue.goesOn(200);
    await dialogue.finish();
    expect(await dialogue.verdict()).toBe('complete');
    expect(await dialogue.peer.events()).not.toContain('sessionlost');
    expect(server.sockets).toHaveLength(1);
  });
}

test('a link that is forgotten for good, as a NAT does, is replaced', async ({
  server,
  faultProxy,
  open,
}) => {
  const dialogue = await startDialogue(server, () => open(faultProxy, { reconnect }), { window: 20 });
  await dialogue.peer.proven();
  faultProxy.forget();
  await dialogue.peer.insist();
  await dialogue.peer.happened('state open', 2);
  await dialogue.goesOn(200);
  await dialogue.finish();
  expect(await dialogue.verdict()).toBe('complete');
  expect(await dialogue.peer.events()).not.toContain('sessionlost');
  expect(server.sockets).toHaveLength(1);
});
