import { setupWSConnection } from '@y/websocket-server/utils';
import { expect, onTestFinished } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import { Doc, encodeStateAsUpdate, type YArrayEvent } from 'yjs';
import { everyWay } from './support/ways.ts';

let rooms = 0;

everyWay('two documents of Yjs converge', async ({ WebSocket, wss, url, flow }) => {
  wss.on('connection', setupWSConnection);
  const room = `room-${++rooms}`;
  const statuses: string[] = [];
  const join = (): Doc => {
    const doc = new Doc();
    const provider = new WebsocketProvider(url, room, doc, {
      WebSocketPolyfill: WebSocket,
      disableBc: true,
    });
    provider.on('status', ({ status }) => statuses.push(status));
    onTestFinished(() => {
      provider.destroy();
      doc.destroy();
    });
    return doc;
  };
  const ours = join();
  const theirs = join();

  theirs.getArray<number>('numbers').observe((event) => {
    for (const number of inserted(event)) {
      theirs.getArray<number>('echoes').push([number]);
      flow.see(number);
    }
  });
  for await (const number of flow.numbers()) ours.getArray<number>('numbers').push([number]);
  await flow.arrived();

  const echoes = ours.getArray<number>('echoes');
  while (echoes.length < ours.getArray('numbers').length) {
    await new Promise((resolve) => ours.once('update', resolve));
  }
  expect(echoes.toArray()).toEqual(theirs.getArray('numbers').toArray());
  expect(encodeStateAsUpdate(ours)).toEqual(encodeStateAsUpdate(theirs));
  expect(statuses).toEqual(['connected', 'connected']);
});

const inserted = ({ changes }: YArrayEvent<number>): number[] =>
  changes.delta.flatMap(({ insert }) => (insert as number[] | undefined) ?? []);
