/** What storms found, each as small as it could be made. */
import { describe, expect, it } from 'vitest';
import { Conversation, World } from '../../src/index.ts';
import { listen, start } from './scene.ts';

describe('a session that waits for its client', () => {
  it('is kept from the end of a poll, not from its beginning', () => {
    // The window ends between the answer to one poll and the arrival of the next.
    for (let ms = 19_900; ms < 20_100; ms += 10) {
      const { world, talk, log } = start({ transports: ['polling'] }, {}, { resumeWindow: 20_000 });
      talk.pass(ms);
      talk.run(1, 0);
      talk.settle();
      expect(log, `a message after ${ms} ms`).toEqual(['open', 'polling']);
      expect(world.accepted).toHaveLength(1);
    }
  });
});

describe('a first attach whose answer is lost', () => {
  it('takes no message along that must arrive at most once', () => {
    const { world, socket } = start({ transports: ['polling'], sessionLost: 'discard' }, { unanswered: 1 });
    const received = listen(world);
    socket.send('one');
    world.clock.run(50);
    world.stopServer();
    world.startServer();
    world.weather = { unanswered: 0 };
    world.clock.runUntil(() => received.length > 0, 60_000);
    world.clock.run(60_000);
    expect(received).toEqual(['one']);
  });

  it('is not repeated once its answer has begun', () => {
    const { world, talk, log } = start({ transports: ['polling'] }, { shredded: 1, bandwidth: 0.5 });
    world.clock.runUntil(() => log.includes('open'), 5000);
    const before = world.network.requests.length;
    // The end of the answer does not come.
    world.network.silence('down');
    world.clock.run(3000);
    world.network.forget();
    world.network.speak();
    world.weather = { shredded: 0, bandwidth: Infinity };
    talk.run(10, 10);
    talk.settle();
    const bodies = world.network.requests.slice(before).map(({ body }) => Buffer.from(body).toString());
    expect(bodies.filter((body) => / new /.test(body))).toEqual([]);
    expect(bodies.some((body) => /attach \S+ \d+ 0 /.test(body))).toBe(true);
  });
});

describe('a WebSocket in doubt', () => {
  it('is given up at last when HTTP knows no such session', () => {
    const { world, socket, log } = start();
    const received = listen(world);
    world.clock.run(6000);
    world.weather = { upgrade: 'mute-up' };
    world.network.cut();
    world.clock.runUntil(() => socket.transport === 'websocket', 1000);
    // The server is another one, and nobody tells the client.
    world.network.forget();
    world.host.machine.die();
    world.startServer();
    world.weather = { upgrade: 'pass' };
    socket.send('hello');
    world.clock.runUntil(() => received.includes('hello'), 30_000);
    expect(log).toContain('sessionlost');
  });

  // HTTP was dropped when the WebSocket was welcomed, and took the session all the same: its attach was on its way.
  it.each([160, 400, 1000])(
    'makes room for HTTP at last, though each took the session from the other, %s ms away',
    (latency) => {
      const { world, socket, talk } = start({}, { upgrade: 'mute-up', latency });
      world.clock.runUntil(() => socket.transport === 'polling', 10_000);
      talk.run(1, 0);
      talk.settle(10_000);
    },
  );

  it('does not begin a new session alone where nothing passes that it sends', () => {
    const { world, socket } = start({}, { latency: 200 });
    world.clock.runUntil(() => socket.transport === 'websocket', 5000);
    world.clock.run(6000);
    world.weather = { upgrade: 'mute-up' };
    world.stopServer();
    world.startServer();
    world.clock.runUntil(() => socket.transport === 'polling', 5000);
  });
});

describe('time', () => {
  it('may leap an hour while a WebSocket opens, which is not an hour slow', () => {
    const { world, socket, talk } = start();
    world.machine.jump(3_600_000);
    world.clock.runUntil(() => socket.readyState === 1, 1000);
    world.network.forget();
    talk.run(1, 0);
    talk.settle(20_000);
  });

  it('may stand still while the machine sleeps, to any fraction of a ms', () => {
    for (let i = 1; i < 60; i++) {
      const { world, talk } = start({ fallbackDelay: 0 }, { upgrade: 'refuse' });
      talk.run(3, 10 / 3);
      world.machine.sleep();
      talk.pass((i * 1000) / 7);
      world.machine.wake(false, true);
      talk.run(3, 10 / 3);
      talk.pass(20_000);
    }
  });
});

describe('a client that was away for long', () => {
  it('does not wait for an answer as long as it slept', () => {
    const { world, socket, talk } = start({ transports: ['websocket'] });
    world.clock.runUntil(() => socket.readyState === 1, 100);
    world.machine.sleep();
    talk.pass(20_000);
    world.machine.wake(true, false);
    talk.run(1, 0);
    talk.settle();
    world.network.forget();
    talk.run(1, 0);
    talk.settle(20_000);
  });

  it.each([
    ['within the resume window', 50_000, true],
    ['behind it', 70_000, false],
  ])('hears that it was closed meanwhile, %s', (_, away, inTime) => {
    const { world, socket } = start({ transports: ['websocket'] });
    const heard: unknown[] = [];
    socket.onmessage = ({ data }) => heard.push(data);
    socket.onclose = ({ code, wasClean }) => heard.push(code, wasClean);
    world.clock.run(1000);
    world.page('sleep');
    world.accepted[0]?.send('goodbye');
    world.accepted[0]?.close(4000);
    world.clock.run(away);
    expect(world.accepted[0]?.readyState).toBe(inTime ? 2 : 3);
    world.page('wake');
    world.clock.runUntil(() => socket.readyState === 3, 1000);
    expect(heard).toEqual(inTime ? ['goodbye', 4000, true] : [4000, false]);
    expect(world.accepted).toHaveLength(1);
  });
});

describe('over HTTP', () => {
  it('a large batch that is lost in silence is missed soon', () => {
    const { world, socket } = start({ transports: ['polling'] });
    const received = listen(world);
    world.clock.run(1000);
    socket.send('x'.repeat(400_000));
    world.clock.run(1);
    world.network.forget();
    world.clock.runUntil(() => received.length > 0, 20_000);
  });

  it('a closed socket waits for nothing but its last words', () => {
    const world = new World();
    const socket = world.client({ transports: ['polling'] });
    const talk = new Conversation(world, socket);
    talk.run(3, 10);
    talk.pass(1000);
    world.network.forget();
    socket.close();
    world.clock.runUntil(() => socket.readyState === 3, 5000);
    world.clock.run(1);
    expect(world.machine.timers).toBe(0);
  });
});
