/** The server that the conformance tests talk to. What it does with a client is said in the query of its URL. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HoldfastServer, type ServerSocket } from '@holdfast/server';

export class ConformanceServer {
  readonly #http: Server = createServer();
  readonly #connections = new Set<Socket>();
  /** How many messages the last client of `?count` sent. */
  #counted = 0;

  constructor() {
    const holdfast = new HoldfastServer({
      noServer: true,
      maxPayload: 64 * 1024 * 1024,
      verifyClient: ({ req }, callback) => {
        if (!queryOf(req).has('never')) callback(true);
      },
      // What `?choose=` names, or the first one.
      handleProtocols: (protocols, request) => queryOf(request).get('choose') ?? [...protocols][0] ?? false,
    });
    holdfast.on('connection', (socket, request) => {
      this.#converse(socket, queryOf(request), request);
    });
    this.#http.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.on('close', () => this.#connections.delete(connection));
    });
    this.#http.on('request', (request, response) => {
      const kind = kindOf(request);
      if (kind === 'file') serve(request, response);
      else if (kind === 'stranger') response.writeHead(401, challenge).end();
      else holdfast.handleRequest(request, response);
    });
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      const kind = kindOf(request);
      if (kind === 'file') socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
      else if (kind === 'stranger')
        socket.end(
          'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="conformance"\r\ncontent-length: 0\r\n\r\n',
        );
      else
        holdfast.handleUpgrade(request, socket, head, (client) =>
          holdfast.emit('connection', client, request),
        );
    });
  }

  async start(): Promise<void> {
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    // Upgraded ones included, which the server does not count as its own.
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }

  #converse(socket: ServerSocket, query: URLSearchParams, { headers }: IncomingMessage): void {
    if (query.has('greet')) socket.send('welcome');
    if (query.has('count')) this.#counted = 0;
    // A client of `?terminate` loses its connection in the middle of a message.
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => {
      const header = query.get('header');
      const code = query.get('close');
      if (header) socket.send(String(headers[header] ?? ''));
      else if (query.has('terminate')) socket.terminate();
      else if (query.has('count')) this.#counted++;
      else if (query.has('counted')) socket.send(String(this.#counted));
      else if (code !== null) {
        if (query.has('last')) socket.send('last');
        if (code) socket.close(Number(code), query.get('reason') ?? '');
        else socket.close();
      } else socket.send(isBinary ? data : String(data));
    });
  }
}

const queryOf = ({ url = '/' }: IncomingMessage): URLSearchParams => new URL(url, 'ws://x').searchParams;

const challenge = { 'www-authenticate': 'Basic realm="conformance"' };

/** A file is asked for, or a socket: by somebody who has to say who it is first, or not. */
function kindOf(request: IncomingMessage): 'file' | 'stranger' | 'client' {
  if (!request.url?.startsWith('/live')) return 'file';
  return queryOf(request).has('realm') && !request.headers.authorization ? 'stranger' : 'client';
}

function serve({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(url, 'http://x');
  if (pathname === '/cookie') {
    response.writeHead(200, { 'set-cookie': decodeURIComponent(search.slice(1)) }).end();
    return;
  }
  const file = /^\/(conformance\/[\w-]*(\.js|\.html)|holdfast\.(?:min\.js|mjs)|shared[\w/-]*\.mjs)$/.exec(
    pathname,
  )?.[1];
  if (!file) {
    response.writeHead(404).end();
    return;
  }
  const path = /^(holdfast|shared)/.test(file) ? `../../packages/client/dist/${file}` : `../${file}`;
  response
    .writeHead(200, {
      'content-type': `text/${file.endsWith('html') ? 'html' : 'javascript'}; charset=utf-8`,
      'service-worker-allowed': '/',
      // Shared memory is for pages that keep to themselves.
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    })
    .end(readFileSync(new URL(path, import.meta.url)));
}
