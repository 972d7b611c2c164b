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
    name: 'a response that waits behind another one hears that its connection has ended',
    file: exchange,
    find: 'if (!response.socket) tellOfEnd(request.socket, response);',
    scene: `${edges} > requests on one connection > hold nothing when it ends before their turn has come`,
  },
  {
    name: 'a key that is no text is none',
    file: 'protocol/src/answers.ts',
    find: '...keyOf(String(key)),',
    replace: 'key: key as unknown as string,',
    scene:
      'protocol/test/answers.test.ts > what a server says > takes a key of another form for none: {"toString":1}',
  },
  {
    name: 'a spread is no longer than a timer can be',
    file: 'client/src/connection.ts',
    find: 'Math.min(MAX_TIMEOUT, frame.number)',
    replace: 'frame.number',
    scene: `${found} > a time to come back in, over HTTP, that is longer than a timer`,
  },
  {
    name: 'what is buffered is never less than nothing',
    file: 'client/src/http-transport.ts',
    find: 'Math.max(0, this.#writer.pending + this.#underWay)',
    replace: 'this.#writer.pending + this.#underWay',
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
