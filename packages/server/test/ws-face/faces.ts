/** `ws` itself, and us over everything: what one test says of all of them is true of `ws`, and so it is "as in `ws`". */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { WebSocketServer as WsServer, type ServerOptions, type WebSocket as WsWebSocket } from 'ws';
import { WebSocketServer } from '../../src/index.ts';
import { connect, plain } from '../loopback.ts';

/** What a program written for `ws` imports. */
type ServerClass = new (options?: ServerOptions, callback?: () => void) => WsServer;

export interface Face {
  readonly Server: ServerClass;
  /** What a client is: W3C's face. */
  readonly connect: (url: string, protocols?: string[]) => WebSocket;
}

const session = (...transports: ('websocket' | 'streaming' | 'polling')[]): Face => ({
  Server: WebSocketServer,
  connect: (url, protocols) => connect(url, { transports }, protocols),
});

const native = (Server: ServerClass): Face => ({
  Server,
  connect: (url, protocols) => {
    const socket = plain(url, protocols);
    socket.binaryType = 'arraybuffer';
    return socket as unknown as WebSocket;
  },
});

/** Servers whose clients are plain WebSockets. */
export const natives: [string, Face][] = [
  ['ws', native(WsServer)],
  ['Holdfast with plain clients', native(WebSocketServer)],
];

export const faces: [string, Face][] = [
  ...natives,
  ['Holdfast over WebSocket', session('websocket')],
  ['Holdfast over streaming', session('streaming')],
  ['Holdfast over polling', session('polling')],
];

/** A server on a port of its own. */
export async function listening(
  face: Face,
  options: ServerOptions = {},
): Promise<{ server: WsServer; url: string }> {
  const server = new face.Server({ port: 0, host: '127.0.0.1', ...options });
  onTestFinished(() => {
    for (const client of (server.clients as typeof server.clients | undefined) ?? []) client.terminate();
    server.close();
  });
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

export interface Dialogue {
  readonly server: WsServer;
  /** The server's end. */
  readonly socket: WsWebSocket;
  readonly request: IncomingMessage;
  readonly client: WebSocket;
  /** What the client received: texts, and bytes as their hexadecimal digits. */
  readonly heard: string[];
}

/** A server and a client that are connected. */
export async function open(
  face: Face,
  options: ServerOptions = {},
  protocols: string[] = [],
): Promise<Dialogue> {
  const { server, url } = await listening(face, options);
  const connected = once(server, 'connection') as Promise<[WsWebSocket, IncomingMessage]>;
  const client = face.connect(url, protocols);
  const heard: string[] = [];
  client.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
    heard.push(typeof data === 'string' ? data : `bytes ${Buffer.from(data).toString('hex')}`);
  });
  const opened = once(client, 'open');
  const [socket, request] = await connected;
  await opened;
  return { server, socket, request, client, heard };
}

/** How a client ends. */
export const endOfClient = (
  client: WebSocket,
): Promise<{ code: number; reason: string; wasClean: boolean }> =>
  new Promise((resolve) => {
    client.addEventListener('close', ({ code, reason, wasClean }) => {
      resolve({ code, reason, wasClean });
    });
  });
