/** WHATWG websockets §3.1, `send(data)`: what is text, what is bytes, and when it may be called. */

section('send', (test) => {
  test('throws an InvalidStateError while it connects, after the conversion of its argument', (t) => {
    const socket = t.connect();
    t.throws('InvalidStateError', () => socket.send('early'));
    t.throws('InvalidStateError', () => socket.send(new Blob()));
    t.throws('TypeError', () => socket.send());
    t.throws('TypeError', () => socket.send(Symbol('early')));
    t.equal(socket.bufferedAmount, 0);
  });

  test('gives nothing back, and does nothing with further arguments', async (t) => {
    const socket = await t.open();
    t.equal(socket.send('x', 'y'), undefined);
    t.equal((await t.event(socket, 'message')).data, 'x');
  });

  test('does not throw once the socket is closing or closed', async (t) => {
    const socket = await t.open();
    socket.close();
    socket.send('late');
    t.throws('TypeError', () => socket.send());
    await t.event(socket, 'close');
    socket.send('later');
  });

  test('sends text as it is', async (t) => {
    const socket = await t.open();
    for (const text of [
      'hello',
      '',
      '\0',
      '\uFEFFbom',
      'é日😀',
      'a\r\nb',
      '\u0010ack 1',
      '\u0010\u0010',
      '{"a":1}',
    ])
      t.equal(await t.echo(socket, text), text);
  });

  test('sends U+FFFD for a lone surrogate', async (t) => {
    const socket = await t.open();
    t.equal(await t.echo(socket, '\uD800'), '\uFFFD');
    t.equal(await t.echo(socket, 'a\uDC00b\uD83D\uDE00\uD83D'), 'a\uFFFDb😀\uFFFD');
  });

  test('sends what is no bytes as text', async (t) => {
    const socket = await t.open();
    for (const [data, text] of [
      [null, 'null'],
      [undefined, 'undefined'],
      [7, '7'],
      [-0, '0'],
      [10n, '10'],
      [true, 'true'],
      [{}, '[object Object]'],
      [[1, [2, 3]], '1,2,3'],
      [new String('s'), 's'],
      [{ toString: () => 't', valueOf: () => 'v' }, 't'],
      [new Date(NaN), 'Invalid Date'],
      [new URLSearchParams('a=1'), 'a=1'],
    ])
      t.equal(await t.echo(socket, data), text);
  });

  test('converts its argument once, and lets through what that throws', async (t) => {
    const socket = await t.open();
    let calls = 0;
    t.equal(await t.echo(socket, { toString: () => `call ${++calls}` }), 'call 1');
    t.throws('mine', () =>
      socket.send({
        toString() {
          throw 'mine';
        },
      }),
    );
    t.throws('TypeError', () => socket.send(Symbol('x')));
    t.throws('TypeError', () => socket.send(Object.create(null)));
    t.equal(socket.readyState, 1);
  });

  test('sends the bytes of a buffer, and of the part that a view shows', async (t) => {
    const socket = await t.open();
    socket.binaryType = 'arraybuffer';
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
    const { buffer } = bytes;
    for (const [data, from, to] of [
      [buffer, 0, 16],
      [bytes.subarray(3, 7), 3, 7],
      [new Int8Array(buffer, 1), 1, 16],
      [new Uint8ClampedArray(buffer, 2, 2), 2, 4],
      [new Int16Array(buffer, 2), 2, 16],
      [new Uint16Array(buffer, 2, 3), 2, 8],
      [new Int32Array(buffer, 4, 1), 4, 8],
      [new Uint32Array(buffer, 8), 8, 16],
      [new Float32Array(buffer, 4, 2), 4, 12],
      [new Float64Array(buffer, 8, 1), 8, 16],
      [new BigUint64Array(buffer, 8), 8, 16],
      [new DataView(buffer, 5, 3), 5, 8],
      [new Uint8Array(), 0, 0],
      [new ArrayBuffer(0), 0, 0],
    ])
      t.equal(await t.echo(socket, data), buffer.slice(Number(from), Number(to)));
  });

  test('sends the bytes of a Blob or a File', async (t) => {
    const socket = await t.open();
    socket.binaryType = 'arraybuffer';
    t.equal(
      await t.echo(socket, new Blob(['ab', Uint8Array.of(0, 255)])),
      Uint8Array.of(97, 98, 0, 255).buffer,
    );
    t.equal(await t.echo(socket, new Blob()), new ArrayBuffer(0));
    t.equal(await t.echo(socket, new File(['f'], 'name')), Uint8Array.of(102).buffer);
  });

  test('has sent a copy: what is changed afterwards is not', async (t) => {
    const socket = await t.open();
    socket.binaryType = 'arraybuffer';
    const bytes = Uint8Array.of(1, 2, 3);
    socket.send(bytes);
    bytes.fill(9);
    t.equal((await t.event(socket, 'message')).data, Uint8Array.of(1, 2, 3).buffer);
    socket.send(bytes);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    t.equal((await t.event(socket, 'message')).data, Uint8Array.of(9, 9, 9).buffer);
  });

  test('sends nothing of a buffer that is detached', async (t) => {
    const socket = await t.open();
    socket.binaryType = 'arraybuffer';
    const bytes = new Uint8Array(8);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    t.equal(await t.echo(socket, bytes.buffer), new ArrayBuffer(0));
    t.equal(await t.echo(socket, bytes), new ArrayBuffer(0));
  });

  test('takes no shared memory', async (t) => {
    const socket = await t.open();
    // Chromium has none in a shared worker.
    if (typeof SharedArrayBuffer === 'undefined') return;
    const shared = new SharedArrayBuffer(4);
    t.throws('TypeError', () => socket.send(shared));
    t.throws('TypeError', () => socket.send(new Uint8Array(shared)));
    t.equal(await t.echo(socket, 'after'), 'after');
  });

  test('takes no buffer that can be resized', async (t) => {
    const socket = await t.open();
    const resizable = Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]);
    t.throws('TypeError', () => socket.send(resizable));
    t.throws('TypeError', () => socket.send(new Uint8Array(resizable)));
  });

  test('keeps the order of texts, bytes and Blobs', async (t) => {
    const socket = await t.open();
    socket.binaryType = 'arraybuffer';
    /** @type {unknown[]} */
    const got = [];
    const all = new Promise((resolve) => {
      socket.onmessage = (/** @type {MessageEvent} */ { data }) => {
        got.push(typeof data === 'string' ? data : new TextDecoder().decode(data));
        if (got.length === 6) resolve(undefined);
      };
    });
    socket.send('1');
    socket.send(new Blob(['2']));
    socket.send(new TextEncoder().encode('3'));
    socket.send(new Blob(['4'.repeat(70_000)]));
    socket.send('5');
    socket.send(new Blob(['6']));
    await all;
    t.equal(got, ['1', '2', '3', '4'.repeat(70_000), '5', '6']);
  });

  for (const length of [125, 126, 127, 65_535, 65_536, 1_000_000]) {
    test(`sends messages of ${length} bytes`, async (t) => {
      const socket = await t.open();
      socket.binaryType = 'arraybuffer';
      const text = 'x'.repeat(length);
      t.equal((await t.echo(socket, text)) === text, true);
      t.equal((await t.echo(socket, new Uint8Array(length))).byteLength, length);
    });
  }

  test('delivers all that was sent before close', async (t) => {
    const socket = await t.open('count');
    for (let i = 0; i < 50; i++) socket.send(new Blob([`${i}`]));
    socket.close(4000, 'last');
    await t.event(socket, 'close');
    const other = await t.open('counted');
    t.equal(await t.echo(other, '?'), '50');
  });
});
