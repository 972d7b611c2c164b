import { Socket } from 'phoenix';
import { expect, onTestFinished } from 'vitest';
import { serveChannels } from './support/phoenix-server.ts';
import { everyWay } from './support/ways.ts';

everyWay('a channel of Phoenix hears each message once', async ({ WebSocket, wss, url, flow }) => {
  serveChannels(wss);
  const socket = new Socket(url, { transport: WebSocket });
  onTestFinished(() => socket.disconnect());
  const events: string[] = [];
  socket.onOpen(() => void events.push('open'));
  socket.onClose(() => void events.push('close'));
  socket.connect();
  const channel = socket.channel('room:lobby');
  await new Promise((resolve) => channel.join().receive('ok', resolve));

  channel.on('shout', ({ number }: { number: number }) => flow.see(number));
  const replies: Promise<unknown>[] = [];
  for await (const number of flow.numbers()) {
    const push = channel.push('shout', { number });
    replies.push(
      new Promise((resolve) => push.receive('ok', (reply: { number: number }) => resolve(reply.number))),
    );
  }
  await flow.arrived();
  expect(await Promise.all(replies)).toEqual(flow.seen);
  expect(events).toEqual(['open']);
});
