/** WHATWG websockets §3.1: what a socket shows of itself, from its constructor to its end. */

section('attributes', (test) => {
  test('a new socket is connecting, and knows nothing else yet', (t) => {
    const socket = t.connect('', 'chat');
    t.equal(socket.readyState, 0);
    t.equal(socket.url, t.url());
    t.equal([socket.protocol, socket.extensions], ['', '']);
    t.equal([socket.bufferedAmount, socket.binaryType], [0, 'blob']);
    t.equal([socket.onopen, socket.onmessage, socket.onerror, socket.onclose], [null, null, null, null]);
  });

  test('readyState goes from 0 to 3, and has its new value in each event', async (t) => {
    const socket = t.connect();
    const states = [socket.readyState];
    for (const type of ['open', 'close']) socket.addEventListener(type, () => states.push(socket.readyState));
    await t.event(socket, 'open');
    socket.close();
    states.push(socket.readyState);
    await t.event(socket, 'close');
    t.equal(states, [0, 1, 2, 3]);
  });

  test('readyState does not change while a task runs, but by close', async (t) => {
    const socket = t.connect();
    const until = performance.now() + 100;
    while (performance.now() < until) t.equal(socket.readyState, 0);
    await t.event(socket, 'open');
  });

  test('protocol is the one that the server chose, by the time of open', async (t) => {
    const socket = t.connect('', ['one', 'two']);
    t.equal(socket.protocol, '');
    await t.event(socket, 'open');
    t.equal(socket.protocol, 'one');
    socket.close();
    await t.event(socket, 'close');
    t.equal(socket.protocol, 'one');
  });

  test('protocol is the second one if the server chose that', async (t) => {
    t.equal((await t.open('choose=two', ['one', 'two'])).protocol, 'two');
  });

  test('protocol is empty if none was asked for', async (t) => {
    t.equal((await t.open()).protocol, '');
  });

  test('extensions is empty where none is in use', async (t) => {
    t.equal((await t.open()).extensions, '');
  });

  test('url stays when the socket is closed', async (t) => {
    const socket = await t.open('x=1');
    socket.close();
    await t.event(socket, 'close');
    t.equal(socket.url, t.url('x=1'));
  });

  test('binaryType takes its two values, and ignores others', (t) => {
    const socket = t.connect();
    for (const [given, type] of [
      ['arraybuffer', 'arraybuffer'],
      ['Blob', 'arraybuffer'],
      ['', 'arraybuffer'],
      [null, 'arraybuffer'],
      [undefined, 'arraybuffer'],
      [{ toString: () => 'blob' }, 'blob'],
      [['arraybuffer'], 'arraybuffer'],
      ['nodebuffer', 'arraybuffer'],
      ['blob', 'blob'],
    ]) {
      socket.binaryType = given;
      t.equal(socket.binaryType, type);
    }
    t.throws('TypeError', () => (socket.binaryType = Symbol('blob')));
    t.equal(socket.binaryType, 'blob');
  });

  test('bufferedAmount counts UTF-8, and does not fall while the task runs', async (t) => {
    const socket = await t.open();
    socket.send('é');
    t.equal(socket.bufferedAmount, 2);
    socket.send('日本');
    t.equal(socket.bufferedAmount, 8);
    socket.send('😀');
    t.equal(socket.bufferedAmount, 12);
    socket.send('\uD800');
    t.equal(socket.bufferedAmount, 15);
    socket.send('');
    t.equal(socket.bufferedAmount, 15);
    socket.send('\u0010');
    t.equal(socket.bufferedAmount, 16);
    await null;
    t.equal(socket.bufferedAmount, 16, 'after a microtask');
  });

  test('bufferedAmount counts bytes', async (t) => {
    const socket = await t.open();
    socket.send(new ArrayBuffer(10));
    t.equal(socket.bufferedAmount, 10);
    socket.send(new Uint16Array(5));
    t.equal(socket.bufferedAmount, 20);
    socket.send(new DataView(new ArrayBuffer(10), 2, 3));
    t.equal(socket.bufferedAmount, 23);
    socket.send(new Blob(['12345']));
    t.equal(socket.bufferedAmount, 28);
    await null;
    t.equal(socket.bufferedAmount, 28, 'after a microtask');
  });

  test('bufferedAmount counts a large message, and is 0 again when it is on its way', async (t) => {
    const socket = await t.open();
    const text = 'x'.repeat(300_000);
    const back = t.echo(socket, text);
    t.equal(socket.bufferedAmount, 300_000);
    t.equal((await back) === text, true);
    await t.task();
    t.equal(socket.bufferedAmount, 0);
  });

  test('bufferedAmount only rises once the socket is closing', async (t) => {
    const socket = await t.open();
    socket.close();
    const late = ['late', new Blob(['late']), new ArrayBuffer(4), new Uint8Array(4), 'é'];
    let sum = 0;
    for (const data of late) {
      socket.send(data);
      sum += data === 'é' ? 2 : 4;
      t.equal(socket.bufferedAmount, sum);
    }
    await t.event(socket, 'close');
    t.equal(socket.bufferedAmount, sum);
    socket.send('more');
    t.equal(socket.bufferedAmount, sum + 4);
    await t.task();
    t.equal(socket.bufferedAmount, sum + 4);
  });

  test('bufferedAmount stays 0 for a socket that never opened', async (t) => {
    const socket = t.create(`${t.at}/nowhere`);
    await t.event(socket, 'close');
    t.equal(socket.bufferedAmount, 0);
    socket.send('12');
    t.equal(socket.bufferedAmount, 2);
  });
});
