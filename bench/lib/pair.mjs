/** A server and a client of one subject, each a process, on a core each where that can be. */

import { startProxy } from './proxy.mjs';
import { CLIENT_CORE, SERVER_CORE, Worker } from './worker.mjs';

/**
 * @param {string} row
 * @param {string} subject
 * @returns {Promise<import('../types.ts').Pair & { end(): Promise<void> }>}
 */
export async function startPair(row, subject) {
  const server = new Worker(subject, SERVER_CORE);
  const client = new Worker(subject, CLIENT_CORE);
  const serverPort = await server.call('serve');
  const usage = async () => {
    const [ofServer, ofClient] = await Promise.all([server.call('cpu'), client.call('cpu')]);
    return { server: ofServer, client: ofClient };
  };
  /** @param {number} port @param {string} step @param {import('../types.ts').Parameters} parameters */
  const run = (port, step, parameters) => client.call('run', { row, step, port, parameters });

  return {
    subject,
    run: (step, parameters) => run(serverPort, step, parameters),
    async behindProxy(delay, up) {
      const proxy = await startProxy(serverPort, delay, up);
      return { ...proxy, run: (step, parameters) => run(proxy.port, step, parameters) };
    },
    broadcast: (text) => server.call('broadcast', text),
    watch: () => server.call('watch'),
    cut: () => server.call('cut'),
    attempts: () => server.call('attempts'),
    async cpu(act) {
      const before = await usage();
      const result = await act();
      const after = await usage();
      return { result, server: after.server - before.server, client: after.client - before.client };
    },
    async memory() {
      const [ofServer, ofClient] = await Promise.all([server.call('memory'), client.call('memory')]);
      return { server: ofServer, client: ofClient };
    },
    peak: () => server.call('peak'),
    async end() {
      await client.end();
      await server.end();
    },
  };
}
