/** The shell around a connection's life, with a server by hand: what it takes from which transport, and when it tells. */
import { describe, expect, it } from 'vitest';
import type { HoldfastOptions, UrlSource } from '../src/options.ts';
import { HoldfastSocket } from '../src/index.ts';
import { batch, FakeWorld } from './fake-world.ts';

function start(options: HoldfastOptions = {}, url: UrlSource = 'ws://server/live', protocols: string[] = []) {
  const world = new FakeWorld();
  const { environment } = world;
  const socket = new HoldfastSocket(url, protocols, { transports: ['websocket'], environment, ...options });
  const log: string[] = [];
  socket.onopen = () => log.push('open');
  socket.onmessage = ({ data }) => log.push(`message ${String(data)}`);
  socket.onclose = ({ code }) => log.push(`close ${code}`);
  socket.onsessionlost = () => log.push('session lost');
  return { world, socket, log };
}

/** The same, welcomed. */
function open(options: HoldfastOptions = {}) {
  const scene = start(options);
  scene.world.socket.welcome();
  scene.log.length = 0;
  return scene;
}

/** The same, and what it sent was answered. */
function proven() {
  const scene = open();
  scene.socket.send('x');
  scene.world.socket.say('ack 1');
  return scene;
}

describe('a ping', () => {
  it('asks for an answer to what is sent first on a WebSocket', () => {
    const { world, socket } = open();
    world.run(500);
    expect(world.socket.lines).toEqual([]);
    socket.send('x');
    expect(world.socket.lines).toEqual(['ping 1']);
  });

  it('asks for an answer to the first acknowledgement', () => {
    const { world } = open();
    world.socket.bring('a');
    world.run(10_000);
    expect(world.socket.lines.slice(0, 2)).toEqual(['ping 1', 'ack 1']);
  });

  it('asks for an answer when the server asks first', () => {
    const { world } = open();
    world.socket.say('ping 7');
    expect(world.socket.lines).toEqual(['ping 1', 'pong 7']);
  });

  it('goes once, whatever is sent first', () => {
    const { world, socket } = start();
    socket.send('x');
    socket.send('y');
    world.socket.protocol = 'holdfast.1';
    world.socket.say('welcome {"received":0,"protocol":"","heartbeat":25000,"maxPayload":9}');
    world.socket.say('ping 7');
    expect(world.socket.lines).toEqual(['ping 1', 'pong 7']);
  });

  it('rides with what is sent, every ten seconds', () => {
    const { world, socket } = proven();
    for (let i = 1; i < 22; i++) {
      socket.send('x');
      world.socket.say(`ack ${i + 1}`);
      world.run(1000);
    }
    expect(world.socket.lines.filter((line) => line.startsWith('ping'))).toEqual([
      'ping 1',
      'ping 2',
      'ping 3',
    ]);
  });

  it('measures by the answer to the last one only', () => {
    const { world, socket } = proven();
    world.page('wake');
    world.run(100);
    world.socket.say('pong 1');
    expect(socket.latency).toBe(0);
    world.run(100);
    world.socket.say('pong 2');
    expect(socket.latency).toBe(200);
  });

  it('measures by the first of two answers', () => {
    const { world, socket } = proven();
    world.page('wake');
    world.run(100);
    world.socket.say('pong 2');
    world.run(100);
    world.socket.say('pong 2');
    expect(socket.latency).toBe(100);
  });

  it('measures each transport anew, with the first message', () => {
    const { world, socket } = open({ transports: ['websocket', 'polling'] });
    world.run(6000);
    world.socket.break();
    world.run(0);
    world.socket.break();
    world.run(0);
    world.request.welcome();
    socket.send('x');
    world.run(0);
    expect(world.request.lines.filter((line) => line.startsWith('ping'))).toHaveLength(1);
  });

  it('from the server is answered', () => {
    const { world } = open();
    world.socket.say('ping 7');
    expect(world.socket.lines).toContain('pong 7');
  });

  it('from the server is answered with what has arrived', () => {
    const { world } = open();
    world.socket.bring('a');
    world.socket.say('ping 7');
    world.socket.say('ping 8');
    expect(world.socket.lines.slice(1)).toEqual(['ack 1', 'pong 7', 'pong 8']);
  });

  it('that was answered shows that what was sent before has arrived, acknowledged or not', () => {
    const { world, socket } = proven();
    socket.send('x');
    world.run(3000);
    world.socket.say('pong 1');
    world.run(2999);
    expect(world.socket.lines.filter((line) => line.startsWith('ping'))).toEqual(['ping 1']);
  });
});

describe('a server that breaks the rules', () => {
  it('is left if it welcomes with what was never sent', () => {
    const { world, log } = start();
    world.socket.welcome({ received: 5 });
    expect(world.sockets[0]?.isClosed).toBe(true);
    world.run(1000);
    expect(world.sockets.length).toBeGreaterThan(1);
    expect(log).toEqual([]);
  });

  it('is left if it acknowledges what was never sent', () => {
    const { world } = open();
    world.socket.say('ack 1');
    expect(world.sockets[0]?.isClosed).toBe(true);
  });
});

describe('a WebSocket that is lost', () => {
  it('is replaced once, though it has more to say', () => {
    const { world } = open();
    const [first] = world.sockets;
    world.run(10_000);
    first?.break();
    first?.say('ack one');
    first?.onerror?.({} as never);
    expect(world.sockets).toHaveLength(2);
  });
});

describe('what is looked up', () => {
  it('too late is not used: the page has gone to sleep', async () => {
    let give: (url: string) => void = () => undefined;
    const { world } = start({}, () => new Promise((resolve) => (give = resolve)));
    await Promise.resolve();
    world.page('sleep');
    give('ws://server/live');
    await new Promise(setImmediate);
    expect(world.sockets).toEqual([]);
  });
});

describe('what a transport brings', () => {
  it('is not taken once another carries the session', () => {
    const { world, socket, log } = start({ transports: ['websocket', 'polling'] });
    const first = world.socket;
    world.run(300);
    world.request.welcome();
    expect(log).toEqual(['open']);
    first.say('superseded');
    first.bring('from a WebSocket that carries nothing');
    first.say('ack 9');
    expect(log).toEqual(['open']);
    expect(socket.transport).toBe('polling');
    expect(first.isClosed).toBe(false);
  });

  it('proves only the link that it came on', () => {
    const { world } = start({ transports: ['polling', 'websocket'], fallbackDelay: 40_000 });
    world.run(0);
    world.request.welcome();
    const [, poll] = world.requests;
    poll?.bring('batch 1');
    expect(world.sockets).toEqual([]);
    world.run(29_999);
    expect(poll?.isAborted).toBe(false);
  });

  it('is nothing any more once it was dropped', () => {
    const { world, log } = start({ transports: ['polling'], reconnect: false });
    world.run(0);
    world.request.welcome();
    const [, poll] = world.requests;
    world.page('sleep');
    poll?.handler.chunk(batch(1, 'late'));
    expect(log).toEqual(['open', 'close 1006']);
  });
});

describe('a close', () => {
  it('is confirmed by an acknowledgement, and by a welcome as well', () => {
    const { world, socket, log } = open();
    socket.send('x');
    socket.close(4000);
    world.socket.say('ack 1');
    expect(log).toEqual([]);
    world.socket.break();
    world.run(1000);
    world.socket.welcome({ received: 2 });
    expect(log).toEqual(['close 4000']);
  });

  it('fails if the server has lost the session: nothing is begun again', () => {
    const { world, socket, log } = open();
    socket.close(4000);
    world.socket.break();
    world.run(1000);
    world.socket.protocol = 'holdfast.1';
    world.socket.say('gone');
    expect(log).toEqual(['close 1006']);
    world.run(20_000);
    expect(world.sockets).toHaveLength(2);
  });

  it('leaves the page alone afterwards', () => {
    const { world, socket } = open();
    socket.close();
    world.socket.say('ack 1');
    expect(socket.readyState).toBe(3);
    expect(world.listeners).toBe(0);
    expect(world.pending).toBe(0);
    world.page('wake');
    expect(world.sockets).toHaveLength(1);
  });

  it('is confirmed by a server that has forgotten the subprotocol with the session', () => {
    const { world, socket, log } = start({}, undefined, ['chat']);
    world.socket.welcome({ protocol: 'chat' });
    socket.close(4000);
    world.socket.break();
    world.run(1000);
    expect(world.sockets).toHaveLength(2);
    world.socket.welcome({ received: 1 });
    expect(log).toEqual(['open', 'close 4000']);
  });

  it('from the server is acknowledged at once', () => {
    const { world, log } = open();
    world.socket.say('close 4000 bye');
    expect(world.socket.lines.at(-1)).toBe('ack 1');
    expect(world.socket.isClosed).toBe(true);
    expect(log).toEqual(['close 4000']);
  });
});

describe('a message', () => {
  it('that brings the 64th since the last acknowledgement is acknowledged at once', () => {
    const { world } = open();
    for (let i = 0; i < 63; i++) world.socket.bring('x');
    expect(world.socket.lines).not.toContain('ack 63');
    world.socket.bring('x');
    expect(world.socket.lines).toContain('ack 64');
  });
});

describe('an event', () => {
  it('that happens while another is carried out waits for its turn', () => {
    const { world, socket, log } = open();
    socket.addEventListener('sessionlost', () => {
      socket.close();
    });
    world.socket.say('gone');
    world.run(0);
    expect(log).toEqual(['session lost', 'close 1006']);
    expect(world.socket.isClosed).toBe(true);
    expect(world.pending).toBe(0);
  });
});

describe('a timer', () => {
  it('is one, whatever is due', () => {
    const { world, socket } = open();
    for (let i = 0; i < 100; i++) {
      socket.send('x');
      world.socket.bring('y');
    }
    expect(world.pending).toBe(1);
  });

  it('is not moved by what becomes later', () => {
    const { world, socket } = open();
    const { setTimeout } = world.environment;
    let made = 0;
    Object.assign(world.environment, {
      setTimeout: (callback: () => void, ms: number) => {
        made++;
        return setTimeout(callback, ms);
      },
    });
    for (let i = 1; i <= 100; i++) {
      socket.send('x');
      world.socket.say(`ack ${i}`);
    }
    expect(made).toBeLessThan(5);
  });

  it('is set to no more than the platform takes', () => {
    const { world } = start({ reconnect: () => 2 ** 40 });
    const delays: number[] = [];
    const { setTimeout } = world.environment;
    Object.assign(world.environment, {
      setTimeout: (callback: () => void, ms: number) => {
        delays.push(ms);
        return setTimeout(callback, ms);
      },
    });
    world.socket.break();
    world.run(10_000);
    expect(delays.at(-1)).toBe(2 ** 31 - 1);
  });
});
