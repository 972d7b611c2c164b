/** engine.io, which is what carries socket.io. */

/**
 * @param {string} label
 * @param {('websocket' | 'polling')[]} [transports] left out: the default ones
 * @returns {import('../types.ts').Subject}
 */
export const engineIo = (label, transports) => ({
  label,
  async serve(server) {
    const { attach } = await import('engine.io');
    /** @type {Set<import('engine.io').Socket>} */
    const sockets = new Set();
    attach(server, { path: '/' }).on('connection', (/** @type {import('engine.io').Socket} */ socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('message', (/** @type {string} */ data) => socket.send(data));
    });
    return {
      broadcast: (text) => {
        for (const socket of sockets) socket.send(text);
      },
    };
  },
  async connector() {
    const { Socket } = await import('engine.io-client');
    const { Agent } = await import('node:http');
    // As a browser does; without it there is a connection for each request.
    const agent = /** @type {any} */ (new Agent({ keepAlive: true }));
    return (port, listener) => {
      const socket = new Socket(`http://127.0.0.1:${port}`, {
        path: '/',
        ...(transports ? { transports } : {}),
        ...(transports?.[0] === 'polling' ? { agent } : {}),
      });
      socket.on('open', () => listener.onopen());
      socket.on('message', (data) => listener.onmessage(data));
      socket.on('close', () => listener.onclose());
      return { send: (text) => void socket.send(text), close: () => void socket.close() };
    };
  },
});
