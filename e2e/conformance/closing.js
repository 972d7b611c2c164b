/** WHATWG websockets §3.1, `close(code, reason)`, and §4, "When the WebSocket connection is closed". */

section('close', (test) => {
  for (const code of [
    0,
    1,
    500,
    999,
    1001,
    1004,
    1005,
    1006,
    1015,
    2999,
    5000,
    65_535,
    66_536,
    -1,
    NaN,
    Infinity,
  ])
    test(`throws an InvalidAccessError for the code ${code}`, async (t) => {
      const socket = t.connect();
      t.throws('InvalidAccessError', () => socket.close(code));
      t.equal(socket.readyState, 0);
      await t.event(socket, 'open');
      t.throws('InvalidAccessError', () => socket.close(code, 'why'));
      t.equal(socket.readyState, 1);
    });

  test('converts its code to a number, and clamps it', (t) => {
    const socket = t.connect();
    for (const code of [null, 'text', '', true, [], {}, '1001', 999.4, 2999.4, 5e9])
      t.throws('InvalidAccessError', () => socket.close(code), String(code));
    t.throws('TypeError', () => socket.close(Symbol('1000')));
    t.throws('TypeError', () => socket.close(1000n));
    t.throws('mine', () =>
      socket.close({
        valueOf() {
          throw 'mine';
        },
      }),
    );
    t.equal(socket.readyState, 0);
  });

  for (const [given, code] of [
    [1000, 1000],
    [3000, 3000],
    [4999, 4999],
    ['4000', 4000],
    [2999.5, 3000],
    [999.5, 1000],
    // Half way goes to the even one.
    [1000.5, 1000],
    [3000.5, 3000],
    [3001.5, 3002],
    [3001.7, 3002],
    [{ valueOf: () => 4001 }, 4001],
    [[4002], 4002],
  ])
    test(`takes ${JSON.stringify(given)} for the code ${code}`, async (t) => {
      const socket = await t.open();
      socket.close(given);
      t.equal((await t.event(socket, 'close')).code, code);
    });

  test('throws a SyntaxError for a reason of more than 123 bytes', async (t) => {
    const socket = await t.open();
    for (const reason of [
      'x'.repeat(124),
      'é'.repeat(62),
      '日'.repeat(42),
      '😀'.repeat(31),
      '\uD800'.repeat(42),
    ]) {
      t.throws('SyntaxError', () => socket.close(1000, reason));
    }
    t.throws('InvalidAccessError', () => socket.close(1, 'x'.repeat(124)));
    t.equal(socket.readyState, 1);
    socket.close(1000, `${'é'.repeat(61)}x`);
    t.equal((await t.event(socket, 'close')).reason, `${'é'.repeat(61)}x`);
  });

  test('converts its reason to a string, after its code', async (t) => {
    const socket = await t.open();
    t.throws('TypeError', () => socket.close(1000, Symbol('why')));
    t.throws('TypeError', () => socket.close(1, Symbol('why')));
    socket.close(1000, null);
    t.equal((await t.event(socket, 'close')).reason, 'null');
  });

  test('says the reason without lone surrogates', async (t) => {
    const socket = await t.open();
    socket.close(1000, 'a\uD83D\uDE00\uD83D');
    t.equal((await t.event(socket, 'close')).reason, 'a😀\uFFFD');
  });

  test('without a code gives 1005, cleanly', async (t) => {
    for (const args of [[], [undefined]]) {
      const socket = await t.open();
      const story = t.story(socket);
      socket.close(...args);
      t.equal(await story, ['close 1005  clean']);
    }
  });

  test('with a reason alone gives 1000', async (t) => {
    const socket = await t.open();
    t.throws('SyntaxError', () => socket.close(undefined, 'x'.repeat(124)));
    const story = t.story(socket);
    socket.close(undefined, 'why');
    t.equal(await story, ['close 1000 why clean']);
  });

  test('gives back nothing, at once', async (t) => {
    const socket = await t.open();
    let closed = false;
    socket.onclose = () => (closed = true);
    t.equal(socket.close(), undefined);
    t.equal([socket.readyState, closed], [2, false]);
    await null;
    t.equal([socket.readyState, closed], [2, false]);
    await t.event(socket, 'close');
    t.equal(socket.readyState, 3);
  });

  test('does nothing the second time, but checks its arguments', async (t) => {
    const socket = await t.open();
    const story = t.story(socket);
    socket.close(4000, 'first');
    socket.close(4001, 'second');
    t.throws('InvalidAccessError', () => socket.close(1));
    t.throws('SyntaxError', () => socket.close(1000, 'x'.repeat(124)));
    t.equal(await story, ['close 4000 first clean']);
    socket.close();
    socket.close(4002);
    t.throws('InvalidAccessError', () => socket.close(1));
    t.equal(socket.readyState, 3);
  });

  test('fires one close event, even if that closes again', async (t) => {
    const socket = await t.open();
    let count = 0;
    socket.onclose = () => {
      count++;
      socket.close();
      t.equal(socket.readyState, 3);
    };
    socket.close();
    await t.event(socket, 'close');
    await t.task();
    t.equal(count, 1);
  });

  test('while it connects fails the socket, in a later task', async (t) => {
    const socket = t.connect();
    const story = t.story(socket);
    socket.close(4000, 'why');
    t.equal(socket.readyState, 2);
    t.equal(await story, ['error', 'close 1006  unclean']);
    t.equal(socket.readyState, 3);
  });

  test('while nothing answers fails the socket soon', async (t) => {
    const socket = t.connect('never');
    await new Promise((resolve) => setTimeout(resolve, 100));
    t.equal(socket.readyState, 0);
    const story = t.story(socket);
    socket.close();
    t.equal(await story, ['error', 'close 1006  unclean']);
  });

  for (const [query, told] of [
    ['close=1000&reason=done', 'close 1000 done clean'],
    ['close=1001', 'close 1001  clean'],
    ['close=1011&reason=é', 'close 1011 é clean'],
    ['close=3000', 'close 3000  clean'],
    ['close=4999&reason=x', 'close 4999 x clean'],
    ['close=', 'close 1005  clean'],
  ])
    test(`by the server is told as it is: ${query}`, async (t) => {
      const socket = await t.open(query);
      const story = t.story(socket);
      socket.send('close');
      t.equal(await story, [told]);
      t.equal(socket.readyState, 3);
    });

  test('comes behind the last message', async (t) => {
    const socket = await t.open('close=4000&last');
    const story = t.story(socket);
    socket.send('close');
    t.equal(await story, ['message last', 'close 4000  clean']);
  });

  test('of a connection that breaks is 1006, behind an error', async (t) => {
    const socket = await t.open('terminate');
    const story = t.story(socket);
    socket.send('x');
    const told = await story;
    t.equal(told.at(-1), 'close 1006  unclean');
  });

  test('of a connection that cannot be made is 1006, behind an error', async (t) => {
    /** @type {number[]} */
    const states = [];
    const socket = t.create(`${t.at}/nowhere`);
    for (const type of ['error', 'close'])
      socket.addEventListener(type, () => states.push(socket.readyState));
    t.equal(await t.story(socket), ['error', 'close 1006  unclean']);
    t.equal(states, [3, 3]);
  });

  test('is a CloseEvent', async (t) => {
    const socket = await t.open();
    socket.close(4000, 'why');
    const event = await t.event(socket, 'close');
    t.equal(event instanceof CloseEvent, true);
    t.equal(String(event), '[object CloseEvent]');
    t.equal([event.bubbles, event.cancelable], [false, false]);
    t.equal([event.wasClean, event.code, event.reason], [true, 4000, 'why']);
  });
});
