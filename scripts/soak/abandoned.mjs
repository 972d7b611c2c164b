/** Clients that vanish without a word, while messages wait for them: their sessions wait out the resume window. */

import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ABANDONED } from './plan.mjs';
import { newId, post } from './wire.mjs';

/** @param {import('./plan.mjs').Where} where */
export async function abandon({ port }) {
  const clients = Array.from({ length: ABANDONED }, async (_, i) => {
    // Over HTTP an attach is a session, and its client never polls.
    if (i % 2 === 0) {
      await post(port, [`attach ${newId()} 1 new - abandoned`]);
      return;
    }
    const wire = new WebSocket(`ws://127.0.0.1:${port}/`, [
      'holdfast.1',
      `holdfast.attach.${newId()}.1.new.-`,
      'abandoned',
    ]);
    wire.on('error', () => undefined);
    await Promise.race([once(wire, 'message'), once(wire, 'close')]);
    wire.terminate();
  });
  await Promise.all(clients);
}
