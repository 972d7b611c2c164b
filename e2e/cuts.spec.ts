/** Connections are cut at moments that a seed chooses, while both ends count: everything arrives once and in order. */

import { cutNowAndThen, startDialogue } from './support/dialogue.ts';
import { expect, test, transports } from './support/fixtures.ts';

for (const transport of transports) {
  for (const seed of [1, 2]) {
    test(`2,000 messages each way over ${transport} survive cuts (seed ${seed})`, async ({
      server,
      faultProxy,
      open,
    }) => {
      const total = 2000;
      // So that there is always something on the way.
      faultProxy.set({ delay: 1 });
      const options = { transports: [transport], reconnect: { minDelay: 20, maxDelay: 100 } };
      const dialogue = await startDialogue(server, () => open(faultProxy, options), { total });
      const cuts = cutNowAndThen(dialogue, faultProxy, { seed, count: 8, among: total });
      expect(await dialogue.verdict()).toBe('complete');
      expect(cuts()).toBeGreaterThan(0);
      test.info().annotations.push({ type: 'cuts', description: String(cuts()) });
      expect(await dialogue.peer.events()).not.toContain('sessionlost');
      expect(server.sockets).toHaveLength(1);
    });
  }
}

for (const upgrade of ['refuse', 'swallow', 'mute'] as const) {
  test(`10,000 messages each way survive cuts while upgrades meet "${upgrade}"`, async ({
    server,
    faultProxy,
    open,
  }) => {
    test.setTimeout(60_000);
    const total = 10_000;
    faultProxy.set({ upgrade, delay: 1 });
    const options = { reconnect: { minDelay: 20, maxDelay: 100 } };
    const dialogue = await startDialogue(server, () => open(faultProxy, options), { total, window: 100 });
    const cuts = cutNowAndThen(dialogue, faultProxy, { seed: 3, count: 20, among: total });
    expect(await dialogue.verdict()).toBe('complete');
    expect(cuts()).toBeGreaterThan(0);
    test.info().annotations.push({ type: 'cuts', description: String(cuts()) });
    expect(await dialogue.peer.events()).not.toContain('sessionlost');
    expect(server.sockets).toHaveLength(1);
  });
}
