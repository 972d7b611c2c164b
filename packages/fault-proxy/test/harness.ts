/** A server behind a proxy on loopback, and the few moves of a browser that the tests make. */

import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { startFaultProxy, type FaultProxy, type FaultProxyOptions } from '@holdfast/fault-proxy';

export interface World {
  readonly proxy: FaultProxy;
  readonly server: Server;
}

/** Starts both, and stops them after the test. Without a listener the server repeats each request's body. */
export async function startWorld(
  listener: RequestListener = (request, response) => void request.pipe(response),
  options: Partial<FaultProxyOptions> = {},
): Promise<World> {
  const server = createServer((request, response) => {
    if (request.url === settlePath) response.end();
    else listener(request, response);
  });
  server.on('connection', (socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startFaultProxy({ target: portOf(server), ...options });
  onTestFinished(async () => {
    await proxy.close();
    await stop(server);
  });
  return { proxy, server };
}

/** Upgrades are answered 101 with `welcome` in the same packet; after that every byte comes back. */
export async function startUpgradingWorld(): Promise<World & { upgraded: Socket[] }> {
  const world = await startWorld();
  const upgraded: Socket[] = [];
  world.server.on('upgrade', (_request, socket: Socket, head: Buffer) => {
    upgraded.push(socket);
    onTestFinished(() => void socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\nwelcome');
    socket.unshift(head);
    socket.on('data', (bytes) => socket.write(bytes));
    socket.on('end', () => socket.end());
  });
  return { ...world, upgraded };
}

export async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

export interface Received {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A whole exchange on a connection of its own; rejects when the connection is reset. */
export async function exchange(port: number, body = '', options: ExchangeOptions = {}): Promise<Received> {
  const { response, text } = await begin(port, body, options);
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text };
}

/** Resolves with the head of the response; `text` with all of its body. */
export async function begin(port: number, body = '', { method = 'POST', path = '/' }: ExchangeOptions = {}) {
  const request = httpRequest({ host: '127.0.0.1', port, method, path, agent: false });
  const answered = once(request, 'response');
  request.end(body);
  // After the response has begun it is the response that tells of an error, and the request does so once more.
  request.on('error', () => {});
  const [response] = (await answered) as [IncomingMessage];
  const chunks: string[] = [];
  response.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  const text = new Promise<string>((resolve, reject) => {
    response.on('end', () => resolve(chunks.join('')));
    response.on('error', reject);
  });
  text.catch(() => {});
  return { request, response, chunks, text };
}

export interface ExchangeOptions {
  readonly method?: string;
  readonly path?: string;
}

/** A raw connection, which remembers all that it received. */
export class Line {
  readonly socket: Socket;
  received = '';
  error: NodeJS.ErrnoException | undefined;

  constructor(port: number) {
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => (this.received += text));
    this.socket.on('error', (error) => (this.error = error));
    onTestFinished(() => void this.socket.destroy());
  }

  /** Sends a request to upgrade, with these bytes right behind it. */
  static upgrade(port: number, early = ''): Line {
    const line = new Line(port);
    line.send(`GET /live HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n${early}`);
    return line;
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Resolves as soon as the text has come, somewhere in all that was received. */
  async has(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
  }

  /** Resolves with the code of the error, or with `closed`. */
  async ended(): Promise<string> {
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
    return this.error?.code ?? 'closed';
  }
}

export const settlePath = '/settle';

/** Resolves when what could come has come: after more round trips on loopback than anything that passes would take. */
export async function settle(server: Server): Promise<void> {
  for (let round = 0; round < 20; round++) {
    await exchange(portOf(server), '', { path: settlePath });
  }
}
