/** Raw `ws` on both ends: what everything else is compared with. */

/** @type {import('../types.ts').Subject} */
export const ws = {
  label: 'ws',
  async serve(server) {
    const { WebSocketServer } = await import('ws');
    const sockets = new WebSocketServer({ server }).on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    return { broadcast: (text) => toAll(sockets.clients, text) };
  },
  async connector() {
    const { WebSocket } = await import('ws');
    return (port, listener) => {
      let isOpen = false;
      /** Whoever loses its connection makes another one, at once. */
      const dial = () => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
        // As browsers give binary messages.
        socket.binaryType = 'arraybuffer';
        socket.on('open', () => {
          isOpen = true;
          listener.onopen();
        });
        // As text, as every client here gives it.
        socket.on('message', (data, isBinary) => {
          if (isBinary) listener.onbytes?.(new Uint8Array(/** @type {ArrayBuffer} */ (data)));
          else listener.onmessage(data.toString());
        });
        socket.on('error', () => {});
        socket.on('close', () => {
          if (isOpen) {
            isOpen = false;
            current = dial();
          } else listener.onclose();
        });
        return socket;
      };
      let current = dial();
      return {
        send: (text) => current.send(text),
        sendBytes: (bytes) => current.send(bytes),
        buffered: () => current.bufferedAmount,
        close: () => {
          isOpen = false;
          current.close();
        },
      };
    };
  },
};

/**
 * The loop of the documentation of `ws`, which is how its users broadcast.
 *
 * @template {{ readonly readyState: number, readonly OPEN: number, send(text: string): void }} Socket
 * @param {Iterable<Socket>} clients
 * @param {string} text
 */
export function toAll(clients, text) {
  for (const client of clients) if (client.readyState === client.OPEN) client.send(text);
}
