/** WHATWG websockets §3.1, `new WebSocket(url, protocols)`: what is checked before anything is dialled, and in which order. */

section('constructor', (test) => {
  test('parses the URL, and shows it as it was understood', (t) => {
    /** @type {[given: string, url: string][]} */
    const pairs = [
      ['ws://invalid', 'ws://invalid/'],
      ['WS://INVALID:80/Path?Query', 'ws://invalid/Path?Query'],
      ['wss://invalid:443/', 'wss://invalid/'],
      ['ws://invalid:8080/a b/../c', 'ws://invalid:8080/c'],
      ['ws://invalid/é?é', 'ws://invalid/%C3%A9?%C3%A9'],
      ['  ws://invalid/\n', 'ws://invalid/'],
      ['ws://user:pass@invalid/', 'ws://user:pass@invalid/'],
      ['ws://invalid/\uD800', 'ws://invalid/%EF%BF%BD'],
      ['ws:\\\\invalid\\x', 'ws://invalid/x'],
      ['ws://0x7f.1:9/', 'ws://127.0.0.1:9/'],
    ];
    for (const [given, url] of pairs) t.equal(t.create(given).url, url);
  });

  test('takes http: for ws:, and https: for wss:', (t) => {
    t.equal(t.create('http://invalid/x').url, 'ws://invalid/x');
    t.equal(t.create('https://invalid/x').url, 'wss://invalid/x');
    t.equal(t.create('https://invalid:443/').url, 'wss://invalid/');
    t.equal(t.create('http://invalid:443/').url, 'ws://invalid:443/');
  });

  test('resolves a relative URL', (t) => {
    const { host } = new URL(t.at);
    t.equal(t.create('/x').url, `ws://${host}/x`);
    t.equal(t.create('//invalid/x').url, 'ws://invalid/x');
    t.equal(t.create('?x').url.endsWith('?x'), true);
    t.equal(t.create('').url.startsWith(`ws://${host}/`), true);
  });

  for (const url of ['ws://', 'ws://host:70000/', 'ws://[::', 'http://[oops', 'ws://%/']) {
    test(`throws a SyntaxError for ${url}`, (t) => t.throws('SyntaxError', () => t.create(url)));
  }

  for (const scheme of ['ftp', 'mailto', 'about', 'file', 'data', 'javascript', 'urn', 'wsx', 'xhttp']) {
    test(`throws a SyntaxError for the scheme ${scheme}`, (t) =>
      t.throws('SyntaxError', () => t.create(`${scheme}://host/`)));
  }

  test('throws a SyntaxError for a fragment, an empty one included', (t) => {
    for (const url of ['ws://host/#', 'ws://host/#part', '#part', 'wss://host/?#x'])
      t.throws('SyntaxError', () => t.create(url));
    t.equal(t.create('ws://invalid/%23part').url, 'ws://invalid/%23part');
  });

  test('converts the URL to a string', (t) => {
    t.equal(t.create(new URL('ws://invalid/x')).url, 'ws://invalid/x');
    t.equal(t.create({ toString: () => 'ws://invalid/y' }).url, 'ws://invalid/y');
    t.equal(t.create({ toString: () => 'ws://invalid/z', valueOf: () => 7 }).url, 'ws://invalid/z');
    t.equal(t.create(null).url.endsWith('/null'), true);
    t.equal(t.create(12).url.endsWith('/12'), true);
  });

  test('lets through what the conversion of the URL throws', (t) => {
    const toString = () => {
      throw 'mine';
    };
    t.throws('mine', () => t.create({ toString }));
    t.throws('TypeError', () => t.create(Symbol('url')));
    t.throws('TypeError', () => t.create(Object.create(null)));
  });

  for (const name of [
    '',
    ' ',
    'a b',
    'a\tb',
    'a,b',
    'a;b',
    'a/b',
    '(a)',
    '"a"',
    'a=b',
    '{a}',
    '[a]',
    'a@b',
    'a:b',
  ])
    test(`throws a SyntaxError for the subprotocol ${JSON.stringify(name)}`, (t) => {
      t.throws('SyntaxError', () => t.connect('', name));
      t.throws('SyntaxError', () => t.connect('', ['good', name]));
    });

  test('throws a SyntaxError for a subprotocol with a character that is not ASCII, or not printable', (t) => {
    for (const name of ['é', 'a\u0000', 'a\u001F', 'a\u007F', 'a\u0080', 'a\n', '\uD800', '日'])
      t.throws('SyntaxError', () => t.connect('', name), JSON.stringify(name));
  });

  test('takes every character of a token', (t) => {
    t.connect('', "!#$%&'*+-.^_`|~09azAZ");
    for (let code = 0x21; code < 0x7f; code++) {
      const name = String.fromCharCode(code);
      const expected = '()<>@,;:\\"/[]?={}'.includes(name) ? 'SyntaxError' : 'nothing';
      t.throws(expected, () => t.create('ws://invalid/', name), name);
    }
  });

  test('throws a SyntaxError for a subprotocol that is named twice', (t) => {
    t.throws('SyntaxError', () => t.connect('', ['one', 'one']));
    t.throws('SyntaxError', () => t.connect('', ['one', 'two', 'one']));
  });

  test('takes no subprotocols in several ways', (t) => {
    t.connect('');
    t.connect('', undefined);
    t.connect('', []);
    t.connect('', new Set());
  });

  test('takes any iterable object for a list, and any other value for one name', (t) => {
    t.create('ws://invalid/', new Set(['one', 'two']));
    t.throws('SyntaxError', () => t.create('ws://invalid/', new Set(['a b'])));
    t.throws('SyntaxError', () =>
      t.create(
        'ws://invalid/',
        (function* () {
          yield 'one';
          yield 'one';
        })(),
      ),
    );
    // One name for each character.
    t.throws('SyntaxError', () => t.create('ws://invalid/', new String('aa')));
    t.create('ws://invalid/', 'aa');
    t.create('ws://invalid/', null);
    t.create('ws://invalid/', 7);
    // '[object Object]' is no token, whatever else it has.
    t.throws('SyntaxError', () => t.create('ws://invalid/', { length: 1, 0: 'one' }));
    t.throws('SyntaxError', () => t.create('ws://invalid/', {}));
    t.create('ws://invalid/', { [Symbol.iterator]: null, toString: () => 'one' });
    t.throws('TypeError', () => t.create('ws://invalid/', { [Symbol.iterator]: 'one' }));
  });

  test('converts each subprotocol to a string', (t) => {
    t.create('ws://invalid/', [7, null, undefined, true]);
    t.throws('SyntaxError', () => t.create('ws://invalid/', [7, '7']));
    t.throws('TypeError', () => t.create('ws://invalid/', Symbol('name')));
    t.throws('TypeError', () => t.create('ws://invalid/', ['one', Symbol('name')]));
    t.throws('mine', () =>
      t.create('ws://invalid/', [
        {
          toString() {
            throw 'mine';
          },
        },
      ]),
    );
  });

  test('converts its arguments before it looks at them, the first one first', (t) => {
    /** @type {string[]} */
    const order = [];
    t.throws('SyntaxError', () =>
      t.create(
        {
          toString() {
            order.push('url');
            return 'no://such';
          },
        },
        [
          {
            toString() {
              order.push('protocol');
              return 'one';
            },
          },
        ],
      ),
    );
    t.equal(order, ['url', 'protocol']);
    t.throws('TypeError', () => t.create('no://such', Symbol('name')));
  });

  test('does not throw for a port that is blocked', async (t) => {
    t.equal(await t.story(t.create('ws://127.0.0.1:25/')), ['error', 'close 1006  unclean']);
  });
});
