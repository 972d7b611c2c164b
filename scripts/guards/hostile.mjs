// Guards that hostile bytes have found to be missing.

const exchange = 'server/src/exchange.ts';
const edges = 'server/test/bounds.test.ts';
const found = 'world/test/hostile.test.ts > what once broke something';
const fault = 'world/test/hostile.test.ts > a fault';
const overlong = `${edges} > Sec-WebSocket-Protocol > that is too long harms nobody but its client, which may be gone before it is answered, or stay`;

/** @type {import('./index.mjs').Guard[]} */
export const hostileGuards = [
  {
    name: 'a client that goes before its upgrade is refused does not end the process',
    file: exchange,
    find: "socket.on('error', () => undefined);\n  socket.on('finish'",
    replace: "socket.on('finish'",
    scene: overlong,
  },
  {
    name: 'an upgrade that is refused leaves no connection behind',
    file: exchange,
    find: "socket.on('finish', () => socket.destroy());",
    scene: overlong,
  },
  {
    name: 'an application sees the address that it wrote',
    file: 'server/src/exchange.ts',
    find: 'if (request.url) request.url = asWritten(request.url);',
    scene:
      'server/test/server.test.ts > on a server with other work > shows the application the address that it wrote: holdfast=1.x',
  },
  {
    name: 'a response that waited behind another one tells when it has room',
    file: 'server/src/exchange.ts',
    find: 'if (isFull) this.#onDrain();',
    scene:
      'server/test/exchange.test.ts > a response that waited behind another one has room when all that it held is written',
  },
  {
    name: 'a response that waits behind another one hears that its connection has ended',
    file: exchange,
    find: 'if (!response.socket) tellOfEnd(request.socket, response);',
    scene: `${edges} > requests on one connection > hold nothing when it ends before their turn has come`,
  },
  {
    name: 'a key is text',
    file: 'protocol/src/answers.ts',
    find: 'key: key ? String(key) : undefined,',
    replace: 'key: key as string | undefined,',
    scene: 'protocol/test/answers.test.ts > what a server says > has a key that is text, or none: 7',
  },
  {
    name: 'what is buffered is never less than nothing',
    file: 'client/src/http-transport.ts',
    find: 'return Math.max(0, bytes);',
    replace: 'return bytes;',
    scene: `${found} > a welcome that has more of a message than there is`,
  },
  {
    name: 'a message whose length is no number is too long, too',
    file: 'server/src/websocket-transport.ts',
    find: '(MESSAGE|DATA_PAYLOAD)',
    replace: 'MESSAGE',
    scene: `${fault} > is answered as it is written: a frame that is announced overlong`,
  },
];
