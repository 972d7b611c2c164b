import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { HoldfastOptions } from '../src/options.ts';
import { HoldfastSocket } from '../src/index.ts';
import { FakeWorld } from './fake-world.ts';

const named = (name: string): Error => expect.objectContaining({ name }) as Error;

/** A socket in a world of its own, and what it fires. */
function start(options: HoldfastOptions = {}, protocols: string | string[] = []) {
  const world = new FakeWorld();
  const { environment } = world;
  const socket = new HoldfastSocket('ws://server/live', protocols, {
    transports: ['websocket'],
    environment,
    ...options,
  });
  const log: string[] = [];
  socket.onopen = () => log.push('open');
  socket.onerror = () => log.push('error');
  socket.onmessage = ({ data }) => log.push(`message ${String(data)}`);
  socket.onclose = ({ code, reason, wasClean }) => log.push(`close ${code} ${reason} ${wasClean}`);
  socket.ondrop = ({ count, bytes }) => log.push(`drop ${count} ${bytes}`);
  socket.onsessionlost = ({ unacknowledged, resent }) => log.push(`session lost ${unacknowledged} ${resent}`);
  return { world, socket, log };
}

/** The same, welcomed. */
function open(options: HoldfastOptions = {}) {
  const scene = start(options);
  scene.world.socket.welcome();
  scene.log.length = 0;
  return scene;
}

describe('a new socket', () => {
  it('has the constants of the W3C class, on the class and on each socket', () => {
    const { socket } = start();
    const states = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
    for (const [name, value] of Object.entries(states)) {
      expect(HoldfastSocket).toHaveProperty(name, value);
      expect(socket).toHaveProperty(name, value);
    }
  });

  it('has the members of the interface, with the descriptors that Web IDL gives them', () => {
    const { prototype } = HoldfastSocket;
    const own = (object: object, name: PropertyKey) => Object.getOwnPropertyDescriptor(object, name);
    const fixed = { value: 1, writable: false, enumerable: true, configurable: false };
    expect(own(HoldfastSocket, 'OPEN')).toEqual(fixed);
    expect(own(prototype, 'OPEN')).toEqual(fixed);
    for (const name of ['url', 'readyState', 'onopen', 'send', 'close', 'state'])
      expect(own(prototype, name)).toMatchObject({ enumerable: true, configurable: true });
    expect(own(prototype, 'constructor')?.enumerable).toBe(false);
    expect([HoldfastSocket.length, prototype.send.length, prototype.close.length]).toEqual([1, 1, 0]);
    expect(Object.prototype.toString.call(start().socket)).toBe('[object WebSocket]');
    for (const name of ['extensions', 'binaryType', 'onopen'])
      expect(() => void Reflect.get(prototype, name)).toThrow(TypeError);
  });

  it('has the attributes of a WebSocket that connects', () => {
    expect(start().socket).toMatchObject({
      readyState: 0,
      url: 'ws://server/live',
      protocol: '',
      extensions: '',
      binaryType: 'blob',
      bufferedAmount: 0,
      transport: undefined,
      latency: undefined,
      state: { name: 'connecting' },
    });
  });

  it('asks what its members are called on before it reads what they are given', () => {
    const { close, send, binaryType } = Object.getOwnPropertyDescriptors(HoldfastSocket.prototype);
    const unreadable = {
      toString() {
        throw new RangeError('it was read');
      },
    };
    const callOn = (other: object, member: unknown, argument: unknown) => (): unknown =>
      Reflect.apply(member as () => void, other, [argument]);
    expect(callOn({}, close.value, 1)).toThrow(TypeError);
    expect(callOn({}, send.value, unreadable)).toThrow(TypeError);
    expect(callOn({}, binaryType.set, unreadable)).toThrow(TypeError);
  });

  it('asks no member of the W3C class that another class may have replaced, and fires no event by one', () => {
    const asked: string[] = [];
    class Mine extends HoldfastSocket {
      override get readyState(): 0 {
        asked.push('readyState');
        return 0;
      }
      override dispatchEvent(): boolean {
        asked.push('dispatchEvent');
        return true;
      }
    }
    const world = new FakeWorld();
    const { environment } = world;
    const socket = new Mine('ws://server/live', [], { transports: ['websocket'], environment, queue: false });
    const log: string[] = [];
    socket.onmessage = ({ data }) => log.push(String(data));
    world.socket.welcome();
    socket.send('to the server');
    world.socket.bring('from the server');
    expect(world.socket.messages).toEqual(['to the server']);
    expect(log).toEqual(['from the server']);
    expect(asked).toEqual([]);
  });

  it('has a handler attribute for each of its events', () => {
    const socket = new HoldfastSocket('ws://server/', [], { environment: new FakeWorld().environment });
    for (const type of [
      'open',
      'message',
      'error',
      'close',
      'statechange',
      'transportchange',
      'sessionlost',
      'drop',
    ]) {
      expect(socket).toHaveProperty(`on${type}`, null);
    }
  });

  it('dials at once, and says in the handshake who it is and what it speaks', () => {
    const { world } = start({ auth: 'hé' }, ['chat', 'v2']);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.url).toBe('ws://server/live');
    expect(world.socket.offered).toEqual([
      'holdfast.1',
      'holdfast.attach.session-0001-of-this-test.1.new.aMOp',
      'chat',
      'v2',
    ]);
  });

  it('throws what the W3C class throws, and dials nothing', () => {
    const { environment, sockets } = new FakeWorld();
    const make =
      (url: string, protocols: string | string[] = [], options: HoldfastOptions = {}) =>
      () =>
        new HoldfastSocket(url, protocols, { ...options, environment });
    expect(make(undefined as never)).toThrow(TypeError);
    expect(make(Symbol('url') as never)).toThrow(TypeError);
    expect(make('no://such', Symbol('protocol') as never)).toThrow(TypeError);
    expect(make('/live')).toThrow(named('SyntaxError'));
    expect(make('ws://server/#part')).toThrow(named('SyntaxError'));
    expect(make('ws://server/', 'not a token')).toThrow(named('SyntaxError'));
    expect(make('ws://server/', ['twice', 'twice'])).toThrow(named('SyntaxError'));
    expect(make('ws://server/', [], { fallbackDelay: -1 })).toThrow(TypeError);
    expect(make('ws://server/', [], { transports: [] })).toThrow(TypeError);
    expect(sockets).toEqual([]);
  });

  it('asks a function for the URL and the token before each try', async () => {
    const world = new FakeWorld();
    let asked = 0;
    const socket = new HoldfastSocket(async () => `https://server-${++asked}/live`, [], {
      environment: world.environment,
      transports: ['websocket'],
      auth: async () => `token ${asked}`,
    });
    expect(socket.url).toBe('');
    await vi.waitUntil(() => world.sockets.length === 1);
    expect(socket.url).toBe('wss://server-1/live');
    expect(world.socket.offered[1]).toMatch(/\.1\.new\.dG9rZW4gMQ$/);
    world.socket.welcome();
    world.run(2000);
    world.socket.break();
    await vi.waitUntil(() => world.sockets.length === 2);
    expect(socket.url).toBe('wss://server-2/live');
    expect(world.socket.offered[1]).toMatch(/\.2\.0\.dG9rZW4gMg$/);
  });

  it.each<[string, 'url' | 'auth', () => Promise<string>]>([
    ['URL comes to nothing', 'url', () => Promise.reject(new Error('not now'))],
    ['token comes to nothing', 'auth', () => Promise.reject(new Error('not now'))],
    [
      'function for the URL throws',
      'url',
      () => {
        throw new Error('not now');
      },
    ],
    [
      'function for the token throws',
      'auth',
      () => {
        throw new Error('not now');
      },
    ],
  ])('tries again later if the %s', async (_, failing, fail) => {
    const world = new FakeWorld();
    let ask = fail;
    const url = failing === 'url' ? () => ask() : 'ws://server/';
    const socket = new HoldfastSocket(url, [], {
      environment: world.environment,
      transports: ['websocket'],
      ...(failing === 'auth' && { auth: () => ask() }),
    });
    await vi.waitUntil(() => socket.state.name === 'waiting');
    expect(world.sockets).toEqual([]);
    ask = () => Promise.resolve('ws://server/');
    world.run(500);
    await vi.waitUntil(() => world.sockets.length === 1);
  });
});

describe('opening', () => {
  it('fires open once it is welcomed, with the protocol that the server chose', () => {
    const { world, socket, log } = start({}, ['chat', 'v2']);
    world.socket.welcome({ protocol: 'v2' });
    expect(log).toEqual(['open']);
    expect(socket).toMatchObject({ readyState: 1, protocol: 'v2', transport: 'websocket' });
    expect(socket.state).toEqual({ name: 'open', transport: 'websocket' });
  });

  it.each<[asked: string[], chosen: string]>([
    [['chat', 'v2'], ''],
    [['chat', 'v2'], 'v3'],
    [[], 'chat'],
  ])('fails if it asks for %j and the server chooses %j', (asked, chosen) => {
    const { world, socket, log } = start({}, asked);
    world.socket.welcome({ protocol: chosen });
    expect(log).toEqual(['error', 'close 1006  false']);
    expect(socket.protocol).toBe('');
    world.run(100_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.isClosed).toBe(true);
  });

  it('is not open by a handshake alone', () => {
    const { world, socket, log } = start();
    world.socket.protocol = 'holdfast.1';
    world.socket.onopen?.({} as never);
    expect(socket.readyState).toBe(0);
    expect(log).toEqual([]);
  });

  it('tells each change of its state and its transport once', () => {
    const { world, socket } = start();
    const told: unknown[] = [];
    socket.onstatechange = ({ state }) => told.push(state.name);
    socket.ontransportchange = ({ transport }) => told.push(transport);
    world.socket.welcome();
    world.run(2000);
    world.socket.break();
    world.socket.welcome();
    socket.close();
    world.socket.say('ack 1');
    expect(told).toEqual([
      'open',
      'websocket',
      'reconnecting',
      undefined,
      'open',
      'websocket',
      'closing',
      'closed',
      undefined,
    ]);
  });

  it('measures the round trip with its first ping', () => {
    const { world, socket } = start();
    world.socket.protocol = 'holdfast.1';
    world.socket.say('welcome {"received":0,"protocol":"","heartbeat":25000,"maxPayload":1}');
    expect(socket.latency).toBeUndefined();
    socket.send('x');
    world.run(40);
    world.socket.say('pong 1');
    expect(socket.latency).toBe(40);
  });

  it('stays open for the application while a lost transport is replaced', () => {
    const { world, socket, log } = open();
    world.run(2000);
    world.socket.break();
    expect(socket.readyState).toBe(1);
    expect(socket.state).toEqual({ name: 'reconnecting' });
    expect(world.sockets).toHaveLength(2);
    expect(world.socket.offered[1]).toMatch(/\.2\.0\.-$/);
    world.socket.welcome();
    expect(log).toEqual([]);
    expect(socket.state).toEqual({ name: 'open', transport: 'websocket' });
  });

  it('says how long it waits for the next try', () => {
    const { world, socket } = start();
    world.socket.break();
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 250 });
    world.run(100);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 150 });
  });

  it('fails with 1006 if it never reconnects', () => {
    const { world, socket, log } = open({ reconnect: false });
    world.socket.break();
    expect(log).toEqual(['error', 'close 1006  false']);
    expect(socket.readyState).toBe(3);
  });

  it('fails with the code and the reason of a server that refuses it', () => {
    const { world, log } = start();
    world.socket.protocol = 'holdfast.1';
    world.socket.say('refused 3000 who are you?');
    expect(log).toEqual(['error', 'close 3000 who are you? false']);
    world.run(100_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.isClosed).toBe(true);
  });
});

describe('send', () => {
  it('sends messages as they are, and texts that look like control frames with one more escape', () => {
    const { world, socket } = open();
    for (const text of ['hello', '', '\x10ack 1']) socket.send(text);
    socket.send(Uint8Array.of(1, 2));
    expect(world.socket.messages).toEqual(['hello', '', '\x10\x10ack 1', Uint8Array.of(1, 2)]);
  });

  it('converts what is neither text nor bytes, as the W3C class does', () => {
    const { world, socket } = open();
    for (const data of [7, null, undefined, true, {}, ['a', 'b']]) socket.send(data as never);
    expect(world.socket.messages).toEqual(['7', 'null', 'undefined', 'true', '[object Object]', 'a,b']);
    expect(() => {
      (socket.send as () => void).call(socket);
    }).toThrow(TypeError);
  });

  it('waits in order until the socket is open', () => {
    const { world, socket } = start();
    socket.send('a');
    socket.send('b');
    expect(world.socket.messages).toEqual([]);
    expect(socket.bufferedAmount).toBe(2);
    world.socket.welcome();
    socket.send('c');
    expect(world.socket.messages).toEqual(['a', 'b', 'c']);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('replays what was not acknowledged when the transport is replaced', () => {
    const { world, socket } = open();
    for (const text of ['a', 'b', 'c']) socket.send(text);
    world.socket.say('ack 1');
    world.run(2000);
    world.socket.break();
    socket.send('d');
    world.socket.welcome({ received: 2 });
    expect(world.socket.messages).toEqual(['c', 'd']);
  });

  it.each<[string, () => ArrayBuffer | ArrayBufferView<ArrayBuffer>, (data: never) => Uint8Array]>([
    ['an ArrayBuffer', () => Uint8Array.of(1, 2, 3, 4).buffer, (data: ArrayBuffer) => new Uint8Array(data)],
    ['a view', () => new Uint8Array([9, 1, 2, 3, 4, 9]).subarray(1, 5), (data: Uint8Array) => data],
    [
      'a DataView',
      () => new DataView(Uint8Array.of(9, 1, 2, 3, 4, 9).buffer, 1, 4),
      (data: DataView) => new Uint8Array(data.buffer, 1),
    ],
    [
      '16-bit numbers',
      () => Uint16Array.of(0x0201, 0x0403),
      (data: Uint16Array) => new Uint8Array(data.buffer),
    ],
  ])('copies %s: it may be changed afterwards', (_, make, bytes) => {
    const { world, socket } = start();
    const data = make();
    socket.send(data);
    bytes(data as never)[0] = 99;
    world.socket.welcome();
    expect(world.socket.messages).toEqual([Uint8Array.of(1, 2, 3, 4)]);
  });

  it('takes no memory that is shared or can be resized', () => {
    const { world, socket } = open();
    const resizable = Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]) as ArrayBuffer;
    for (const memory of [new SharedArrayBuffer(4), resizable] as ArrayBuffer[]) {
      for (const data of [memory, new Uint8Array(memory)]) {
        expect(() => {
          socket.send(data);
        }).toThrow(TypeError);
      }
    }
    expect(world.socket.messages).toEqual([]);
  });

  it('sends nothing of a buffer that is detached', () => {
    const { world, socket } = open();
    const bytes = new Uint8Array(4);
    structuredClone(bytes, { transfer: [bytes.buffer] });
    socket.send(bytes);
    socket.send(bytes.buffer);
    expect(world.socket.messages).toEqual([new Uint8Array(), new Uint8Array()]);
  });

  it('converts what it is given once, before it looks at anything else', () => {
    const { world, socket } = start({ queue: false });
    const symbol = Symbol('no text') as never;
    const texts = ['once', 'twice'];
    const converted = { toString: () => texts.shift() } as never;
    expect(() => {
      socket.send(symbol);
    }).toThrow(TypeError);
    world.socket.welcome();
    socket.send(converted);
    expect(world.socket.messages).toEqual(['once']);
  });

  it('gives up a Blob that cannot be read, says so, and sends what is behind it', async () => {
    const { world, socket, log } = open();
    const unreadable = Object.assign(new Blob(['gone']), {
      arrayBuffer: () => Promise.reject(new Error('gone')),
    });
    socket.send(unreadable);
    socket.send('behind');
    await vi.waitUntil(() => log.length > 0);
    expect(log).toEqual(['drop 1 4']);
    expect(world.socket.messages).toEqual(['behind']);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('lets nothing overtake a Blob', async () => {
    const { world, socket } = open();
    socket.send('before');
    socket.send(new Blob(['bl', 'ob']));
    socket.send('between');
    socket.send(new Blob([]));
    socket.send('after');
    expect(world.socket.messages).toEqual(['before']);
    expect(socket.bufferedAmount).toBe(4 + 7 + 0 + 5);
    await vi.waitUntil(() => socket.bufferedAmount === 0);
    expect(world.socket.messages).toEqual([
      'before',
      new TextEncoder().encode('blob'),
      'between',
      new Uint8Array(),
      'after',
    ]);
  });

  it('counts the UTF-8 bytes of what waits, lone surrogates as the three that they become', () => {
    const units = fc.array(fc.oneof(fc.nat(0x7f), fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff })));
    const strings = units.map((codes) => String.fromCharCode(...codes));
    const { socket } = start();
    let sum = 0;
    fc.assert(
      fc.property(strings, (text) => {
        socket.send(text);
        sum += new TextEncoder().encode(text).length;
        expect(socket.bufferedAmount).toBe(sum);
      }),
    );
  });

  it('counts what the native class has not sent either, our control frames apart', () => {
    const { world, socket } = open();
    // The ping that asks for a proof has seven bytes.
    world.socket.bufferedAmount = 7;
    socket.send('x'.repeat(70));
    world.socket.bufferedAmount = 77;
    expect(socket.bufferedAmount).toBe(70);
    world.socket.bufferedAmount = 3;
    expect(socket.bufferedAmount).toBe(0);
    world.socket.bufferedAmount = 0;
    socket.send('x');
    world.socket.bufferedAmount = 5;
    expect(socket.bufferedAmount).toBe(5);
    // What is acknowledged has left.
    world.socket.say('ack 2');
    expect(socket.bufferedAmount).toBe(0);
  });

  it('does not count the escape of a text that looks like a control frame', () => {
    const { world, socket } = open();
    // The ping that asks for a proof.
    world.socket.bufferedAmount = 7;
    socket.send('\x10');
    world.socket.bufferedAmount = 7 + 2;
    expect(socket.bufferedAmount).toBe(1);
  });

  it('counts for ever what came too late to be sent', () => {
    const { world, socket } = open();
    socket.close();
    socket.send('é');
    socket.send(new ArrayBuffer(3));
    expect(socket.bufferedAmount).toBe(5);
    world.socket.say('ack 1');
    socket.send(new Blob(['more']));
    expect(socket.bufferedAmount).toBe(9);
    expect(world.socket.messages).toEqual([]);
  });
});

describe('without a queue', () => {
  it('send throws InvalidStateError before open', () => {
    const { world, socket } = start({ queue: false });
    expect(() => {
      socket.send('too early');
    }).toThrow(named('InvalidStateError'));
    world.socket.welcome();
    socket.send('in time');
    expect(world.socket.messages).toEqual(['in time']);
  });

  it('send throws it while the transport is replaced, and readyState says so', () => {
    const { world, socket } = open({ queue: false });
    world.run(2000);
    world.socket.break();
    expect(socket.readyState).toBe(0);
    expect(() => {
      socket.send('too early');
    }).toThrow(named('InvalidStateError'));
    world.socket.welcome();
    expect(socket.readyState).toBe(1);
  });

  it('readyState never goes back if nothing reconnects', () => {
    const { world, socket } = open({ queue: false, reconnect: false });
    world.run(2000);
    // The server has given the session to another transport: it is claimed back on this one.
    world.socket.say('superseded');
    expect(socket.state).toEqual({ name: 'reconnecting' });
    expect(socket.readyState).toBe(1);
    socket.send('meanwhile');
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['meanwhile']);
  });

  it('send does not throw any more once the socket is closing', () => {
    const { socket } = open({ queue: false });
    socket.close();
    socket.send('late');
    expect(socket.bufferedAmount).toBe(4);
  });

  it('there is no bound', () => {
    const { world, socket } = open({ queue: false });
    for (let i = 0; i < 70_000; i++) socket.send('');
    expect(world.socket.messages).toHaveLength(70_000);
  });
});

describe('a full queue', () => {
  it('lets send throw QuotaExceededError by default, and changes nothing', () => {
    const { world, socket, log } = start({ queue: { maxMessages: 2, maxBytes: 10 } });
    socket.send('12345');
    expect(() => {
      socket.send('123456');
    }).toThrow(named('QuotaExceededError'));
    socket.send('12345');
    expect(() => {
      socket.send('');
    }).toThrow(named('QuotaExceededError'));
    expect(socket.bufferedAmount).toBe(10);
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['12345', '12345']);
    expect(log).toEqual(['open']);
  });

  it('has room again when the server has acknowledged, not when the network has taken', () => {
    const { world, socket } = open({ queue: { maxMessages: 1 } });
    socket.send('a');
    expect(() => {
      socket.send('b');
    }).toThrow(named('QuotaExceededError'));
    world.socket.say('ack 1');
    socket.send('b');
    expect(world.socket.messages).toEqual(['a', 'b']);
  });

  it('drops the oldest if told to, and says so', () => {
    const { world, socket, log } = start({ queue: { maxBytes: 6, whenFull: 'drop-oldest' } });
    for (const text of ['aa', 'bb', 'cc', 'dddd']) socket.send(text);
    expect(log).toEqual(['drop 1 2', 'drop 1 2']);
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['cc', 'dddd']);
  });

  it('drops the newest if told to, and says so', () => {
    const { world, socket, log } = start({ queue: { maxMessages: 2, whenFull: 'drop-newest' } });
    for (const text of ['a', 'b', 'ccc']) socket.send(text);
    expect(log).toEqual(['drop 1 3']);
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['a', 'b']);
  });

  it('drops nothing that was sent: then it is the newest after all', () => {
    const { world, socket, log } = open({ queue: { maxMessages: 2, whenFull: 'drop-oldest' } });
    socket.send('a');
    socket.send('b');
    socket.send('c');
    expect(log).toEqual(['drop 1 1']);
    world.socket.break();
    world.run(1000);
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['a', 'b']);
  });
});

describe('a message with a time to live', () => {
  it('is not sent once that is over, and its loss is told', () => {
    const { world, socket, log } = start({ queue: { timeToLive: 1000 } });
    socket.send('old');
    socket.send('older');
    world.run(500);
    socket.send('young');
    world.run(500);
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['young']);
    expect(log).toEqual(['open', 'drop 2 8']);
  });

  it('does not ride with the request that opens either', () => {
    const { world, socket, log } = start({ transports: ['polling'], queue: { timeToLive: 1000 } });
    world.run(0);
    world.requests[0]!.handler.done('connection refused');
    socket.send('old');
    world.now += 1000;
    socket.send('young');
    world.run(1000);
    const bodies = world.requests.map(({ body }) => Buffer.from(body).toString());
    expect(bodies).toEqual([
      expect.not.stringContaining('old'),
      expect.stringMatching(/^((?!old).)*young$/s),
    ]);
    expect(log).toEqual(['drop 1 3']);
  });

  it('is sent again however old it is, since the server may have its successors', () => {
    const { world, socket, log } = open({ queue: { timeToLive: 1000 } });
    socket.send('sent in time');
    world.run(2000);
    world.socket.break();
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['sent in time']);
    expect(log).toEqual([]);
  });
});

describe('receiving', () => {
  it('gives texts, those that look like control frames included', () => {
    const { world, socket, log } = open();
    for (const text of ['hello', '', '\uFEFFbom', '\x10\x10ack 1']) world.socket.bring(text);
    expect(log).toEqual(['message hello', 'message ', 'message \uFEFFbom', 'message \x10ack 1']);
    expect(socket.readyState).toBe(1);
  });

  it('gives bytes as the binaryType of the moment says', async () => {
    const { world, socket } = open();
    const received: unknown[] = [];
    socket.onmessage = ({ data }) => received.push(data);
    world.socket.bring(Uint8Array.of(1, 2).buffer);
    socket.binaryType = 'arraybuffer';
    world.socket.bring(Uint8Array.of(3, 4).buffer);
    socket.binaryType = 'blob';
    world.socket.bring(new ArrayBuffer(0));
    const [first, second, third] = received as [Blob, ArrayBuffer, Blob];
    expect(new Uint8Array(await first.arrayBuffer())).toEqual(Uint8Array.of(1, 2));
    expect(second).toEqual(Uint8Array.of(3, 4).buffer);
    expect(third.size).toBe(0);
  });

  it('converts a binaryType to text', () => {
    const { socket } = start();
    socket.binaryType = ['arraybuffer'] as never;
    expect(socket.binaryType).toBe('arraybuffer');
    expect(() => {
      socket.binaryType = Symbol('blob') as never;
    }).toThrow(TypeError);
  });

  it('ignores a binaryType that does not exist', () => {
    const { socket } = start();
    for (const type of ['arraybuffer', 'nodebuffer', 'toString', '', undefined])
      socket.binaryType = type as 'blob';
    expect(socket.binaryType).toBe('arraybuffer');
  });

  it('tells the origin of a message', () => {
    const { world, socket } = open();
    const origins: string[] = [];
    socket.onmessage = ({ origin }) => origins.push(origin);
    world.socket.bring('x');
    expect(origins).toEqual(['ws://server']);
  });

  it('acknowledges after five seconds', () => {
    const { world } = open();
    world.socket.bring('a');
    world.socket.bring('b');
    world.run(4999);
    expect(world.socket.lines).toEqual([]);
    world.run(1);
    expect(world.socket.lines).toEqual(['ping 1', 'ack 2']);
  });

  it('tells the next transport what it has', () => {
    const { world } = open();
    world.socket.bring('a');
    world.socket.bring('b');
    world.run(2000);
    world.socket.break();
    expect(world.socket.offered[1]).toMatch(/\.2\.2\.-$/);
  });

  it('gives nothing more once the application has closed', () => {
    const { world, socket, log } = open();
    socket.close();
    world.socket.bring('late');
    expect(log).toEqual([]);
  });

  it.each(['ack one', 'welcome', 'refused 1006 x', 'close 2999 x', 'ack 1'])(
    'replaces a transport whose server says nonsense: %s',
    (line) => {
      const { world, socket, log } = open();
      const { socket: first } = world;
      world.run(2000);
      first.say(line);
      expect(first.isClosed).toBe(true);
      expect(world.sockets).toHaveLength(2);
      world.socket.welcome();
      expect(socket.readyState).toBe(1);
      expect(log).toEqual([]);
    },
  );

  it('ignores words that it does not know', () => {
    const { world, log } = open();
    world.socket.say('sing aloud');
    world.socket.say('__proto__');
    expect(world.sockets).toHaveLength(1);
    expect(log).toEqual([]);
  });
});

describe('close', () => {
  it.each([0, 1, 999, 1001, 1005, 1006, 2999, 5000, 65_536, -1, NaN, Infinity, '1001'])(
    'takes no code %s',
    (code) => {
      const { socket } = open();
      expect(() => {
        socket.close(code as number);
      }).toThrow(named('InvalidAccessError'));
      expect(socket.readyState).toBe(1);
    },
  );

  it.each<[unknown, number]>([
    [1000, 1000],
    [3000, 3000],
    [4999, 4999],
    ['4000', 4000],
    [2999.6, 3000],
    // Half way goes to the even one.
    [999.5, 1000],
    [1000.5, 1000],
  ])('takes the code %s', (code, clamped) => {
    const { world, socket } = open();
    socket.close(code as number);
    expect(world.socket.lines).toContain(`close ${clamped} `);
  });

  it('takes a reason of 123 bytes, and none that is longer', () => {
    for (const character of ['x', 'é', '日', '😀', '\uD800']) {
      const { length } = new TextEncoder().encode(character);
      const fits = character.repeat(Math.floor(123 / length));
      const { socket } = open();
      expect(() => {
        socket.close(1000, fits + character);
      }).toThrow(named('SyntaxError'));
      expect(socket.readyState).toBe(1);
      socket.close(1000, fits);
      expect(socket.readyState).toBe(2);
    }
  });

  it('converts its arguments before it looks at them', () => {
    const { socket } = open();
    for (const args of [[Symbol('code')], [1000n], [1, Symbol('reason')]]) {
      expect(() => {
        socket.close(...(args as [number]));
      }).toThrow(TypeError);
    }
    expect(socket.readyState).toBe(1);
  });

  it('says the reason without lone surrogates', () => {
    const { world, socket, log } = open();
    socket.close(4000, 'a\uD800b');
    expect(world.socket.lines).toContain('close 4000 a\uFFFDb');
    world.socket.say('ack 1');
    expect(log).toEqual(['close 4000 a\uFFFDb true']);
  });

  it.each<[number | undefined, string | undefined, string]>([
    [undefined, undefined, '1005 '],
    [undefined, 'why', '1000 why'],
    [1000, undefined, '1000 '],
  ])('says %s and %s as %s', (code, reason, said) => {
    const { world, socket, log } = open();
    socket.close(code, reason);
    expect(world.socket.lines).toContain(`close ${said}`);
    world.socket.say('ack 1');
    expect(log).toEqual([`close ${said} true`]);
  });

  it('is closing until the server has confirmed all, and leaves nothing behind', () => {
    const { world, socket, log } = open();
    socket.send('last words');
    socket.close(4001, 'bye');
    expect(socket.readyState).toBe(2);
    expect(socket.state).toEqual({ name: 'closing' });
    world.socket.say('ack 1');
    expect(log).toEqual([]);
    world.socket.say('ack 2');
    expect(log).toEqual(['close 4001 bye true']);
    expect(socket.readyState).toBe(3);
    expect(world.socket.isClosed).toBe(true);
    expect(world.pending).toBe(0);
    expect(world.listeners).toBe(0);
  });

  it('survives a lost transport', () => {
    const { world, socket, log } = open();
    world.run(2000);
    socket.close(4001, 'bye');
    world.socket.break();
    world.socket.welcome();
    expect(world.socket.lines).toContain('close 4001 bye');
    world.socket.say('ack 1');
    expect(log).toEqual(['close 4001 bye true']);
  });

  it('fails with 1006 if it is not confirmed in ten seconds', () => {
    const { world, socket, log } = open();
    socket.close(4001, 'bye');
    world.run(9999);
    expect(log).toEqual([]);
    world.run(1);
    expect(log).toEqual(['error', 'close 1006  false']);
    expect(socket.readyState).toBe(3);
  });

  it('fails before open: there is nothing to end', () => {
    const { world, socket, log } = start();
    socket.close(1000, 'never mind');
    expect(socket.readyState).toBe(2);
    expect(log).toEqual([]);
    world.run(0);
    expect(log).toEqual(['error', 'close 1006  false']);
    expect(world.pending).toBe(0);
  });

  it('is heard once', () => {
    const { world, socket, log } = open();
    socket.close(4001, 'first');
    socket.close(4002, 'second');
    world.socket.say('ack 1');
    socket.close(4003, 'third');
    world.run(60_000);
    expect(log).toEqual(['close 4001 first true']);
    expect(world.socket.lines.filter((line) => line.startsWith('close'))).toEqual(['close 4001 first']);
  });

  it('may come from the server, behind its messages, and is confirmed', () => {
    const { world, socket, log } = open();
    world.socket.bring('last words');
    world.socket.say('close 4002 enough');
    expect(log).toEqual(['message last words', 'close 4002 enough true']);
    expect(world.socket.lines).toContain('ack 2');
    expect(socket.readyState).toBe(3);
  });
});

describe('a server that has lost the session', () => {
  it('is told to the application, which opens again, with what was never acknowledged sent again', () => {
    const { world, socket, log } = open();
    for (const text of ['a', 'b', 'c']) socket.send(text);
    world.socket.say('ack 1');
    world.run(2000);
    world.socket.break();
    world.socket.protocol = 'holdfast.1';
    world.socket.say('gone');
    expect(log).toEqual(['session lost 2 true']);
    expect(socket.readyState).toBe(0);
    expect(world.socket.lines).toEqual(['attach session-0002-of-this-test 1 new -']);
    world.socket.welcome();
    expect(log).toEqual(['session lost 2 true', 'open']);
    expect(world.socket.messages).toEqual(['b', 'c']);
  });

  it('does not get it again if it is to be discarded; what was never sent is sent', () => {
    const { world, socket, log } = open({ sessionLost: 'discard' });
    socket.send('sent');
    world.run(2000);
    world.socket.break();
    socket.send('unsent');
    world.socket.protocol = 'holdfast.1';
    world.socket.say('gone');
    world.socket.welcome();
    expect(log).toEqual(['session lost 1 false', 'open']);
    expect(world.socket.messages).toEqual(['unsent']);
  });

  it('does not matter before the first open', () => {
    const { world, log } = start();
    world.socket.protocol = 'holdfast.1';
    world.socket.say('gone');
    world.socket.welcome();
    expect(log).toEqual(['open']);
  });
});

describe('a server that goes away', () => {
  it('has heard all that was sent if it says its last word, whatever it acknowledged', () => {
    const { world, socket } = open();
    const losses: number[] = [];
    socket.addEventListener('sessionlost', ({ unacknowledged }) => losses.push(unacknowledged));
    const { socket: first } = world;
    socket.send('heard');
    first.say('drain');
    socket.send('kept');
    first.say('close 3951 700');
    expect(first.messages).toEqual(['heard']);
    expect(first.lines.slice(-2)).toEqual(['close 3951 ', 'ack 1']);
    expect(losses).toEqual([0]);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 700 });
    world.run(700);
    world.socket.welcome();
    expect(world.socket.messages).toEqual(['kept']);
  });

  it('is left at once if its last word says no time', () => {
    const { world, socket } = open();
    world.socket.say('close 3951 soon');
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 0 });
  });

  it('is left, and dialled again when it said, and a random part of the spread', () => {
    const { world, socket } = open();
    const { socket: first } = world;
    first.say('go-away 1000 600');
    expect(first.isClosed).toBe(true);
    expect(socket.state).toEqual({ name: 'waiting', retryIn: 1300 });
    world.run(1299);
    expect(world.sockets).toHaveLength(1);
    world.run(1);
    expect(world.sockets).toHaveLength(2);
  });
});
