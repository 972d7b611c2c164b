import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ServerOptions } from 'ws';
import { listen } from '../loopback.ts';
import { faces, listening, open } from './faces.ts';

describe.each(faces)('%s', (_, face) => {
  it('throws a TypeError unless it is told one place to serve at', () => {
    const server = createServer();
    for (const options of [
      undefined,
      {},
      { server, port: 0 },
      { server, noServer: true },
      { noServer: true, port: 0 },
      { port: null, server: null, noServer: false },
    ]) {
      expect(() => new face.Server(options as ServerOptions)).toThrow(TypeError);
    }
  });

  it('tells of each client, with its request', async () => {
    const { server, socket, request } = await open(face);
    expect(request.headers.host).toMatch(/^127.0.0.1:/);
    expect(request.socket.remoteAddress).toBe('127.0.0.1');
    // Not documented, and read by many.
    const { _socket } = socket as unknown as { _socket: { remoteAddress: string } };
    expect(_socket.remoteAddress).toBe('127.0.0.1');
    expect([...server.clients]).toEqual([socket]);
  });

  it('has no clients if it does not track them', async () => {
    const { server, client } = await open(face, { clientTracking: false });
    expect(server.clients).toBeUndefined();
    expect('clients' in server).toBe(false);
    client.close();
  });

  it('listens on a port of its own, and says so', async () => {
    const called: unknown[] = [];
    const server = new face.Server({ port: 0, host: '127.0.0.1', backlog: 5 }, () => called.push('called'));
    server.on('listening', () => called.push('listening'));
    await once(server, 'listening');
    expect(called).toEqual(expect.arrayContaining(['called', 'listening']));
    expect(server.address()).toMatchObject({ address: '127.0.0.1', family: 'IPv4' });
    server.close();
    expect(server.address()).toBeNull();
    await once(server, 'close');
  });

  it('tells that its port is taken', async () => {
    const { server } = await listening(face);
    const { port } = server.address() as AddressInfo;
    const second = new face.Server({ port, host: '127.0.0.1' });
    expect(await once(second, 'error')).toMatchObject([{ code: 'EADDRINUSE' }]);
  });

  it('tells what its HTTP server tells, while it is attached', async () => {
    const http = createServer();
    const server = new face.Server({ server: http });
    const told: unknown[] = [];
    server.on('listening', () => told.push('listening'));
    server.on('error', (error) => told.push(error.message));
    http.emit('listening');
    http.emit('error', new Error('of HTTP'));
    expect(told).toEqual(['listening', 'of HTTP']);
    server.close();
    http.emit('listening');
    expect(told).toHaveLength(2);
    await once(server, 'close');
    expect([http.listenerCount('upgrade'), http.listenerCount('error')]).toEqual([0, 0]);
  });

  it('has no address without a server', () => {
    expect(() => new face.Server({ noServer: true }).address()).toThrow('noServer');
  });

  it('chooses the subprotocol that is named first, or what the program says', async () => {
    const offered = ['v1', 'v2'];
    expect((await open(face, {}, offered)).socket.protocol).toBe('v1');
    const asked: unknown[] = [];
    const second: ServerOptions = {
      handleProtocols: (protocols, request) => {
        asked.push([protocols, typeof request.url]);
        return 'v2';
      },
    };
    const { socket, client } = await open(face, second, offered);
    expect([socket.protocol, client.protocol]).toEqual(['v2', 'v2']);
    expect(asked).toEqual([[new Set(offered), 'string']]);
  });

  it('calls back when it is closed, whoever asked for it', async () => {
    const { server } = await open(face);
    const order: string[] = [];
    server.on('close', () => order.push('server'));
    server.close(() => order.push('callback'));
    server.close(() => order.push('callback of the second call'));
    for (const each of server.clients) each.close();
    await once(server, 'close');
    expect(order).toEqual(['server', 'callback', 'callback of the second call']);
  });

  it('is closed when all its clients are, though its HTTP server goes on', async () => {
    const http = await listen();
    const server = new face.Server({ server: http });
    const client = face.connect(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    const [socket] = (await once(server, 'connection')) as [{ terminate: () => void }];
    await once(client, 'open');
    onTestFinished(() => {
      client.close();
    });
    const order: string[] = [];
    (socket as unknown as NodeJS.EventEmitter).on('close', () => order.push('socket'));
    server.close(() => order.push('server'));
    expect(order).toEqual([]);
    socket.terminate();
    await once(server, 'close');
    expect(order).toEqual(['socket', 'server']);
    expect(http.listening).toBe(true);
  });

  it('does not wait for clients that it does not track, with a server that was given', async () => {
    const server = new face.Server({ noServer: true, clientTracking: false });
    const closed = once(server, 'close');
    server.close();
    await closed;
  });

  it('tells who closes it again that it is closed', async () => {
    const server = new face.Server({ noServer: true });
    const calls: unknown[] = [];
    server.close((error) => calls.push(error));
    await once(server, 'close');
    server.close((error) => calls.push(error?.message));
    expect(calls).toEqual([undefined]);
    await once(server, 'close');
    expect(calls).toEqual([undefined, 'The server is not running']);
  });
});
