/** `ws` whose server writes once for all that one read brought: the least that a server on `ws` can cost when messages come in numbers. */

import { toAll, ws } from './ws.mjs';

/** @type {import('../types.ts').Subject} */
export const wsCorked = {
  label: 'ws, corked once a tick',
  connector: () => ws.connector(),
  async serve(server) {
    const { WebSocketServer } = await import('ws');
    const sockets = new WebSocketServer({ server }).on('connection', (socket, request) => {
      let isCorked = false;
      const uncork = () => {
        isCorked = false;
        request.socket.uncork();
      };
      socket.on('message', (data, isBinary) => {
        if (!isCorked) {
          isCorked = true;
          request.socket.cork();
          process.nextTick(uncork);
        }
        socket.send(data, { binary: isBinary });
      });
    });
    return { broadcast: (text) => toAll(sockets.clients, text) };
  },
};
