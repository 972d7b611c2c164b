// Guards of the grammar: what is no frame does not become one.

const fields = 'protocol/src/fields.ts';
const grammar = 'protocol/test/grammar.test.ts';

/** @type {import('./index.mjs').Guard[]} */
export const lineGuards = [
  {
    name: 'a number is below 2^53',
    file: fields,
    find: '\\d{0,14}',
    replace: '\\d*',
    scene: `${grammar} > a number > is decimal, canonical, and has fifteen digits at most`,
  },
  {
    name: 'a number has no leading zero',
    file: fields,
    find: '(0|[1-9]\\d{0,14})',
    replace: '(\\d{1,15})',
    scene: `${grammar} > a number > is decimal, canonical, and has fifteen digits at most`,
  },
  {
    name: 'an id is long enough to be a secret',
    file: fields,
    find: '{22,64}',
    replace: '{1,64}',
    scene: `${grammar} > an id > has 22 to 64 characters of base64url`,
  },
  {
    name: 'an id is bounded',
    file: fields,
    find: '{22,64}',
    replace: '{22,}',
    scene: `${grammar} > an id > has 22 to 64 characters of base64url`,
  },
  {
    name: 'close codes that mean a mishap do not travel',
    file: fields,
    find: ' && code !== 1004 && code !== 1006',
    scene: `${grammar} > a close code > is one that may travel`,
  },
  {
    name: 'close codes beyond 4999 do not travel',
    file: fields,
    find: ' && code <= 4999',
    scene: `${grammar} > a close code > is one that may travel`,
  },
  {
    name: 'a frame with a field that is no number is none',
    file: fields,
    find: 'Object.values(frame).some(Number.isNaN) ? undefined : frame',
    replace: 'frame',
    scene: `${grammar} > a frame > is none if a number of it is none`,
  },
  {
    name: 'a place in the stream is 1 or more',
    file: 'protocol/src/control.ts',
    find: "a === '0' ? undefined : ",
    scene: `${grammar} > a frame > has no place before the first message`,
  },
  {
    name: 'a close has a code that may travel',
    file: 'protocol/src/control.ts',
    find: "isCloseCode(code) ? { type, code, reason: reason.join(' ') } : undefined",
    replace: "{ type, code, reason: reason.join(' ') }",
    scene: `${grammar} > a close code > is one that may travel`,
  },
  {
    name: 'a poll is of a mode that exists',
    file: 'protocol/src/requests.ts',
    find: " || (e !== 'stream' && e !== 'poll')",
    scene: `${grammar} > a frame > polls in one of two modes`,
  },
  {
    name: 'a token is base64url of UTF-8',
    file: 'protocol/src/requests.ts',
    find: ' || auth === undefined',
    scene: `${grammar} > a frame > has a token that can be read`,
  },
  {
    name: 'the application does not see our own subprotocols',
    file: 'protocol/src/requests.ts',
    find: "offered.filter((name) => !name.startsWith('holdfast.'))",
    replace: 'offered',
    scene: `${grammar} > an offer > keeps our subprotocols from the application`,
  },
  {
    name: 'a welcome that is no JSON is a value, not an exception',
    file: 'protocol/src/answers.ts',
    find: '} catch {\n    return undefined;',
    replace: '} catch (error) {\n    throw error;',
    scene: `${grammar} > a welcome > is none if its JSON is none`,
  },
  {
    name: 'a token that is no UTF-8 is a value, not an exception, and no other token',
    file: 'protocol/src/base64url.ts',
    find: '{ fatal: true }',
    replace: '{}',
    scene: `${grammar} > a frame > has a token that can be read`,
  },
  {
    name: 'a text that begins with the escape is escaped',
    file: 'protocol/src/websocket-codec.ts',
    find: '(text.startsWith(DLE) ? DLE + text : text)',
    replace: 'text',
    scene: 'world/test/scenes/cuts.test.ts > carries texts that look like control frames',
  },
  {
    name: 'an escaped text is a text',
    file: 'protocol/src/websocket-codec.ts',
    find: 'message.startsWith(DLE, 1) ? { text: message.slice(1) } : ',
    scene: 'world/test/scenes/cuts.test.ts > carries texts that look like control frames',
  },
  {
    name: 'delays have a cap',
    file: 'protocol/src/backoff.ts',
    find: 'Math.min(maxDelay, minDelay * factor ** (n - 1))',
    replace: '(minDelay * factor ** (n - 1))',
    scene: 'protocol/test/backoff.test.ts > stays within the cap, however many tries there were',
  },
  {
    name: 'delays are spread, so that a crowd does not come back at once',
    file: 'protocol/src/backoff.ts',
    find: 'random() * Math.min',
    replace: 'Math.min',
    scene: 'protocol/test/backoff.test.ts > spreads a crowd evenly over the whole delay, the cap included',
  },
  {
    name: 'delays grow from try to try',
    file: 'protocol/src/backoff.ts',
    find: ' * factor ** (n - 1)',
    scene: 'protocol/test/backoff.test.ts > doubles the longest delay from try to try, up to the cap',
  },
];
