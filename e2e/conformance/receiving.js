/** WHATWG websockets §4, "When a WebSocket message has been received". */

section('messages', (test) => {
  test('are MessageEvents with the origin of the URL, and nothing else', async (t) => {
    const socket = await t.open();
    const event = t.event(socket, 'message');
    socket.send('x');
    const { data, origin, lastEventId, source, ports, bubbles, cancelable, composed } = await event;
    t.equal((await event) instanceof MessageEvent, true);
    t.equal(String(await event), '[object MessageEvent]');
    t.equal([data, origin, lastEventId, source, ports], ['x', t.at, '', null, []]);
    t.equal([bubbles, cancelable, composed], [false, false, false]);
  });

  test('are Blobs without a type, if nothing else is said', async (t) => {
    const socket = await t.open();
    const data = await t.echo(socket, Uint8Array.of(1, 2));
    t.equal([data instanceof Blob, data instanceof File, data.size, data.type], [true, false, 2, '']);
    t.equal(await data.arrayBuffer(), Uint8Array.of(1, 2).buffer);
  });

  test('are ArrayBuffers if that is said, each of its own', async (t) => {
    const socket = await t.open();
    socket.binaryType = 'arraybuffer';
    const one = await t.echo(socket, Uint8Array.of(1, 2, 3));
    const two = await t.echo(socket, Uint8Array.of(1, 2, 3));
    t.equal([one instanceof ArrayBuffer, one === two], [true, false]);
    t.equal(one, Uint8Array.of(1, 2, 3).buffer);
  });

  test('are what binaryType says when they come', async (t) => {
    const socket = await t.open();
    for (const type of ['arraybuffer', 'blob', 'arraybuffer']) {
      socket.binaryType = type;
      const data = await t.echo(socket, new Uint8Array(3));
      t.equal(data instanceof Blob ? 'blob' : 'arraybuffer', type);
    }
  });

  test('may come with open, and find a handler that open sets', async (t) => {
    const socket = t.connect('greet');
    t.equal(
      await new Promise((resolve) => {
        socket.onopen = () => (socket.onmessage = (/** @type {MessageEvent} */ { data }) => resolve(data));
      }),
      'welcome',
    );
  });

  test('come one in a task', async (t) => {
    const socket = await t.open();
    /** @type {string[]} */
    const order = [];
    const last = new Promise((resolve) => {
      socket.onmessage = (/** @type {MessageEvent} */ { data }) => {
        order.push(data);
        queueMicrotask(() => order.push(`after ${data}`));
        if (data === 'b') setTimeout(resolve);
      };
    });
    socket.send('a');
    socket.send('b');
    await last;
    t.equal(order, ['a', 'after a', 'b', 'after b']);
  });

  test('are dropped once the socket is closing', async (t) => {
    const socket = await t.open();
    let count = 0;
    socket.onmessage = () => count++;
    socket.send('a');
    socket.send('b');
    socket.close();
    await t.event(socket, 'close');
    t.equal(count, 0);
  });

  test('are dropped from the moment that a handler closes', async (t) => {
    const socket = await t.open();
    /** @type {string[]} */
    const got = [];
    socket.onmessage = (/** @type {MessageEvent} */ { data }) => {
      got.push(data);
      socket.close();
    };
    for (const text of ['a', 'b', 'c']) socket.send(text);
    await t.event(socket, 'close');
    t.equal(got, ['a']);
  });
});
