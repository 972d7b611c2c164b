// The face of the W3C class: guards of `socket`, as what wraps and extends it finds it.

const file = 'client/src/socket.ts';
const scenes = 'client/test/socket.test.ts > a new socket';
const asksFirst = `${scenes} > asks what its members are called on before it reads what they are given`;
const asksNone = `${scenes} > asks no member of the W3C class that another class may have replaced, and fires no event by one`;

/** @type {import('./index.mjs').Guard[]} */
export const faceGuards = [
  {
    name: 'close asks what it is called on before it reads a code',
    file,
    find: 'const connection = this.#connection;\n      const goodbye = closeArguments(code, reason);',
    replace: 'const goodbye = closeArguments(code, reason);\n      const connection = this.#connection;',
    scene: asksFirst,
  },
  {
    name: 'send asks what it is called on before it reads data',
    file,
    find: "const connection = this.#connection;\n      if (arguments.length === 0) throw new TypeError('send needs data');\n      const message = messageOf(data);",
    replace: 'const message = messageOf(data);\n      const connection = this.#connection;',
    scene: asksFirst,
  },
  {
    name: 'binaryType asks what it is set on before it reads a type',
    file,
    find: 'const before = this.#binaryType;\n      const given = asText(type);',
    replace: 'const given = asText(type);\n      const before = this.#binaryType;',
    scene: asksFirst,
  },
  {
    name: 'a message does not ask the public readyState',
    file,
    find: 'if (this.#readyState === OPEN) this.#deliver(payload);',
    replace: 'if (this.readyState === OPEN) this.#deliver(payload);',
    scene: asksNone,
  },
  {
    name: 'events are fired by no method of a class that extends this one',
    file,
    find: "super.dispatchEvent(new MessageEvent('message', init));",
    replace: "this.dispatchEvent(new MessageEvent('message', init));",
    scene: asksNone,
  },
];
