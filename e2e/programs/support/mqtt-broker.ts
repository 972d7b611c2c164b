/** A broker of MQTT: aedes, on the sockets as streams. */

import { Aedes } from 'aedes';
import { createWebSocketStream } from '@holdfast/server';
import type { WebSocketServer } from 'ws';

export async function serveMqtt(wss: WebSocketServer): Promise<Aedes> {
  const broker = await Aedes.createBroker();
  wss.on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request));
  return broker;
}
