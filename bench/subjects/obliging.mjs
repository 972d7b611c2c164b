/** Servers that do what a client asks (`lib/speech.mjs`), for the clients of other subjects. */

import { obliging } from '../lib/speech.mjs';

/** @typedef {import('../types.ts').Subject} Subject */

/** What the sockets of servers have in common. @typedef {{ on(event: 'message', listener: (data: any, isBinary: boolean) => void): unknown, send(data: any): unknown, readonly bufferedAmount?: number }} Socket */

const oblige = (/** @type {Socket} */ socket) => {
  const voice = {
    send: (/** @type {string | Uint8Array} */ data) => void socket.send(data),
    buffered: () => socket.bufferedAmount ?? 0,
  };
  socket.on('message', obliging(voice));
};

/** @type {Record<string, (server: import('node:http').Server) => Promise<void>>} */
const servers = {
  async ws(server) {
    const { WebSocketServer } = await import('ws');
    new WebSocketServer({ server }).on('connection', oblige);
  },
  async holdfast(server) {
    const { HoldfastServer } = await import('@holdfast/server');
    new HoldfastServer({ server }).on('connection', oblige);
  },
  async 'engine.io'(server) {
    const { attach } = await import('engine.io');
    attach(server, { path: '/' }).on('connection', oblige);
  },
  async sockjs(server) {
    const { default: library } = await import('sockjs');
    const service = library.createServer({ prefix: '/echo', log: () => {} });
    service.on('connection', (socket) => {
      oblige({
        on: (_, listener) => socket.on('data', (data) => listener(data, false)),
        send: (data) => void socket.write(data),
      });
    });
    service.installHandlers(server);
  },
};

/**
 * @param {string} name begins with that of a library
 * @param {Subject} subject
 * @returns {Subject}
 */
export const obligingOne = (name, subject) => ({
  label: subject.label,
  async serve(server) {
    const [, serve] = Object.entries(servers).find(([library]) => name.startsWith(library)) ?? [];
    if (!serve) throw new Error(`no server of ${name} does what it is asked`);
    await serve(server);
    return undefined;
  },
  connector: () => subject.connector(),
});
