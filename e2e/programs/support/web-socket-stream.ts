/** Stands in for `createWebSocketStream` of `ws`, without its back-pressure. */

import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

export function createWebSocketStream(socket: WebSocket): Duplex {
  const duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, callback) {
      socket.send(chunk, callback);
    },
    final(callback) {
      socket.close();
      callback();
    },
    destroy(error, callback) {
      socket.terminate();
      callback(error);
    },
  });
  socket.on('message', (data) => duplex.push(data));
  socket.on('close', () => duplex.push(null));
  return duplex;
}
