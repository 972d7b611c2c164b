/** A stream lives, and then something on the way begins to hold its responses back: what was under way comes, and all that follows. */

import { startDialogue } from './support/dialogue.ts';
import { expect, test } from './support/fixtures.ts';

/** Ms until the page hears again. It is promised within two seconds, and measured by the matrix; a busy machine has time to look. */
const patience = 10_000;

const buffers = {
  'to their end': 'buffer',
  'but for their heads': 'buffer-body',
  'in blocks of 1 KiB': 1024,
  'in blocks of 4 KiB': 4096,
  // Nothing that is said here fills one.
  'in blocks of 16 MiB': 16 * 1024 * 1024,
} as const;

for (const [how, responses] of Object.entries(buffers)) {
  test(`responses that are held ${how} from some moment on`, async ({ page, server, faultProxy, open }) => {
    await page.goto(faultProxy.url);
    faultProxy.set({ upgrade: 'refuse' });
    const options = { transports: ['streaming', 'polling'] as const };
    const dialogue = await startDialogue(server, () => open(faultProxy, options), { window: 20 });
    await dialogue.peer.carriedBy('streaming');
    await dialogue.goesOn(50);
    faultProxy.set({ responses });
    const from = performance.now();
    // More than the window: the page has heard what was said since, for else it would say no more.
    await dialogue.goesOn(60);
    const took = performance.now() - from;
    test.info().annotations.push({ type: 'flows again after', description: `${Math.round(took)} ms` });
    expect(took).toBeLessThan(patience);
    await dialogue.finish();
    expect(await dialogue.verdict()).toBe('complete');
    expect(await dialogue.peer.events()).toEqual(['open', 'state open']);
    expect(server.sockets).toHaveLength(1);
  });
}
