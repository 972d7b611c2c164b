/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- that classes fit by their structure is what is tested */
/** Programs that are typed against `@types/ws` take our classes for theirs. What is wrong here does not compile. */
import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import type { RawData, ServerOptions, WebSocket as WsWebSocket, WebSocketServer as WsServer } from 'ws';
import WebSocket, {
  HoldfastServerSocket,
  WebSocketServer,
  type HoldfastServerOptions,
  type ServerSocket,
} from '../../src/index.ts';

/** As `graphql-ws` and others take a server. */
const useServer = (server: WsServer): number => server.listenerCount('connection');
const useSocket = (socket: WsWebSocket): number => socket.readyState;

it('a server is one of ws, to the types', () => {
  const server = new WebSocketServer({ noServer: true });
  expect(useServer(server)).toBe(0);
  server.on('connection', (socket: WsWebSocket, request: IncomingMessage) => {
    socket.on('message', (data: RawData, isBinary: boolean) => {
      socket.send(data, { binary: isBinary });
    });
    return [useSocket(socket), request.url];
  });
});

it('a socket is one of ws, to the types', () => {
  const use = (socket: ServerSocket, session: HoldfastServerSocket): number[] => {
    socket.on('message', (data: Buffer) => {
      socket.send(data);
    });
    return [useSocket(socket), useSocket(session)];
  };
  expect(use).toHaveLength(2);
  const open: 1 = WebSocket.OPEN;
  expect(open).toBe(HoldfastServerSocket.OPEN);
});

it('options of ws are options here', () => {
  const theirs: ServerOptions = { noServer: true, maxPayload: 5 };
  const ours: HoldfastServerOptions = theirs;
  expect(new WebSocketServer(ours).options).toBe(theirs);
});
