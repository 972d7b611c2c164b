import { expect } from 'vitest';
import { createWebSocketConnection, toSocket, type IWebSocket } from 'vscode-ws-jsonrpc';
import type { WebSocket as ServerWebSocket } from 'ws';
import { everyWay } from './support/ways.ts';

everyWay('vscode-ws-jsonrpc passes each notification once', async ({ WebSocket, wss, url, flow }) => {
  wss.on('connection', (socket) => {
    const connection = createWebSocketConnection(socketOf(socket), console);
    connection.onRequest('begin', async () => {
      for await (const number of flow.numbers()) await connection.sendNotification('number', number);
      return 'done';
    });
    connection.listen();
  });

  const socket = new WebSocket(url);
  await new Promise((resolve) => (socket.onopen = resolve));
  const connection = createWebSocketConnection(toSocket(socket), console);
  const events: string[] = [];
  connection.onClose(() => events.push('close'));
  connection.onNotification('number', (number: number) => flow.see(number));
  connection.listen();
  expect(await connection.sendRequest('begin')).toBe('done');
  await flow.arrived();
  expect(events).toEqual([]);

  connection.dispose();
  const left = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => resolve(code)),
  );
  socket.close(1000);
  expect(await left).toBe(1000);
});

/** As the documentation of vscode-ws-jsonrpc has it for `ws`. */
const socketOf = (socket: ServerWebSocket): IWebSocket => ({
  send: (content) => socket.send(content),
  onMessage: (callback) => socket.on('message', (data: Buffer) => callback(String(data))),
  onError: (callback) => socket.on('error', callback),
  onClose: (callback) => socket.on('close', (code, reason) => callback(code, String(reason))),
  dispose: () => socket.close(),
});
