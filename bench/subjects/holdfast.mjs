/** Holdfast as it is published: what `npm run build` made. */

import { toAll } from './ws.mjs';

/**
 * @param {string} label
 * @param {import('@holdfast/client').TransportName[]} [transports] left out: the default ones
 * @param {typeof fetch} [fetch] left out: Node's
 * @param {boolean} [ownBroadcast] whether it broadcasts by its own method, and not by the loop of `ws`
 * @returns {import('../types.ts').Subject}
 */
export const holdfast = (label, transports, fetch, ownBroadcast = false) => ({
  label,
  async serve(server) {
    const { HoldfastServer } = await import('@holdfast/server');
    const sockets = new HoldfastServer({ server }).on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    return { broadcast: (text) => (ownBroadcast ? sockets.broadcast(text) : toAll(sockets.clients, text)) };
  },
  async connector() {
    const [{ HoldfastSocket }, { WebSocket }] = await Promise.all([import('@holdfast/client'), import('ws')]);
    return (port, listener) => {
      const socket = new HoldfastSocket(`http://127.0.0.1:${port}/`, [], {
        WebSocket,
        ...(transports && { transports }),
        ...(fetch && { fetch }),
      });
      let isAway = false;
      socket.onopen = () => listener.onopen();
      socket.binaryType = 'arraybuffer';
      socket.onmessage = ({ data }) => {
        if (typeof data === 'string') listener.onmessage(data);
        else listener.onbytes?.(new Uint8Array(data));
      };
      socket.onclose = () => listener.onclose();
      socket.ontransportchange = () => {
        if (isAway && socket.transport) listener.onopen();
        isAway = !socket.transport;
      };
      return {
        send: (text) => socket.send(text),
        sendBytes: (bytes) => socket.send(bytes),
        buffered: () => socket.bufferedAmount,
        close: () => socket.close(),
      };
    };
  },
});
