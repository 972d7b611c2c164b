/** socket.io: events, here one of the name `message`, with a text in it. */

/**
 * @param {string} label
 * @param {('websocket' | 'polling')[]} [transports] left out: the default ones
 * @param {boolean} [reconnection] whether a client comes back by itself, as it does by default
 * @returns {import('../types.ts').Subject}
 */
export const socketIo = (label, transports, reconnection = false) => ({
  label,
  async serve(server) {
    const { Server } = await import('socket.io');
    const io = new Server(server).on('connection', (socket) => {
      socket.on('message', (/** @type {string} */ data) => socket.send(data));
    });
    return { broadcast: (text) => void io.send(text) };
  },
  async connector() {
    const { io } = await import('socket.io-client');
    return (port, listener) => {
      const socket = io(`http://127.0.0.1:${port}`, {
        forceNew: true,
        reconnection,
        ...(transports && { transports }),
      });
      socket.on('connect', () => listener.onopen());
      socket.on('message', (data) => listener.onmessage(data));
      socket.on('disconnect', () => listener.onclose());
      return { send: (text) => void socket.send(text), close: () => void socket.close() };
    };
  },
});
