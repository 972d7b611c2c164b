/**
 * The face of `ws`'s WebSocketServer: it finds the clients' upgrades and requests in an HTTP server, lets them in or not,
 * and hands them to the endpoint. Clients that do not speak Holdfast are served as plain WebSockets.
 */
import { EventEmitter } from 'node:events';
import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server as HttpServer,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, SUBPROTOCOL } from '@holdfast/protocol';
import { WebSocketServer } from 'ws';
import { ask } from './ask.ts';
import { Endpoint } from './endpoint.ts';
import { nodeExchange } from './exchange.ts';
import { resolveOptions, type EndpointOptions, type HoldfastServerOptions } from './options.ts';
import { isAllowed } from './origin.ts';
import { HoldfastServerSocket, type Data, type ServerSocket } from './socket.ts';

/** Over how many ms clients spread their return when the server closes. */
const RETURN_SPREAD = 1000;

type Connect = (socket: ServerSocket, request: IncomingMessage) => void;

interface ServerEvents {
  connection: [socket: ServerSocket, request: IncomingMessage];
  listening: [];
  error: [error: Error];
  close: [];
}

/**
 * Serves Holdfast clients over WebSocket, HTTP streaming and long-polling, and plain WebSocket clients.
 *
 * @throws TypeError for options that cannot be meant
 */
export class HoldfastServer extends EventEmitter<ServerEvents> {
  /** The sockets that are not closed, those of clients that are away included. */
  readonly clients = new Set<ServerSocket>();
  readonly options: HoldfastServerOptions;
  readonly #resolved: EndpointOptions;
  readonly #endpoint: Endpoint;
  readonly #webSockets: WebSocketServer;
  readonly #detach: () => void;
  #closed = false;

  /** @param callback called when the server of our own (`port`) listens */
  constructor(options: HoldfastServerOptions, callback?: () => void) {
    super();
    this.options = options;
    this.#resolved = resolveOptions(options, this.#onError);
    this.#endpoint = new Endpoint(this.#resolved, (socket) => this.clients.delete(socket));
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // The escape of a text message that begins with U+0010 is one byte more.
      maxPayload: this.#resolved.maxPayload + 1,
      perMessageDeflate: options.perMessageDeflate ?? false,
      handleProtocols: (protocols, request) =>
        protocols.has(SUBPROTOCOL) ? SUBPROTOCOL : this.#resolved.chooseProtocol(protocols, request),
    });
    if (options.port !== undefined) this.#detach = this.#listen(options.port, options.host, callback);
    else this.#detach = options.server ? this.#attach(options.server) : () => undefined;
  }

  /** The address of the HTTP server, as its own `address()` gives it. */
  address(): ReturnType<HttpServer['address']> {
    const server = this.#own ?? this.options.server;
    if (!server) throw new Error('there is no server: the option noServer was given');
    return server.address();
  }

  /**
   * Takes over an upgrade. A browser of an origin that is not allowed is answered 403.
   *
   * @param callback called with the socket when a session begins; a client that comes back has its socket already
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, callback: Connect): void {
    const ignore = (): void => undefined;
    socket.on('error', ignore);
    this.#admit(request, (allowed) => {
      if (this.#closed) refuseUpgrade(socket, 503);
      else if (!allowed) refuseUpgrade(socket, 403);
      else if (offeredProtocols(request).includes(SUBPROTOCOL))
        this.#upgrade(request, socket, head, callback);
      else {
        this.#resolved.authorize('', request, (refusal) => {
          if (refusal) refuseUpgrade(socket, refusal.code === CloseCode.forbidden ? 403 : 401);
          else this.#upgradePlain(request, socket, head, callback);
        });
      }
    });
  }

  /** Answers a request of a client that comes over HTTP. Mount it where the clients' POSTs arrive. */
  handleRequest(request: IncomingMessage, response: ServerResponse): void {
    const exchange = nodeExchange(request, response);
    this.#admit(request, (allowed) => {
      if (this.#closed) exchange.reply.fail(503, 'the server is closing');
      else if (!allowed) exchange.reply.fail(403, `the origin ${request.headers.origin} is not allowed`);
      else if (request.method !== 'POST') exchange.reply.fail(405, 'Holdfast clients send POSTs');
      else this.#endpoint.exchange(exchange, this.#connect);
    });
  }

  /** Sends a message to every client whose socket is open. */
  broadcast(data: Data, options: { readonly binary?: boolean } = {}): void {
    for (const client of this.clients) if (client.readyState === client.OPEN) client.send(data, options);
  }

  /**
   * Takes no more clients, and asks those that are here to come back: they find another server, or this one when it is
   * up again. A server of our own (`port`) is closed as well; one that was given is left open.
   */
  close(callback?: (error?: Error) => void): void {
    if (this.#closed) {
      if (callback) process.nextTick(callback, new Error('the server is closed already'));
      return;
    }
    this.#closed = true;
    this.#endpoint.close();
    this.#detach();
    for (const client of [...this.clients]) leave(client);
    const done = (): void => {
      this.emit('close');
      callback?.();
    };
    if (this.#own) this.#own.close(done);
    else process.nextTick(done);
  }

  #own: HttpServer | undefined;

  #listen(port: number, host: string | undefined, callback?: () => void): () => void {
    const server = createServer((_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' }).end(STATUS_CODES[426]);
    });
    this.#own = server;
    server.on('error', (error) => this.emit('error', error));
    server.on('listening', () => this.emit('listening'));
    if (callback) this.once('listening', callback);
    server.listen(port, host);
    return this.#attach(server);
  }

  /** Finds our upgrades and requests among all of a server's. */
  #attach(server: NonNullable<HoldfastServerOptions['server']>): () => void {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      if (this.#isOnPath(request)) this.handleUpgrade(request, socket, head, this.#connect);
      // Nobody else would answer.
      else if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, 400);
    };
    server.on('upgrade', onUpgrade);
    // A listener could not keep a request from the others, were they added before or after. So it is caught on its way
    // to all of them.
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its server below
    const { emit } = server;
    const intercepted = (event: string, ...args: unknown[]): boolean => {
      const [request, response] = args;
      if (event !== 'request' || !this.#isOurs(request as IncomingMessage)) {
        return Reflect.apply(emit, server, [event, ...args]) as boolean;
      }
      this.handleRequest(request as IncomingMessage, response as ServerResponse);
      return true;
    };
    server.emit = intercepted;
    return () => {
      server.off('upgrade', onUpgrade);
      if (server.emit === intercepted) server.emit = emit;
    };
  }

  #isOnPath({ url = '' }: IncomingMessage): boolean {
    return this.options.path === undefined || url.split('?')[0] === this.options.path;
  }

  #isOurs(request: IncomingMessage): boolean {
    return this.#isOnPath(request) && /[?&]holdfast=1\./.test(request.url ?? '');
  }

  #admit(request: IncomingMessage, decide: (allowed: boolean) => void): void {
    ask(() => isAllowed(this.options.origins, request), decide, this.#onError);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, connect: Connect): void {
    // The welcome leaves with the 101.
    socket.cork();
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#endpoint.connect(webSocket, offeredProtocols(request), request, (created) => {
        this.clients.add(created);
        connect(created, request);
      });
    });
    process.nextTick(() => {
      socket.uncork();
    });
  }

  #upgradePlain(request: IncomingMessage, socket: Duplex, head: Buffer, connect: Connect): void {
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const client = webSocket as unknown as ServerSocket;
      this.clients.add(client);
      webSocket.on('close', () => this.clients.delete(client));
      connect(client, request);
    });
  }

  /** An error of the application's must not end the process only because nobody listens for it. */
  readonly #onError = (error: Error): void => {
    if (this.listenerCount('error') > 0) this.emit('error', error);
    else process.emitWarning(error);
  };

  readonly #connect = (socket: ServerSocket, request: IncomingMessage): void => {
    this.clients.add(socket);
    this.emit('connection', socket, request);
  };
}

const offeredProtocols = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());

function refuseUpgrade(socket: Duplex, status: number): void {
  const body = STATUS_CODES[status] ?? '';
  // A peer that does not close its side is not waited for.
  socket.once('finish', () => {
    socket.destroy();
  });
  socket.end(
    `HTTP/1.1 ${status} ${body}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** A plain WebSocket knows nothing of coming back: it is closed. */
function leave(client: ServerSocket): void {
  if (client instanceof HoldfastServerSocket)
    client.leave({ type: 'go-away', delay: 0, spread: RETURN_SPREAD });
  else client.close(CloseCode.goingAway);
}
