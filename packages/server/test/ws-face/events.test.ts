import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { WebSocket } from '../../src/index.ts';
import { faces, open } from './faces.ts';

type Listener = (event: { type: string }) => void;

describe.each(faces)('%s', (_, face) => {
  it('has the constants on its sockets and on their class', async () => {
    const { socket } = await open(face);
    const constants = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
    for (const [name, value] of Object.entries(constants)) {
      expect(socket[name as 'OPEN']).toBe(value);
      expect((socket.constructor as typeof WebSocket)[name as 'OPEN']).toBe(value);
    }
    const names = [];
    for (const name in socket) names.push(name);
    expect(names).toEqual(expect.arrayContaining(['OPEN', 'onmessage', 'binaryType']));
    expect(socket).toBeInstanceOf(WebSocket);
  });

  it('has the properties of a server’s socket', async () => {
    const { socket } = await open(face, {}, ['chat']);
    expect(socket.readyState).toBe(1);
    expect(socket.protocol).toBe('chat');
    expect(socket.extensions).toBe('');
    expect(socket.url).toBeUndefined();
    expect(socket.isPaused).toBe(false);
    expect(socket.bufferedAmount).toBe(0);
  });

  it('calls the function of an on… attribute, one at a time, with an event', async () => {
    const { socket, client } = await open(face);
    expect([socket.onopen, socket.onmessage, socket.onclose, socket.onerror]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    const seen: unknown[] = [];
    socket.onmessage = () => seen.push('replaced');
    function onMessage(this: unknown, event: { type: string; target: unknown; data: unknown }): void {
      seen.push([this === socket, event.type, event.target === socket, event.data]);
    }
    socket.onmessage = onMessage;
    expect(socket.onmessage).toBe(onMessage);
    client.send('text');
    client.send(Uint8Array.of(1));
    await expect
      .poll(() => seen)
      .toEqual([
        [true, 'message', true, 'text'],
        [true, 'message', true, Buffer.of(1)],
      ]);
    socket.onmessage = null;
    expect(socket.onmessage).toBe(null);
    const second = once(socket, 'message');
    client.send('not seen');
    await second;
    expect(seen).toHaveLength(2);
  });

  it('takes listeners as an EventTarget does: each once, functions and objects', async () => {
    const { socket, client } = await open(face);
    const seen: string[] = [];
    const listener: Listener = ({ type }) => seen.push(`function ${type}`);
    const object = {
      name: 'object',
      handleEvent({ type }: { type: string }) {
        seen.push(`${this.name} ${type}`);
      },
    };
    socket.addEventListener('message', listener);
    socket.addEventListener('message', listener);
    socket.addEventListener('message', object);
    socket.addEventListener('message', () => seen.push('once'), { once: true });
    socket.addEventListener('unheard of' as 'message', listener);
    expect(socket.listenerCount('unheard of')).toBe(0);
    client.send('');
    await expect.poll(() => seen).toEqual(['function message', 'object message', 'once']);
    client.send('');
    await expect.poll(() => seen.slice(3)).toEqual(['function message', 'object message']);
    socket.removeEventListener('message', listener);
    socket.removeEventListener('message', () => undefined);
    client.send('');
    await expect.poll(() => seen.slice(5)).toEqual(['object message']);
  });

  it('tells of its end in an event', async () => {
    const { socket, client } = await open(face);
    const ended = new Promise((resolve) => {
      socket.addEventListener('close', ({ type, target, code, reason, wasClean }) => {
        resolve({ type, isTarget: target === socket, code, reason, wasClean });
      });
    });
    client.close(4000, 'bye');
    expect(await ended).toEqual({ type: 'close', isTarget: true, code: 4000, reason: 'bye', wasClean: true });
  });

  it('tells that it was terminated, which is not clean', async () => {
    const { socket } = await open(face);
    const ended = new Promise((resolve) => {
      socket.onclose = ({ code, reason, wasClean }) => {
        resolve({ code, reason, wasClean });
      };
    });
    socket.terminate();
    expect(await ended).toEqual({ code: 1006, reason: '', wasClean: false });
  });

  it('tells what its client did wrong, with a code, before its end', async () => {
    const { socket, client } = await open(face, { maxPayload: 1000 });
    const told: unknown[] = [];
    socket.on('error', (error: Error & { code?: string }) =>
      told.push([error.constructor, error.message, error.code]),
    );
    socket.onerror = ({ type, error, message }) => told.push([type, (error as Error).message === message]);
    socket.on('close', () => told.push('closed'));
    client.addEventListener('error', () => undefined);
    client.send('x'.repeat(1002));
    await expect
      .poll(() => told)
      .toEqual([
        [RangeError, 'Max payload size exceeded', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'],
        ['error', true],
        'closed',
      ]);
  });

  it('lets a program emit and hear events of its own', async () => {
    const { socket } = await open(face);
    const heard = once(socket, 'own');
    socket.emit('own', 1);
    expect(await heard).toEqual([1]);
  });
});
