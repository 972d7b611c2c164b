import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { WebSocket, WebSocketServer } from 'ws';
import { faces, open } from './faces.ts';

interface Alive {
  isAlive?: boolean;
}

/** One turn of the interval in `ws`'s README: "How to detect and close broken connections?" */
function check(server: WebSocketServer): void {
  server.clients.forEach((socket: WebSocket & Alive) => {
    if (socket.isAlive === false) {
      socket.terminate();
      return;
    }
    socket.isAlive = false;
    socket.ping();
  });
}

describe.each(faces)('%s', (_, face) => {
  it('brings back with the pong what the ping said', async () => {
    const { socket } = await open(face);
    const pongs: string[] = [];
    socket.on('pong', (data) => pongs.push(String(data)));
    const said = ['text', Buffer.from('bytes'), 42, undefined, 'x'.repeat(125)];
    for (const data of said) socket.ping(data);
    await expect.poll(() => pongs).toEqual(['text', 'bytes', '42', '', 'x'.repeat(125)]);
  });

  it('calls back when a ping or a pong is sent, with any of its arguments left out', async () => {
    const { socket } = await open(face);
    for (const method of ['ping', 'pong'] as const) {
      for (const args of [[], ['data'], ['data', false]]) {
        const called = new Promise((resolve) => {
          (socket[method] as (...all: unknown[]) => void)(...args, resolve);
        });
        expect(await called).toBeFalsy();
      }
    }
  });

  it('throws for more than a ping holds, and calls back with an error when it is not open', async () => {
    const { socket } = await open(face);
    for (const method of ['ping', 'pong'] as const) {
      expect(() => {
        socket[method]('x'.repeat(126));
      }).toThrow(new RangeError('The data size must not be greater than 125 bytes'));
    }
    socket.close();
    for (const method of ['ping', 'pong'] as const) {
      const called = new Promise((resolve) => {
        socket[method]('late', false, resolve);
      });
      expect(String(await called)).toBe('Error: WebSocket is not open: readyState 2 (CLOSING)');
      socket[method]('nobody asks');
    }
  });

  it('keeps a client that answers, by the recipe of ws', async () => {
    const { server, socket, client, heard } = await open(face);
    socket.on('pong', function (this: WebSocket & Alive) {
      this.isAlive = true;
    });
    for (let i = 0; i < 3; i++) {
      const pong = once(socket, 'pong');
      check(server);
      await pong;
    }
    socket.send('still here');
    await expect.poll(() => heard).toEqual(['still here']);
    expect(client.readyState).toBe(1);
  });

  it('terminates a client that does not answer, by the recipe of ws', async () => {
    const { server, socket } = await open(face);
    // Nobody listens for the pong: to the program, there was none.
    check(server);
    check(server);
    expect(await once(socket, 'close')).toMatchObject([1006, expect.anything()]);
  });
});
