/** A broker of MQTT: aedes, on the sockets as streams. */

import { Aedes } from 'aedes';
import type { WebSocketServer } from 'ws';
import { createWebSocketStream } from './web-socket-stream.ts';

export async function serveMqtt(wss: WebSocketServer): Promise<Aedes> {
  const broker = await Aedes.createBroker();
  wss.on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request));
  return broker;
}
