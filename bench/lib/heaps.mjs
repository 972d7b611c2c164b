/**
 * Lets a client's process write once a tick, whatever its library does: what is sent in a heap arrives as one, and a
 * server is compared by what it makes of it and not by how its own client writes.
 */

import { subscribe } from 'node:diagnostics_channel';

let isOn = false;

/** From now on, or not any more. @param {boolean} on */
export function writeInHeaps(on) {
  isOn = on;
}

subscribe('net.client.socket', (message) => {
  const { socket } = /** @type {{ socket: import('node:net').Socket }} */ (message);
  // Before it is connected, Node would put its own `write` in place again.
  socket.once('connect', () => gather(socket));
});

/** @param {import('node:net').Socket} socket */
function gather(socket) {
  const write = /** @type {(...args: unknown[]) => boolean} */ (socket.write.bind(socket));
  let isCorked = false;
  const uncork = () => {
    isCorked = false;
    socket.uncork();
  };
  socket.write = (/** @type {unknown[]} */ ...args) => {
    if (isOn && !isCorked) {
      isCorked = true;
      socket.cork();
      process.nextTick(uncork);
    }
    return write(...args);
  };
}
