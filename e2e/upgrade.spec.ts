/** Once a WebSocket gets through again the session moves over to it by itself, in the middle of a conversation. */

import { startDialogue } from './support/dialogue.ts';
import { expect, test } from './support/fixtures.ts';

test('climbs back to WebSocket by itself when upgrades are allowed again', async ({
  server,
  faultProxy,
  open,
}) => {
  faultProxy.set({ upgrade: 'refuse' });
  const dialogue = await startDialogue(server, () => open(faultProxy), {});
  expect(await dialogue.peer.carriedBy('streaming', 'polling')).not.toBe('websocket');
  await dialogue.goesOn(200);
  faultProxy.set({ upgrade: 'pass' });
  await dialogue.peer.carriedBy('websocket');
  await dialogue.goesOn(200);
  await dialogue.finish();
  expect(await dialogue.verdict()).toBe('complete');
  expect(await dialogue.peer.transport()).toBe('websocket');
  expect(dialogue.socket.transport).toBe('websocket');
  expect(await dialogue.peer.events()).not.toContain('sessionlost');
  expect(server.sockets).toHaveLength(1);
});
