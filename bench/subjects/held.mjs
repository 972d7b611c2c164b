/** A response of Node's `http` that is held open, and nothing else: the least that a session over HTTP can cost while it is idle. */

import { Agent, request } from 'node:http';

/** @type {import('../types.ts').Subject} */
export const held = {
  label: 'a held response of `http`',
  async serve(server) {
    server.removeAllListeners('request');
    server.on('request', (asked, response) => {
      asked.resume();
      // Begun, as an answer must be that is to show that it arrives while it is written.
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).write('.');
    });
    return { broadcast: () => {} };
  },
  async connector() {
    const agent = new Agent({ keepAlive: true });
    return (port, listener) => {
      const asked = request({ port, host: '127.0.0.1', method: 'POST', agent }, (response) => {
        response.once('data', () => listener.onopen());
        response.resume();
      });
      asked.on('error', () => {});
      asked.on('close', () => listener.onclose());
      asked.end();
      return { send: () => {}, close: () => void asked.destroy() };
    };
  },
};
