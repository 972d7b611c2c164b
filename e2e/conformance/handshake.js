/** WHATWG websockets §2, "establish a WebSocket connection": what the server sees of the page, and what it may choose. */

section('handshake', (test) => {
  test('fails if subprotocols were asked for and none was chosen', async (t) => {
    const socket = t.connect('choose=', ['one', 'two']);
    t.equal(await t.story(socket), ['error', 'close 1006  unclean']);
    t.equal(socket.protocol, '');
  });

  test('fails if a subprotocol was chosen that nobody asked for', async (t) => {
    t.equal(await t.story(t.connect('choose=three', ['one', 'two'])), ['error', 'close 1006  unclean']);
  });

  test('tells the origin of the page', async (t) => {
    const socket = await t.open('header=origin');
    t.equal(await t.echo(socket, '?'), t.at.replace('ws', 'http'));
  });

  test('tells no referrer', async (t) => {
    const socket = await t.open('header=referer');
    t.equal(await t.echo(socket, '?'), '');
  });

  test('brings the cookies, those that scripts do not see included', async (t) => {
    const name = `visible${Math.random()}`.replace('.', '');
    await fetch(`/cookie?${name}=1`);
    await fetch(`/cookie?${name}hidden=2;httponly`);
    const socket = await t.open('header=cookie');
    const cookies = (await t.echo(socket, '?')).split('; ');
    t.equal([cookies.includes(`${name}=1`), cookies.includes(`${name}hidden=2`)], [true, true]);
  });

  test('authenticates as the URL says', async (t) => {
    const url = t.url('realm&header=authorization').replace('://', '://us%20er:p%C3%A9@');
    const socket = t.create(url);
    t.equal(socket.url, url);
    await t.event(socket, 'open');
    // In UTF-8.
    t.equal(await t.echo(socket, '?'), `Basic ${btoa('us er:p\u00C3\u00A9')}`);
  });

  test('opens in more sockets than HTTP/1.1 has connections', async (t) => {
    const sockets = await Promise.all(Array.from({ length: 7 }, () => t.open()));
    t.equal(
      await Promise.all(sockets.map((socket, i) => t.echo(socket, String(i)))),
      [...sockets.keys()].map(String),
    );
  });
});
