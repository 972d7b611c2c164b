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
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { readOffer } from '@holdfast/protocol';
import { surface } from './ask.ts';
import { attach } from './attachment.ts';
import type { OnConnection } from './caller.ts';
import type { Data } from './data.ts';
import {
  leave,
  move,
  returnSpread,
  turnAway,
  type CloseOptions,
  type Drained,
  type Return,
} from './draining.ts';
import { Endpoint } from './endpoint.ts';
import { Entrance } from './entrance.ts';
import { nodeExchange } from './exchange.ts';
import type { ServerSocket } from './face.ts';
import { isGiven, resolveOptions, type EndpointOptions, type HoldfastServerOptions } from './options.ts';
import { Alarm } from './scheduler.ts';
import { HoldfastServerSocket } from './socket.ts';
import type { Stats } from './stats.ts';
import { Upgrades } from './upgrades.ts';

type OnClosed = (error?: Error) => void;
type Connect = (socket: ServerSocket, request: IncomingMessage) => void;

export interface ServerEvents {
  connection: [socket: ServerSocket, request: IncomingMessage];
  /** The lines of a handshake's response, before they are written: those that are added go with them. */
  headers: [headers: string[], request: IncomingMessage];
  /** An upgrade that is no WebSocket's. Who listens answers it. */
  wsClientError: [error: Error, socket: Duplex, request: IncomingMessage];
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
  /** The sockets that are not closed, those of clients that are away included. Not there without `clientTracking`. */
  declare readonly clients: Set<ServerSocket>;
  readonly options: Omit<
    HoldfastServerOptions,
    'verifyClient' | 'handleProtocols' | 'WebSocket' | 'server'
  > & {
    /** One of HTTP/2 is called one of HTTP/1 here, as the types of `ws` have it. */
    readonly server?: HttpServer | HttpsServer | undefined;
  };
  readonly #sockets = new Set<ServerSocket>();
  readonly #isTracking: boolean;
  readonly #resolved: EndpointOptions;
  readonly #endpoint: Endpoint;
  readonly #upgrades: Upgrades;
  readonly #entrance: Entrance;
  /** Whether our own server listens. */
  #isListening = false;
  #server: HttpServer | HttpsServer | undefined;
  #detach: (() => void) | undefined;
  #state: 'running' | 'draining' | 'closing' | 'settled' | 'closed' = 'running';
  /** Ends the draining. */
  readonly #drained = new Alarm(() => {
    this.close();
  });
  #return: Return | undefined;
  /** Clients that were asked to hand over what is under way, and those that were left before they had. */
  #asked = 0;
  #left = 0;

  /** @param callback called when the server of our own (`port`) listens */
  constructor(options: HoldfastServerOptions = {}, callback?: () => void) {
    super();
    this.options = options as this['options'];
    this.#resolved = resolveOptions(options, this.#onError);
    this.#endpoint = new Endpoint(this.#resolved, () => undefined);
    this.#entrance = new Entrance(this.#resolved, this.#endpoint.visits, this.#onError);
    this.#upgrades = this.#serveUpgrades(options);
    this.#isTracking = options.clientTracking ?? true;
    if (this.#isTracking) this.clients = this.#sockets;
    if (isGiven(options.port)) this.#server = this.#listen(options, callback);
    else if (this.options.server) this.#server = this.options.server;
    if (this.#server) this.#detach = this.#attach(this.#server);
  }

  /** The path that clients connect to; '' for every path. */
  get path(): string {
    return this.options.path ?? '';
  }

  /**
   * The address of the HTTP server, as its own `address()` gives it; null when this one is closed.
   *
   * @throws Error if there is none (`noServer`)
   */
  address(): ReturnType<HttpServer['address']> {
    if (this.options.noServer) throw new Error('there is no server: the option noServer was given');
    return this.#server?.address() ?? null;
  }

  /** Whether a request is for this server: by default, whether it is on `path`. May be overridden. */
  shouldHandle({ url = '' }: IncomingMessage): boolean {
    return !this.options.path || url.split('?')[0] === this.options.path;
  }

  /**
   * Takes over an upgrade. A browser of an origin that is not allowed is answered 403.
   *
   * @param callback called with the socket when a session begins; a client that comes back has its socket already
   */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, callback: Connect): void {
    if (this.#state === 'draining' && !this.#isHere(request)) {
      this.#endpoint.counters.turnedAway.leaving++;
      turnAway(socket);
      return;
    }
    this.#upgrades.handle(request, socket, head, {
      carrier: (webSocket, offered) => {
        const begin = callback === this.#connect ? this.#onConnection : this.#beginning(callback);
        this.#endpoint.connect(webSocket, offered, request, begin, this.#entrance.opened(request));
      },
      plain: (webSocket) => {
        // As for all clients: an error that nobody listens for does not end the process.
        webSocket.on('error', () => undefined);
        webSocket.on('close', this.#endpoint.counters.opened());
        Object.assign(webSocket, { identity: this.#entrance.identity(request) });
        this.#begin(webSocket as unknown as ServerSocket, request, callback);
      },
    });
  }

  /**
   * Answers a request of a client that comes over HTTP. Mount it where the clients' POSTs arrive, before body parsers.
   * What the application is told of a request of HTTP/2 is Node's compatibility object, which lacks what HTTP/2 lacks.
   */
  handleRequest(
    request: IncomingMessage | Http2ServerRequest,
    response: ServerResponse | Http2ServerResponse,
  ): void {
    // Its end has been, and nobody would hear of it.
    if ((response as ServerResponse).destroyed) return;
    const exchange = nodeExchange(request as IncomingMessage, response as ServerResponse);
    const visit = this.#endpoint.receive(exchange);
    if (!visit) return;
    this.#entrance.ask(exchange.request, (allowed) => {
      if (this.#state !== 'running' && this.#state !== 'draining') {
        this.#endpoint.counters.turnedAway.leaving++;
        exchange.reply.fail(503, 'the server is closing');
      } else if (!allowed) exchange.reply.fail(403, `the origin ${request.headers.origin} is not allowed`);
      else if (request.method !== 'POST') exchange.reply.fail(405, 'Holdfast clients send POSTs');
      else {
        this.#endpoint.exchange(exchange, this.#onConnection, visit);
      }
    });
  }

  /** Sends a message to every client whose socket is open. */
  broadcast(data: Data, options: { readonly binary?: boolean } = {}): void {
    for (const client of this.#sockets) if (client.readyState === client.OPEN) client.send(data, options);
  }

  /**
   * What the server does, in numbers that say of nobody who it is: how many sessions there are and over what, what waits for
   * them, and all that was counted since the server began. To look at each session takes 20 ms for 100,000 of them.
   */
  stats(): Stats {
    return this.#endpoint.stats();
  }

  /**
   * Takes no more clients, and asks those that are here to come back: they find another server, or this one when it is
   * up again. A server of our own (`port`) is closed as well; one that was given is left open. `'close'` comes when all
   * sockets are closed; without `clientTracking`, and with a server that was given, at once.
   *
   * With `drain` nothing is lost: each session goes on until each end has all that the other one sent, and ends then.
   * What the client's application sends meanwhile waits for its next session. Clients that are new here are turned away
   * (503), for a balancer to try another server.
   *
   * @param callback called at `'close'`, with an error if the server was closed already
   * @returns with `drain`, a promise that is fulfilled at `'close'`
   */
  close(callback?: OnClosed): void;
  close(options: CloseOptions, callback?: OnClosed): Promise<Drained>;
  close(first?: OnClosed | CloseOptions, second?: OnClosed): Promise<Drained> | undefined {
    if (typeof first !== 'object') {
      this.#close(first);
      return undefined;
    }
    const { drain, delay = 0, spread = returnSpread(this.#sockets.size) } = first;
    for (const [name, value] of Object.entries({ drain, delay, spread }))
      if (!(value >= 0)) throw new TypeError(`${name} must be a number of ms, 0 or more`);
    const closed = new Promise<Drained>((resolve) => {
      this.once('close', () => {
        resolve({ drained: this.#asked - this.#left, left: this.#left });
      });
    });
    if (this.#state !== 'running') this.#close(second);
    else {
      if (second) this.once('close', () => second());
      this.#drain(drain, { delay, spread });
    }
    return closed;
  }

  #drain(drain: number, when: Return): void {
    this.#state = 'draining';
    this.#asked = this.#sockets.size;
    this.#return = when;
    this.#endpoint.drain();
    const { scheduler } = this.#endpoint;
    scheduler.set(this.#drained, scheduler.now() + drain);
    move([...this.#sockets], when);
    this.#settle();
  }

  #close(callback?: OnClosed): void {
    if (this.#state === 'closed') {
      if (callback) this.once('close', () => callback(new Error('The server is not running')));
      process.nextTick(() => this.emit('close'));
      return;
    }
    if (callback) this.once('close', () => callback());
    if (this.#state !== 'running' && this.#state !== 'draining') return;
    this.#state = 'closing';
    this.#endpoint.scheduler.cancel(this.#drained);
    this.#endpoint.close();
    this.#upgrades.close();
    // Who comes late is turned away, for a balancer to try another server: to nobody else's answer that would happen.
    if (this.#return) this.#server?.once('close', () => this.#detach?.());
    else this.#detach?.();
    if (isGiven(this.options.port)) this.#closeOwn();
    this.#server = undefined;
    this.#left = this.#sockets.size;
    const when = this.#return ?? { delay: 0, spread: returnSpread(this.#left) };
    for (const client of [...this.#sockets]) leave(client, when);
    this.#settle();
  }

  /** Whether an upgrade is for a session that this server knows. */
  #isHere({ headers }: IncomingMessage): boolean {
    const offered = headers['sec-websocket-protocol']?.split(',').map((name) => name.trim());
    return this.#endpoint.admits(readOffer(offered ?? [])?.id);
  }

  #listen({ port, host, backlog }: HoldfastServerOptions, callback?: () => void): HttpServer {
    const server = createServer((_request, response) => {
      response.writeHead(426, { 'content-type': 'text/plain' }).end(STATUS_CODES[426]);
    });
    this.#isListening = true;
    if (callback) server.once('listening', callback);
    server.listen(port, host, backlog);
    return server;
  }

  #attach(server: HttpServer | HttpsServer): () => void {
    return attach(server, {
      isOurUpgrade: (request) => this.shouldHandle(request),
      isOurRequest: (request) => /[?&]holdfast=1\./.test(request.url ?? '') && this.shouldHandle(request),
      onUpgrade: (request, socket, head) => {
        this.handleUpgrade(request, socket, head, this.#connect);
      },
      onRequest: (request, response) => {
        this.handleRequest(request, response);
      },
      onListening: () => this.emit('listening'),
      onError: (error, isOnly) => {
        // As in `ws`, an error that nobody at all listens for is thrown.
        if (isOnly || this.listenerCount('error') > 0) this.emit('error', error);
      },
    });
  }

  #serveUpgrades(options: HoldfastServerOptions): Upgrades {
    const listenerCount = (): number => this.listenerCount('wsClientError');
    const emitClientError = (error: Error, socket: Duplex, request: IncomingMessage): void => {
      this.emit('wsClientError', error, socket, request);
    };
    const { maxPayload, maxOffer, chooseProtocol } = this.#resolved;
    return new Upgrades({
      options,
      maxPayload,
      maxOffer,
      chooseProtocol,
      shouldHandle: (request) => this.shouldHandle(request),
      admit: (request, isPlain, decide) => {
        this.#entrance.admit(request, isPlain, decide);
      },
      onHeaders: (headers, request) => this.emit('headers', headers, request),
      get onClientError() {
        return listenerCount() > 0 ? emitClientError : undefined;
      },
    });
  }

  /** What to do when a session begins. On its own, so that it keeps nothing else. */
  #beginning(connect: Connect): OnConnection {
    return (created, from) => {
      this.#begin(created, from, connect);
    };
  }

  /** A client is here. The application's exceptions are its own. */
  #begin(socket: ServerSocket, request: IncomingMessage, connect: Connect): void {
    this.#sockets.add(socket);
    socket.on('close', this.#onSocketClosed);
    if (socket instanceof HoldfastServerSocket) Object.assign(socket, { _socket: addressOf(request) });
    try {
      connect(socket, request);
    } catch (error) {
      surface(error);
    }
  }

  /** One for all sockets, each of which calls it as its own. */
  readonly #onSocketClosed = ((server: HoldfastServer) =>
    function (this: ServerSocket): void {
      server.#sockets.delete(this);
      server.#settle();
    })(this);

  readonly #connect: Connect = (socket, request) => {
    this.emit('connection', socket, request);
  };

  readonly #onConnection = this.#beginning(this.#connect);

  #closeOwn(): void {
    const server = this.#server as HttpServer;
    // Connections that are done are not kept for requests that would not be served.
    server.keepAliveTimeout = 1;
    server.close(() => {
      this.#isListening = false;
      this.#settle();
    });
  }

  /** All is over when everybody has gone. */
  #settle(): void {
    if (this.#state === 'draining' && this.#sockets.size === 0) this.#close();
    if (this.#state !== 'closing' || this.#isListening || (this.#isTracking && this.#sockets.size > 0))
      return;
    this.#state = 'settled';
    process.nextTick(() => {
      this.#state = 'closed';
      this.emit('close');
    });
  }

  /** An error of the application's must not end the process only because nobody listens for it. */
  readonly #onError = (error: Error): void => {
    if (this.listenerCount('error') > 0) this.emit('error', error);
    else process.emitWarning(error);
  };
}

/** Where a client came from: what programs read of the undocumented `_socket` of `ws`. The socket itself may be gone any time. */
function addressOf({ socket }: IncomingMessage): object {
  const { remoteAddress, remoteFamily, remotePort, localAddress, localPort } = socket;
  return {
    remoteAddress,
    remoteFamily,
    remotePort,
    localAddress,
    localPort,
    encrypted: 'encrypted' in socket,
  };
}
