/** A TCP proxy that counts what passes, and holds everything back for a time, each way. Opening a connection takes a round trip too. Upwards it may be narrow. */

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * @param {number} target a port of 127.0.0.1
 * @param {number} delay half a round trip, in ms
 * @param {number} up how much passes from clients to the server, in bytes per second, over all connections together
 */
export async function startProxy(target, delay, up = Infinity) {
  const counts = { bytes: 0, requests: 0, connections: 0 };
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  /** When all is through that clients have sent so far. */
  let upFreeAt = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    counts.connections++;
    /** What a client sends before a real network would have opened its connection waits for that. */
    const openedAt = performance.now() + 2 * delay;
    /** @param {import('node:net').Socket} from @param {import('node:net').Socket} to @param {boolean} isUp */
    const pass = (from, to, isUp) => {
      // One after the other: two timers with nearly the same time need not fire in order.
      let turn = Promise.resolve();
      const later = (/** @type {() => void} */ act, bytes = 0) => {
        const now = performance.now();
        if (isUp) upFreeAt = Math.max(upFreeAt, now) + (1000 * bytes) / up;
        const at = (isUp ? Math.max(openedAt, upFreeAt) : now) + delay;
        turn = turn.then(() => until(delay === 0 ? 0 : at)).then(act);
      };
      from.on('data', (bytes) => {
        counts.bytes += bytes.length;
        if (isUp) counts.requests += bytes.toString('latin1').match(/ HTTP\/1\.1\r\n/g)?.length ?? 0;
        later(() => to.write(bytes), bytes.length);
      });
      from.on('end', () => later(() => to.end()));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      sockets.add(from);
    };
    pass(near, far, true);
    pass(far, near, false);
  });
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');

  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    counts: () => ({ ...counts }),
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** @param {number} at as `performance.now()` tells it */
function until(at) {
  const ms = at - performance.now();
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;
}
