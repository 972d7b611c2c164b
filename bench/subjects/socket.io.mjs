/** socket.io: events, here one of the name `message`, with a text in it. */

/**
 * @param {string} label
 * @param {('websocket' | 'polling')[]} [transports] left out: the default ones
 * @returns {import('../types.ts').Subject}
 */
export const socketIo = (label, transports) => ({
  label,
  async serve(server) {
    const { Server } = await import('socket.io');
    new Server(server).on('connection', (socket) => {
      socket.on('message', (/** @type {string} */ data) => socket.send(data));
    });
  },
  async connector() {
    const { io } = await import('socket.io-client');
    return (port, listener) => {
      const socket = io(`http://127.0.0.1:${port}`, {
        forceNew: true,
        reconnection: false,
        ...(transports && { transports }),
      });
      socket.on('connect', () => listener.onopen());
      socket.on('message', (data) => listener.onmessage(data));
      socket.on('disconnect', () => listener.onclose());
      return { send: (text) => void socket.send(text), close: () => void socket.close() };
    };
  },
});
