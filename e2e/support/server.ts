/** What a user of Holdfast runs: one HTTP server with the page, the client's bundle and a HoldfastServer on it. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import {
  HoldfastServer,
  HoldfastServerSocket,
  type HoldfastServerOptions,
  type ServerSocket,
} from '@holdfast/server';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export type AppServerOptions = Pick<HoldfastServerOptions, 'origins' | 'handleProtocols' | 'receiveWindow'>;

export class AppServer {
  /** Every session that has begun; plain WebSockets have none. */
  readonly sockets: HoldfastServerSocket[] = [];
  /** Every request to Holdfast so far, whatever its method; upgrades apart. */
  readonly exchanges: Exchange[] = [];
  /** What the application does with a client. */
  app: (socket: ServerSocket) => void = echo;

  readonly #options: AppServerOptions;
  readonly #connections = new Set<Socket>();
  #port = 0;
  #http: Server | undefined;
  #holdfast: HoldfastServer | undefined;

  constructor(options: AppServerOptions = {}) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens on any port that is free; the next time on the same one, with nothing of its memory left. */
  async start(): Promise<void> {
    const http = createServer(servePage);
    http.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.on('close', () => this.#connections.delete(connection));
    });
    this.#http = http;
    this.#holdfast = new HoldfastServer({ server: http, path: '/live', ...this.#options });
    this.#holdfast.on('connection', (socket) => {
      if (socket instanceof HoldfastServerSocket) this.sockets.push(socket);
      this.app(socket);
    });
    subscribe('http.server.request.start', this.#onRequest);
    http.listen(this.#port, '127.0.0.1');
    await once(http, 'listening');
    this.#port = (http.address() as AddressInfo).port;
  }

  /** Says goodbye to the clients, and leaves. */
  async close(): Promise<void> {
    this.#holdfast?.close();
    // What is still being written, such as the goodbye, goes out first.
    for (const connection of this.#connections) connection.destroySoon();
    await this.#stop();
  }

  /** Leaves without a word, as a process does that is killed. */
  async crash(): Promise<void> {
    for (const connection of this.#connections) connection.resetAndDestroy();
    await this.#stop();
  }

  async #stop(): Promise<void> {
    unsubscribe('http.server.request.start', this.#onRequest);
    if (!this.#http?.listening) return;
    const closed = once(this.#http, 'close');
    this.#http.close();
    await closed;
  }

  /** Node tells of every request here, also of those that Holdfast keeps from other listeners. */
  readonly #onRequest = (message: unknown): void => {
    const { server, request, response } = message as Exchange & { readonly server: Server };
    if (server === this.#http && request.url?.startsWith('/live')) this.exchanges.push({ request, response });
  };
}

export function echo(socket: ServerSocket): void {
  socket.on('message', (data, isBinary) => socket.send(isBinary ? data : String(data)));
}

const javascript = 'text/javascript; charset=utf-8';

const files: Record<string, readonly [file: string, type: string]> = {
  '/': ['../page/index.html', 'text/html; charset=utf-8'],
  '/peer.js': ['../page/peer.js', javascript],
  '/conversation.js': ['../page/conversation.js', javascript],
  '/metronome.js': ['../page/metronome.js', javascript],
  '/messages.js': ['../page/messages.js', javascript],
  '/holdfast.min.js': ['../../packages/client/dist/holdfast.min.js', javascript],
};

/** The entries of the client, and what they share. */
const modules = /^(\/shared)?\/[\w-]+\.mjs$/;

function servePage({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const [path = ''] = url.split('?');
  const found = modules.test(path)
    ? ([`../../packages/client/dist${path}`, javascript] as const)
    : files[path];
  if (!found) {
    response.writeHead(404).end();
    return;
  }
  const [file, type] = found;
  response.writeHead(200, { 'content-type': type }).end(readFileSync(new URL(file, import.meta.url)));
}
