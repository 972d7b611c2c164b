/** What every transport must do, over real sockets: the same sentences for each, and for each pair of ends. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldfastSocket, type HoldfastOptions, type TransportName } from '@holdfast/client';
import { HoldfastServer, type ServerSocket } from '@holdfast/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

/** Each piece of it looks unlike its neighbours. */
const BYTES = new Uint8Array(16 * 1024 * 1024).map((_, i) => i % 251);
const platform = { WebSocket, fetch } as HoldfastOptions;

/** The next event of a type; rejects if the socket closes instead. */
function next(target: EventTarget, type: string): Promise<Event & { data: unknown; code: number }> {
  return new Promise((resolve, reject) => {
    target.addEventListener(
      type,
      (event) => {
        resolve(event as never);
      },
      { once: true },
    );
    if (type !== 'close')
      target.addEventListener(
        'close',
        () => {
          reject(new Error(`closed instead of ${type}`));
        },
        { once: true },
      );
  });
}

describe.each<TransportName>(['websocket', 'streaming', 'polling'])('over %s alone', (transport) => {
  let http: Server;
  let server: HoldfastServer;
  let url: string;
  const sockets: HoldfastSocket[] = [];

  beforeEach(async () => {
    http = createServer((_, response) => response.end('not ours'));
    server = new HoldfastServer({ server: http, path: '/live' });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/live`;
  });

  afterEach(async () => {
    // Before their server goes: else they would dial its port, whoever has it by then.
    for (const socket of sockets.splice(0)) {
      socket.close();
      while (socket.readyState !== socket.CLOSED) await next(socket, 'close');
    }
    server.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });

  const connect = (options: HoldfastOptions = {}, protocols: string[] = []): HoldfastSocket => {
    const socket = new HoldfastSocket(url, protocols, { ...platform, transports: [transport], ...options });
    socket.binaryType = 'arraybuffer';
    sockets.push(socket);
    return socket;
  };
  const echo = (): void => {
    server.on('connection', (socket) =>
      socket.on('message', (data, isBinary) => {
        socket.send(data, { binary: isBinary });
      }),
    );
  };

  it('opens and echoes text', async () => {
    echo();
    const socket = connect();
    await next(socket, 'open');
    socket.send('hello');
    expect((await next(socket, 'message')).data).toBe('hello');
  });

  it('says which transport it uses', async () => {
    const socket = connect();
    if (socket.transport !== transport) {
      await new Promise<void>((resolve) => {
        socket.addEventListener('transportchange', (event) => {
          if (event.transport === transport) resolve();
        });
      });
    }
    expect(socket.transport).toBe(transport);
  });

  it.each([0, 1, 65536, BYTES.length])('carries a binary message of %i bytes both ways', async (size) => {
    echo();
    const socket = connect();
    const bytes = BYTES.subarray(0, size);
    socket.send(bytes);
    const { data } = await next(socket, 'message');
    expect(Buffer.from(data as ArrayBuffer).equals(bytes)).toBe(true);
  });

  it('carries texts byte for byte', async () => {
    echo();
    const socket = connect();
    const texts = ['', '\x10', '\x10\x10', '\x10ack 1', '\uFEFFbom', 'é日😀', '\0', 'x'.repeat(100_000)];
    const received: unknown[] = [];
    socket.onmessage = ({ data }) => received.push(data);
    for (const text of texts) socket.send(text);
    while (received.length < texts.length) await next(socket, 'message');
    expect(received).toEqual(texts);
  });

  it('delivers ten thousand messages in order, each way', async () => {
    const up: string[] = [];
    server.on('connection', (socket) => {
      socket.on('message', (data) => up.push(String(data)));
      for (let i = 0; i < 10_000; i++) socket.send(String(i));
    });
    const socket = connect();
    const down: unknown[] = [];
    socket.onmessage = ({ data }) => down.push(data);
    for (let i = 0; i < 10_000; i++) socket.send(String(i));
    const expected = Array.from({ length: 10_000 }, (_, i) => String(i));
    await expect.poll(() => up.length + down.length, { timeout: 10_000 }).toBe(20_000);
    expect(up).toEqual(expected);
    expect(down).toEqual(expected);
  });

  it('closes from the client with its code and reason on both sides', async () => {
    const accepted = new Promise<ServerSocket>((resolve) => server.on('connection', resolve));
    const socket = connect();
    await next(socket, 'open');
    const peer = await accepted;
    const seen = new Promise((resolve) =>
      peer.on('close', (code, reason) => {
        resolve([code, String(reason)]);
      }),
    );
    socket.send('last words');
    socket.close(4001, 'bye');
    expect(await next(socket, 'close')).toMatchObject({ code: 4001, reason: 'bye', wasClean: true });
    expect(await seen).toEqual([4001, 'bye']);
  });

  it('closes from the server with its code and reason on both sides', async () => {
    const closed = new Promise((resolve) => {
      server.on('connection', (socket) => {
        socket.on('close', (code, reason) => {
          resolve([code, String(reason)]);
        });
        socket.send('last words');
        socket.close(4002, 'enough');
      });
    });
    const socket = connect();
    const messages: unknown[] = [];
    socket.onmessage = ({ data }) => messages.push(data);
    expect(await next(socket, 'close')).toMatchObject({ code: 4002, reason: 'enough', wasClean: true });
    expect(messages).toEqual(['last words']);
    expect(await closed).toEqual([4002, 'enough']);
  });

  it('negotiates a subprotocol', async () => {
    const socket = connect({}, ['chat', 'superchat']);
    await next(socket, 'open');
    expect(socket.protocol).toBe('chat');
  });
});
