// How Firefox's connections are spared where upgrades are not answered: guards of `unanswered`, and of who asks it.

const test = 'client/test/unanswered.test.ts';
const anUpgrade = `${test} > an upgrade that is not answered`;
const isOneForAll = `${anUpgrade} > is left as it is, is the only one for a quarter of an hour, and is tried again then`;
const comesLate = `${anUpgrade} > is closed when its answer comes late, and others are tried again`;
const elsewhere = `${anUpgrade} > is ended when the network is another one, and others are tried again`;
const unanswered = 'client/src/unanswered.ts';
const connection = 'client/src/connection.ts';

/** @type {import('./index.mjs').Guard[]} */
export const unansweredGuards = [
  {
    name: 'one try stands for all',
    file: unanswered,
    find: "if (age >= EARLY && age < KEPT) throw new Error('upgrades are not answered');",
    scene: isOneForAll,
  },
  {
    name: 'one try does not stand for ever',
    file: unanswered,
    find: 'if (age >= EARLY && age < KEPT) throw',
    replace: 'if (age >= EARLY) throw',
    scene: isOneForAll,
  },
  {
    name: 'a try is young at first',
    file: unanswered,
    find: 'if (age >= EARLY && age < KEPT) throw',
    replace: 'if (age < KEPT) throw',
    scene: `${anUpgrade} > stands in nobody’s way as long as it is young`,
  },
  {
    name: 'the try is left',
    file: unanswered,
    find: 'if (this.readyState > 0 || tries.get(key) !== this) {',
    replace: 'if (true) {',
    scene: isOneForAll,
  },
  {
    name: 'no other is left',
    file: unanswered,
    find: 'if (age < KEPT) return;\n',
    replace: '\n',
    scene: isOneForAll,
  },
  {
    name: 'each host has a try of its own',
    file: unanswered,
    find: ' ${new URL(url).host}`',
    replace: '`',
    scene: `${anUpgrade} > says nothing of other hosts`,
  },
  {
    name: 'a try that was left does not stay open',
    file: unanswered,
    find: 'this.onopen = () => {\n          super.close();\n        };',
    scene: comesLate,
  },
  {
    name: 'an answer settles it',
    file: unanswered,
    find: 'tries.delete(key);\n        use(',
    replace: 'use(',
    scene: comesLate,
  },
  {
    name: 'an answer is told to other pages',
    file: unanswered,
    find: 'items.removeItem(key);',
    scene: comesLate,
  },
  {
    name: 'the browser’s own timeout is no answer',
    file: unanswered,
    find: ' || Date.now() - this.beganAt > PATIENCE',
    replace: '',
    scene: `${anUpgrade} > is not answered by the error with which the browser gives up`,
  },
  {
    name: 'an error is an answer',
    file: unanswered,
    find: "this.addEventListener('error', settle);",
    scene: `${anUpgrade} > is answered by an error`,
  },
  {
    name: 'only the answer to the try settles it',
    file: unanswered,
    find: 'if (tries.get(key) !== this || Date',
    replace: 'if (Date',
    scene: elsewhere,
  },
  {
    name: 'a silence of HTTP as well shows nothing',
    file: unanswered,
    find: 'if (age > LATE) settle();',
    scene: `${anUpgrade} > shows nothing where HTTP was not answered either`,
  },
  {
    name: 'other pages are heard',
    file: unanswered,
    find: '?? (told > movedAt ? told : 0)',
    replace: '?? 0',
    scene: `${anUpgrade} > is known to the next page`,
  },
  {
    name: 'other pages are not heard of another network',
    file: unanswered,
    find: '?? (told > movedAt ? told : 0)',
    replace: '?? (told > 0 ? told : 0)',
    scene: elsewhere,
  },
  {
    name: 'a page that ends at once tells others nothing',
    file: unanswered,
    find: 'if (age >= EARLY)\n',
    replace: '\n',
    scene: `${anUpgrade} > is not known to the next page if this one ended at once`,
  },
  {
    name: 'a storage that throws is done without, for tries too',
    file: unanswered,
    find: '} catch {\n      // There is none, it is full, or forbidden.\n      return undefined;\n    }',
    replace: '} finally {\n    }',
    scene: `${anUpgrade} > is one for all where there is no storage, or none that can be used`,
  },
  {
    name: 'another network is tried anew',
    file: unanswered,
    find: 'tries.delete(key);\n        each.close();',
    replace: 'each.close();',
    scene: elsewhere,
  },
  {
    name: 'what was left is in nobody’s way in another network',
    file: unanswered,
    find: 'each.close();',
    scene: elsewhere,
  },
  {
    name: 'WebSockets are spared only where HTTP is there as well',
    file: 'client/src/websocket-transport.ts',
    find: 'link.kinds.length > 1 ? env.sparing : undefined',
    replace: 'env.sparing',
    scene: `${test} > a connection > spares WebSockets where HTTP is there as well`,
  },
  ...[
    ['a change of the network is said', 'if (change) this.env.sparing?.moved();', ''],
    ['a look at the page is no change of the network', 'if (change) this.env', 'this.env'],
    ['to reconnect asks for another try', 'this.env.sparing?.moved();\n    this.loseAll', 'this.loseAll'],
  ].map(([name = '', find = '', replace = '']) => ({
    name,
    file: connection,
    find,
    replace,
    scene: `${test} > a connection > says when the network is another one, and when it is told to reconnect, but not when somebody looks at the page`,
  })),
  ...["userAgent.includes(' Firefox/')", '!options.WebSocket'].map((find) => ({
    name: `WebSockets are spared in Firefox, and only its own: ${find}`,
    file: unanswered,
    find,
    replace: 'true',
    scene: `${test} > the platform > spares WebSockets in Firefox, and only its own`,
  })),
];
