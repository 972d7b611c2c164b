/** Frames over a WebSocket, whose other end is the test. */
import type { AckFrame, AttachFrame } from '@holdfast/protocol';
import { describe, expect, it } from 'vitest';
import type { WebSocketClass } from '../src/environment.ts';
import { FOREIGN, type IncomingFrame } from '../src/transport.ts';
import { WebSocketTransport } from '../src/websocket-transport.ts';
import { FakeWebSocket, FakeWorld } from './fake-world.ts';

const attach = (attempt: number, received: number | 'new' = 'new'): AttachFrame => ({
  type: 'attach',
  id: 'session-of-22-characters',
  attempt,
  received,
  auth: '',
  protocols: ['chat'],
});

function start(webSocket?: WebSocketClass) {
  const world = new FakeWorld();
  const frames: string[] = [];
  const owner = {
    frame: (frame: IncomingFrame) =>
      void frames.push(
        'seq' in frame ? `${frame.seq} ${frame.type === 'data' ? String(frame.data) : 'close'}` : frame.type,
      ),
    heard: () => undefined,
    writable: () => undefined,
    found: () => undefined,
    renamed: () => undefined,
    takeAck: (): AckFrame | undefined => undefined,
    lost: ({ reason }: { reason: string }) => void frames.push(`lost: ${reason}`),
  };
  const Class = webSocket ?? world.environment.WebSocket!;
  const transport = new WebSocketTransport(Class, 'ws://server/live', owner);
  return { world, transport, frames };
}

/** The same, welcomed. */
function open() {
  const scene = start();
  scene.transport.attach(attach(1));
  scene.world.socket.welcome();
  scene.frames.length = 0;
  return scene;
}

describe('an attach', () => {
  it('rides with the handshake, and then on the wire, without subprotocols', () => {
    const { world, transport } = start();
    transport.attach(attach(1));
    expect(world.socket.offered).toEqual([
      'holdfast.1',
      'holdfast.attach.session-of-22-characters.1.new.-',
      'chat',
    ]);
    transport.attach(attach(2, 7));
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.lines).toEqual(['attach session-of-22-characters 2 7 -']);
  });

  it('carries nothing until it is welcomed', () => {
    const { world, transport, frames } = start();
    transport.attach(attach(1));
    expect(transport.writable).toBe(false);
    world.socket.say('close 1000 ');
    expect(frames).toEqual([]);
    world.socket.welcome();
    expect(transport.writable).toBe(true);
  });

  it('carries nothing while it is repeated', () => {
    const { world, transport, frames } = open();
    transport.attach(attach(2));
    expect(transport.writable).toBe(false);
    world.socket.bring('of the attach before');
    expect(frames).toEqual([]);
  });

  it.each(['superseded', 'gone'])('carries nothing any more once it is %s', (verdict) => {
    const { world, transport, frames } = open();
    world.socket.say(verdict);
    world.socket.bring('late');
    expect(transport.writable).toBe(false);
    expect(frames).toEqual([verdict]);
  });

  it('is where messages are counted from', () => {
    const { world, transport, frames } = open();
    for (const text of ['a', 'b', 'c']) world.socket.bring(text);
    transport.attach(attach(2, 1));
    world.socket.say('welcome {"received":0,"protocol":"","heartbeat":1,"maxPayload":1}');
    world.socket.bring('b');
    world.socket.say('close 1000 ');
    expect(frames).toEqual(['1 a', '2 b', '3 c', 'welcome', '2 b', '3 close']);
  });
});

describe('a WebSocket', () => {
  it('is lost if the server does not choose our subprotocol', () => {
    const { world, transport, frames } = start();
    transport.attach(attach(1));
    world.socket.protocol = 'chat';
    world.socket.onopen?.({} as never);
    expect(frames).toEqual([`lost: ${FOREIGN}`]);
    expect(world.socket.isClosed).toBe(true);
  });

  it('is lost if the first thing that comes is no answer of a Holdfast server', () => {
    const { world, transport, frames } = start();
    transport.attach(attach(1));
    world.socket.bring('welcome to the chat');
    expect(frames).toEqual([`lost: ${FOREIGN}`]);
  });

  it('is lost once, though an error is followed by a close', () => {
    const { world, frames } = open();
    world.socket.onerror?.({} as never);
    world.socket.break();
    expect(frames).toEqual(['lost: the connection failed']);
  });

  it('is not closed again when it has failed: WPE 2.38 crashes', () => {
    const { world } = open();
    world.socket.onerror?.({} as never);
    expect(world.socket.isClosed).toBe(false);
  });

  it('is lost with a malformed control frame, and with no other', () => {
    const { world, frames } = open();
    for (const line of ['sing', 'batch 1', 'probe 1', 'stream 1', 'from 1 0']) world.socket.say(line);
    expect(frames).toEqual([]);
    world.socket.say('ack one');
    expect(frames).toEqual(['lost: malformed control frame']);
  });

  it('that cannot be made is lost', () => {
    const { transport, frames } = start(
      class extends FakeWebSocket {
        constructor() {
          super('', []);
          throw new Error('blocked');
        }
      },
    );
    transport.attach(attach(1));
    expect(frames).toEqual(['lost: Error: blocked']);
  });

  it('that cannot send is lost', () => {
    const { world, transport, frames } = open();
    world.socket.send = () => {
      throw new Error('too late');
    };
    transport.send({ type: 'data', seq: 1, data: 'x', binary: false });
    expect(frames).toEqual(['lost: Error: too late']);
  });

  it('tells nothing any more once it is ended', () => {
    const { world, transport, frames } = open();
    transport.terminate();
    world.socket.bring('late');
    world.socket.break();
    expect(frames).toEqual([]);
    expect(transport.writable).toBe(false);
  });

  it('counts what waits in it, our control frames apart', () => {
    const { world, transport } = open();
    transport.send({ type: 'ping', id: 1 });
    world.socket.bufferedAmount = 107;
    expect(transport.buffered).toBe(100);
    world.socket.bufferedAmount = 0;
    transport.send({ type: 'data', seq: 1, data: 'x', binary: false });
    world.socket.bufferedAmount = 1;
    expect(transport.buffered).toBe(1);
  });

  it('takes no more while the browser has a megabyte to send', () => {
    const { world, transport } = open();
    world.socket.bufferedAmount = 1024 * 1024 - 1;
    expect(transport.writable).toBe(true);
    world.socket.bufferedAmount = 1024 * 1024;
    expect(transport.writable).toBe(false);
  });
});
