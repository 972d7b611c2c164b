// The face of the W3C class: guards of `socket`, as what wraps and extends it finds it.

const file = 'client/src/socket.ts';
const scenes = 'client/test/socket.test.ts > a new socket';
const asksFirst = `${scenes} > asks what its members are called on before it reads what they are given`;

/** @type {import('./index.mjs').Guard[]} */
export const faceGuards = [
  {
    name: 'close asks what it is called on before it reads a code',
    file,
    find: 'const connection = this.#connection;\n    const goodbye = closeArguments(code, reason);',
    replace: 'const goodbye = closeArguments(code, reason);\n    const connection = this.#connection;',
    scene: asksFirst,
  },
  {
    name: 'send asks what it is called on before it reads data',
    file,
    find: "const connection = this.#connection;\n    if (arguments.length === 0) throw new TypeError('send needs data');\n    const message = messageOf(data);",
    replace: 'const message = messageOf(data);\n    const connection = this.#connection;',
    scene: asksFirst,
  },
  {
    name: 'binaryType asks what it is set on before it reads a type',
    file,
    find: 'const before = this.#binaryType;\n    const given = asText(type);',
    replace: 'const given = asText(type);\n    const before = this.#binaryType;',
    scene: asksFirst,
  },
];
