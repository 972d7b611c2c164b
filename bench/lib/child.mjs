/** A process of the bench: a server or a client of one subject. It does what the parent asks, one thing after the other. */

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { rowOf } from '../rows/index.mjs';
import { subjectOf } from '../subjects/index.mjs';
import { benchOn } from './client.mjs';

const [, , subjectName = ''] = process.argv;
const subject = subjectOf(subjectName);

/** @type {ReturnType<import('../types.ts').Subject['connector']> | undefined} */
let connector;
/** @type {Map<number, import('../types.ts').Bench>} */
const benches = new Map();

const server = createServer((_, response) => response.writeHead(404).end());
/** @type {import('../types.ts').Served | undefined} */
let served;
/** Those of a server that is watched. @type {Set<import('node:net').Socket> | undefined} */
let connections;
/** @type {number[]} */
let attempts = [];

/** @param {number} port */
async function benchAt(port) {
  connector ??= subject.connector();
  const bench = benches.get(port) ?? benchOn(await connector, port);
  benches.set(port, bench);
  return bench;
}

const acts = {
  /** Listens, and gives the port. */
  async serve() {
    served = await subject.serve(server);
    server.listen(0, '127.0.0.1', 4096);
    await once(server, 'listening');
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  },
  /** @param {{ row: string, step: string, port: number, parameters: import('../types.ts').Parameters }} what */
  async run({ row, step, port, parameters }) {
    const act = rowOf(row).steps[step];
    if (!act) throw new Error(`${row} has no step ${step}`);
    return act(await benchAt(port), parameters);
  },
  /** @param {string} text */
  async broadcast(text) {
    served?.broadcast(text);
  },
  async watch() {
    if (connections) return;
    const open = (connections = new Set());
    server.on('connection', (connection) => {
      attempts.push(performance.now());
      open.add(connection);
      connection.on('close', () => open.delete(connection));
    });
  },
  async cut() {
    attempts = [];
    for (const connection of connections ?? []) connection.destroy();
  },
  async attempts() {
    return attempts;
  },
  /** CPU time of this process so far, in µs: what the engine's own threads take is in it. */
  async cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  async memory() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return process.memoryUsage().rss;
  },
  async peak() {
    // What `resourceUsage` says on Linux may be from before the process became ours.
    const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
    const [, kib = process.resourceUsage().maxRSS] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    return Number(kib) * 1024;
  },
};

process.on(
  'message',
  (/** @type {{ id: number, act: keyof typeof acts, what: any }} */ { id, act, what }) => {
    acts[act](what).then(
      (result) => process.send?.({ id, result }),
      (error) => process.send?.({ id, error: String(error) }),
    );
  },
);
process.on('disconnect', () => process.exit());
