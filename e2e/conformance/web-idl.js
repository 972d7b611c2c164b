/** What Web IDL makes of the interface: its properties, their descriptors, and the checks that each of them begins with. */

section('Web IDL', (test) => {
  const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
  const readOnly = ['url', 'readyState', 'bufferedAmount', 'extensions', 'protocol'];
  const writable = ['onopen', 'onerror', 'onclose', 'onmessage', 'binaryType'];
  /** @type {Record<string, number>} */
  const operations = { close: 0, send: 1 };

  /** @param {object} object @param {PropertyKey} name @returns {any} */
  const own = (object, name) => Object.getOwnPropertyDescriptor(object, name);

  test('the interface object inherits from EventTarget, and needs one argument', (t) => {
    t.equal(typeof t.Socket, 'function');
    t.same(Object.getPrototypeOf(t.Socket), EventTarget);
    t.equal(own(t.Socket, 'length'), { value: 1, writable: false, enumerable: false, configurable: true });
    t.equal(own(t.Socket, 'prototype').writable, false);
  });

  test('the constructor is none without new, and with too few arguments', (t) => {
    t.throws('TypeError', () => t.Socket('ws://invalid/'));
    t.throws('TypeError', () => new t.Socket());
  });

  test('the constructor ignores further arguments', (t) => {
    t.equal(t.create('ws://invalid/', [], 'stray').url, 'ws://invalid/');
  });

  test('the prototype object has the class string WebSocket and no constructor that is enumerable', (t) => {
    const { prototype } = t.Socket;
    t.same(Object.getPrototypeOf(prototype), EventTarget.prototype);
    t.equal(own(prototype, Symbol.toStringTag), {
      value: 'WebSocket',
      writable: false,
      enumerable: false,
      configurable: true,
    });
    t.equal(own(prototype, 'constructor').enumerable, false);
    t.equal(String(prototype), '[object WebSocket]');
  });

  test('a socket is an instance, with no property of its own', (t) => {
    const socket = t.create('ws://invalid/');
    t.same(Object.getPrototypeOf(socket), t.Socket.prototype);
    t.equal(socket instanceof EventTarget, true);
    t.equal(Reflect.ownKeys(socket), []);
    t.equal(String(socket), '[object WebSocket]');
  });

  for (const [name, value] of Object.entries(constants)) {
    test(`the constant ${name} is fixed on class and prototype`, (t) => {
      const fixed = { value, writable: false, enumerable: true, configurable: false };
      t.equal(own(t.Socket, name), fixed);
      t.equal(own(t.Socket.prototype, name), fixed);
      const socket = t.create('ws://invalid/');
      t.equal(Reflect.set(socket, name, 7), false);
      t.equal(Reflect.deleteProperty(t.Socket, name), false);
      t.equal(socket[name], value);
    });
  }

  for (const name of [...readOnly, ...writable]) {
    test(`the attribute ${name} is an accessor on the prototype`, (t) => {
      const { get, set, enumerable, configurable } = own(t.Socket.prototype, name);
      t.equal([enumerable, configurable], [true, true]);
      t.equal([get.name, get.length], [`get ${name}`, 0]);
      if (readOnly.includes(name)) t.equal(set, undefined);
      else t.equal([set.name, set.length], [`set ${name}`, 1]);
    });

    test(`the attribute ${name} belongs to sockets only`, (t) => {
      const { get, set } = own(t.Socket.prototype, name);
      for (const other of [{}, t.Socket.prototype, new EventTarget(), null]) {
        t.throws('TypeError', () => get.call(other));
        if (set) t.throws('TypeError', () => set.call(other, null));
      }
      t.throws('TypeError', () => t.Socket.prototype[name]);
    });
  }

  for (const [name, length] of Object.entries(operations)) {
    test(`the operation ${name} is a method of the prototype`, (t) => {
      const { value, enumerable, configurable, writable } = own(t.Socket.prototype, name);
      t.equal([enumerable, configurable, writable], [true, true, true]);
      t.equal([value.name, value.length], [name, length]);
      t.throws('TypeError', () => new value());
    });

    test(`the operation ${name} belongs to sockets only`, (t) => {
      for (const other of [{}, t.Socket.prototype, new EventTarget(), null])
        t.throws('TypeError', () => t.Socket.prototype[name].call(other, 1000));
    });
  }

  test('what a member is called on counts before what it is given', (t) => {
    const { prototype } = t.Socket;
    const thrower = {
      toString() {
        throw new RangeError('it was read');
      },
    };
    for (const args of [[1], [1000, 'x'.repeat(124)], [1000, thrower]])
      t.throws('TypeError', () => prototype.close.apply(null, args));
    t.throws('TypeError', () => prototype.send.call({}, thrower));
    t.throws('TypeError', () => own(prototype, 'binaryType').set.call({}, thrower));
  });

  test('attributes that are read only stay as they are', (t) => {
    const socket = t.create('ws://invalid/');
    for (const name of readOnly) {
      const before = socket[name];
      t.equal(Reflect.set(socket, name, 'other'), false);
      t.equal(socket[name], before);
    }
  });

  test('members can be enumerated', (t) => {
    const found = [];
    for (const name in t.create('ws://invalid/')) found.push(name);
    for (const name of [...readOnly, ...writable, ...Object.keys(operations), ...Object.keys(constants)])
      t.equal(found.includes(name), true, name);
  });

  test('members can be replaced, deleted and put back', (t) => {
    const { prototype } = t.Socket;
    for (const name of ['bufferedAmount', 'readyState', 'send']) {
      const before = own(prototype, name);
      const socket = t.create('ws://invalid/');
      Object.defineProperty(prototype, name, { get: () => 'mine', configurable: true });
      t.equal(socket[name], 'mine');
      t.equal(Reflect.deleteProperty(prototype, name), true);
      t.equal(socket[name], undefined);
      Object.defineProperty(prototype, name, before);
    }
  });

  test('a socket does not ask itself: what a class replaces changes nothing else', async (t) => {
    /** @type {string[]} */
    const asked = [];
    class Mine extends t.Socket {
      dispatchEvent() {
        asked.push('dispatchEvent');
      }
    }
    for (const name of readOnly) {
      const get = () => asked.push(name);
      Object.defineProperty(Mine.prototype, name, { get, configurable: true });
    }
    /** @type {any} */
    const socket = Reflect.construct(Mine, [t.url()]);
    await t.event(socket, 'open');
    t.equal(await t.echo(socket, 'as before'), 'as before');
    socket.close();
    socket.send('too late');
    t.equal((await t.event(socket, 'close')).wasClean, true);
    t.equal(asked, []);
  });
});
