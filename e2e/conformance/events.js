/** Events and their handlers: DOM §2, HTML §8.1.8.1, and the order that WHATWG websockets gives them. */

section('events', (test) => {
  const types = ['open', 'message', 'error', 'close'];

  /** @param {any} socket @param {string} [type] */
  const fire = (socket, type = 'open') => socket.dispatchEvent(new Event(type));

  test('open and error are plain events that neither bubble nor can be cancelled', async (t) => {
    const socket = t.connect();
    const open = await t.event(socket, 'open');
    const failing = t.create(`${t.at}/nowhere`);
    const error = await t.event(failing, 'error');
    for (const event of [open, error]) {
      t.same(Object.getPrototypeOf(event), Event.prototype);
      t.equal([event.bubbles, event.cancelable, event.composed], [false, false, false]);
    }
  });

  test('all listeners get the same event, whose target is the socket', async (t) => {
    const socket = t.connect();
    /** @type {Event[]} */
    const seen = [];
    socket.onopen = (/** @type {Event} */ event) => {
      seen.push(event);
      t.same(event.target, socket);
      t.same(event.currentTarget, socket);
      t.equal(event.eventPhase, Event.AT_TARGET);
      t.equal(event.composedPath().length, 1);
    };
    socket.addEventListener('open', (/** @type {Event} */ event) => seen.push(event));
    await t.event(socket, 'open');
    await t.task();
    t.equal(seen.length, 2);
    t.same(seen[0], seen[1]);
    t.same(seen[0]?.target, socket);
    t.same(seen[0]?.currentTarget, null);
  });

  for (const type of types) {
    test(`on${type} is null, a function, an object, and null for all else`, (t) => {
      const socket = t.connect();
      const name = `on${type}`;
      const handler = () => {};
      const object = { handleEvent() {} };
      t.equal(socket[name], null);
      for (const value of [handler, object, new Date(), Event]) {
        socket[name] = value;
        t.same(socket[name], value);
      }
      for (const value of [undefined, null, 7, 'alert()', true, Symbol('x'), 1n]) {
        socket[name] = handler;
        socket[name] = value;
        t.equal(socket[name], null);
      }
    });

    test(`on${type} is called as a method of the socket, with the event alone`, (t) => {
      const socket = t.connect();
      /** @type {any[]} */
      const seen = [];
      /** @this {any} @param {any[]} args */
      socket[`on${type}`] = function (...args) {
        seen.push(this, ...args);
      };
      const event = new Event(type);
      socket.dispatchEvent(event);
      t.equal(seen.length, 2);
      t.same(seen[0], socket);
      t.same(seen[1], event);
    });
  }

  test('a handler that is an object is not called', (t) => {
    const socket = t.connect();
    let calls = 0;
    socket.onopen = { handleEvent: () => calls++ };
    fire(socket);
    t.equal(calls, 0);
  });

  test('a handler keeps its place while it is replaced, and loses it with null', (t) => {
    const socket = t.connect();
    /** @type {string[]} */
    const order = [];
    const note = (/** @type {string} */ word) => () => order.push(word);
    socket.addEventListener('open', note('1'));
    socket.onopen = note('old');
    socket.addEventListener('open', note('3'));
    socket.onopen = note('2');
    fire(socket);
    socket.onopen = null;
    socket.onopen = note('4');
    fire(socket);
    t.equal(order, ['1', '2', '3', '1', '3', '4']);
  });

  test('a handler that is set while an event is under way is called for the next one', (t) => {
    const socket = t.connect();
    let calls = 0;
    socket.addEventListener('open', () => (socket.onopen = () => calls++), { once: true });
    fire(socket);
    t.equal(calls, 0);
    fire(socket);
    t.equal(calls, 1);
  });

  test('a handler that is replaced while an event is under way is called in the new form', (t) => {
    const socket = t.connect();
    /** @type {string[]} */
    const order = [];
    socket.addEventListener('open', () => (socket.onopen = () => order.push('new')));
    socket.onopen = () => order.push('old');
    fire(socket);
    t.equal(order, ['new']);
  });

  test('a handler and a listener that throw keep nobody from hearing', async (t) => {
    const socket = t.connect();
    let reports = 0;
    const onError = (/** @type {Event} */ event) => {
      event.preventDefault();
      reports++;
    };
    self.addEventListener('error', onError);
    socket.onopen = () => {
      throw new Error('meant to be thrown');
    };
    socket.addEventListener('open', () => {
      throw new Error('meant to be thrown');
    });
    await t.event(socket, 'open');
    t.equal(await t.echo(socket, 'still'), 'still');
    self.removeEventListener('error', onError);
    t.equal(reports, 2);
  });

  test('a listener may be an object with handleEvent, which is its this', (t) => {
    const socket = t.connect();
    /** @type {any[]} */
    const seen = [];
    const listener = {
      handleEvent() {
        seen.push(this);
      },
    };
    socket.addEventListener('open', listener);
    fire(socket);
    t.equal(seen.length, 1);
    t.same(seen[0], listener);
  });

  test('a listener is heard once, with once, and not after its signal', (t) => {
    const socket = t.connect();
    const controller = new AbortController();
    let once = 0;
    let signalled = 0;
    socket.addEventListener('open', () => once++, { once: true });
    socket.addEventListener('open', () => signalled++, { signal: controller.signal });
    fire(socket);
    controller.abort();
    fire(socket);
    t.equal([once, signalled], [1, 1]);
  });

  test('a listener is added once, and can be removed', (t) => {
    const socket = t.connect();
    let calls = 0;
    const listener = () => calls++;
    socket.addEventListener('open', listener);
    socket.addEventListener('open', listener);
    fire(socket);
    socket.removeEventListener('open', listener);
    fire(socket);
    t.equal(calls, 1);
  });

  test('stopImmediatePropagation keeps the others from hearing', (t) => {
    const socket = t.connect();
    let calls = 0;
    socket.addEventListener('open', (/** @type {Event} */ event) => event.stopImmediatePropagation());
    socket.onopen = () => calls++;
    fire(socket);
    t.equal(calls, 0);
  });

  test('events of the application change nothing', async (t) => {
    const socket = t.connect();
    fire(socket, 'close');
    fire(socket, 'message');
    t.equal(socket.readyState, 0);
    await t.event(socket, 'open');
    t.equal(await t.echo(socket, 'x'), 'x');
  });

  test('handlers of other sockets hear nothing', async (t) => {
    const one = t.connect();
    const two = t.connect('never');
    let calls = 0;
    two.onopen = two.onclose = () => calls++;
    await t.event(one, 'open');
    one.close();
    await t.event(one, 'close');
    t.equal(calls, 0);
  });

  test('nothing is fired before the task of the constructor is over', async (t) => {
    const sockets = [t.connect(), t.create('ws://127.0.0.1:25/'), t.create(`${t.at}/nowhere`)];
    let isOver = false;
    const heard = sockets.map(
      (socket) =>
        new Promise((resolve) => {
          for (const type of types) socket.addEventListener(type, () => resolve(isOver));
        }),
    );
    isOver = true;
    t.equal(await Promise.all(heard), [true, true, true]);
  });
});
