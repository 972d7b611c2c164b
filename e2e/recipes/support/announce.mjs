// Loaded before a recipe's program (`--import`): whatever port it asks for, it gets a free one, or the one that the test
// has found for it, and tells which. So the pages can say 8080, and be run as they are.

import { Server } from 'node:net';

const { listen } = Server.prototype;
/** The port that was found for each that was asked for. @type {Map<number, number>} */
const found = new Map();

/** @type {(this: Server, ...args: any[]) => Server} */
function listenAnywhere(...args) {
  const [first] = args;
  const asked = Number(typeof first === 'object' ? first.port : first);
  const port = found.get(asked) ?? Number(process.env['RECIPE_PORT'] ?? 0);
  args[0] = typeof first === 'object' ? { ...first, port } : port;
  this.once('listening', () => {
    const address = this.address();
    if (typeof address !== 'object' || !address || found.has(asked)) return;
    found.set(asked, address.port);
    process.send?.(address.port);
  });
  return Reflect.apply(listen, this, args);
}

Object.assign(Server.prototype, { listen: listenAnywhere });
