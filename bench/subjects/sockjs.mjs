/** sockjs: its `/info` first, then one transport. */

/**
 * @param {string} label
 * @param {string} transport
 * @returns {import('../types.ts').Subject}
 */
export const sockjs = (label, transport) => ({
  label,
  async serve(server) {
    const { default: library } = await import('sockjs');
    const echo = library.createServer({ prefix: '/echo', log: () => {} });
    /** @type {Set<import('sockjs').Connection>} */
    const sockets = new Set();
    echo.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('data', (data) => void socket.write(data));
      socket.on('close', () => sockets.delete(socket));
    });
    echo.installHandlers(server);
    return {
      broadcast: (text) => {
        for (const socket of sockets) socket.write(text);
      },
    };
  },
  async connector() {
    const { default: SockJS } = await import('sockjs-client');
    return (port, listener) => {
      const socket = new SockJS(`http://127.0.0.1:${port}/echo`, undefined, { transports: [transport] });
      socket.onopen = () => listener.onopen();
      socket.onmessage = ({ data }) => listener.onmessage(data);
      socket.onclose = () => listener.onclose();
      return { send: (text) => socket.send(text), close: () => socket.close() };
    };
  },
});
