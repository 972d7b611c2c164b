/** Raw `ws` on both ends: what everything else is compared with. */

/** @type {import('../types.ts').Subject} */
export const ws = {
  label: 'ws',
  async serve(server) {
    const { WebSocketServer } = await import('ws');
    new WebSocketServer({ server }).on('connection', (socket) => {
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
  },
  async connector() {
    const { WebSocket } = await import('ws');
    return (port, listener) => {
      let isCut = false;
      const dial = () => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
        // As browsers give binary messages.
        socket.binaryType = 'arraybuffer';
        socket.on('open', () => listener.onopen());
        // As text, as every client here gives it.
        socket.on('message', (data, isBinary) => {
          if (isBinary) listener.onbytes?.(new Uint8Array(/** @type {ArrayBuffer} */ (data)));
          else listener.onmessage(data.toString());
        });
        socket.on('error', () => {});
        socket.on('close', () => {
          if (isCut) {
            isCut = false;
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
        close: () => current.close(),
        cut: () => {
          isCut = true;
          current.terminate();
        },
      };
    };
  },
};
