import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Stretch } from './support/stretch.ts';

test('a cut takes a message from a bare WebSocket, and its connection', async () => {
  const wss = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(wss, 'listening');
  const stretch = await Stretch.start((wss.address() as AddressInfo).port);
  onTestFinished(async () => {
    wss.close();
    await stretch.close();
  });

  const socket = new WebSocket(`ws://127.0.0.1:${stretch.port}`);
  const received: string[] = [];
  socket.on('message', (data: Buffer) => received.push(String(data)));
  socket.on('error', () => {});
  const [server] = (await once(wss, 'connection')) as [WebSocket];
  server.on('error', () => {});
  server.send('arrives');
  await once(socket, 'message');
  stretch.cut('from the server');
  server.send('is lost');
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1006);
  expect(received).toEqual(['arrives']);
  expect(stretch.cuts).toBe(1);
});
