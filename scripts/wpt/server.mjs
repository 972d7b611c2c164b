// The servers of the suite: two for pages, two for sockets, as wptserve has them, so that a socket's origin is never its
// page's. Each gives all of it. Upgrades can be refused or left unanswered, for what then goes over HTTP.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { HoldfastServer } from '@holdfast/server';
import { Files, urlOf } from './files.mjs';
import { handlers } from './handlers.mjs';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */
/** @typedef {import('node:http').Server} Server */
/** @typedef {import('node:stream').Duplex} Wire */
/** @typedef {import('./handlers.mjs').Handler} Handler */
/** @typedef {'pass' | 'refuse' | 'swallow'} Upgrades */

export class WptServer {
  /** What becomes of upgrades. @type {Upgrades} */
  upgrades = 'pass';
  /** What scripts of workers begin with. */
  prefix = '';
  /** The raw handlers that were dialled. @type {Set<string>} */
  rawDialled = new Set();
  /** What was dialled and has no handler here. @type {Set<string>} */
  unknown = new Set();
  /** @type {Record<string, number[]>} */
  ports = {};

  #host;
  /** @type {Server[]} */
  #servers = [];
  /** @type {Set<Wire>} */
  #wires = new Set();
  /** @type {WeakMap<Request, Wire>} */
  #upgraded = new WeakMap();
  #holdfast = new HoldfastServer({
    noServer: true,
    origins: '*',
    verifyClient: ({ req }, decide) => {
      admit(req, decide);
    },
    handleProtocols: (offered, request) => {
      const choose = handlerOf(request)?.choose;
      return choose ? choose(offered) : ([...offered][0] ?? false);
    },
  });

  /** @param {string} host the name that pages and sockets are reached by */
  constructor(host) {
    this.#host = host;
    this.#holdfast.on('headers', (headers, request) => {
      headers.push(...cookiesOf(request).map((cookie) => `Set-Cookie: ${cookie}`));
    });
    this.#holdfast.on('connection', (socket, request) => {
      // A connection that breaks, which some tests want.
      socket.on('error', () => {});
      handlerOf(request)?.converse?.(socket, request, this.#upgraded.get(request));
    });
  }

  /**
   * @param {string} dir the checkout
   * @param {{ key: string, cert: string }} certificate
   */
  async start(dir, certificate) {
    const files = new Files(dir, {
      host: this.#host,
      ports: this.ports,
      prefix: () => this.prefix,
    });
    for (const name of ['http', 'https', 'ws', 'wss', 'http']) {
      const server = name.endsWith('s') && name !== 'ws' ? createSecureServer(certificate) : createServer();
      server.on('request', (request, response) => {
        this.#answer(files, request, response);
      });
      server.on('upgrade', (request, wire, head) => {
        this.#upgrade(request, wire, head);
      });
      for (const event of ['connection', 'secureConnection']) {
        server.on(event, (/** @type {Wire} */ wire) => {
          this.#wires.add(wire);
          wire.on('error', () => {});
          wire.on('close', () => this.#wires.delete(wire));
        });
      }
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      this.#servers.push(server);
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      this.ports[name] = [...(this.ports[name] ?? []), port];
    }
  }

  async close() {
    for (const server of this.#servers) server.close();
    for (const wire of this.#wires) wire.destroy();
    await this.#holdfast.close();
  }

  /**
   * @param {Files} files
   * @param {Request} request
   * @param {Response} response
   */
  #answer(files, request, response) {
    const handler = handlerOf(request);
    const { method, headers } = request;
    if (method === 'OPTIONS' && handler) answerPreflight(request, response);
    else if (method === 'POST' && handler) {
      this.#note(request);
      // It says nothing that HTTP could say.
      if (handler.shake) response.writeHead(404).end();
      else {
        const cookies = cookiesOf(request);
        if (cookies.length) response.setHeader('set-cookie', cookies);
        this.#holdfast.handleRequest(request, response);
      }
    } else {
      if (method === 'POST') this.#note(request);
      files.answer(request, response).catch((/** @type {unknown} */ error) => {
        console.error(`${headers.host ?? ''}${request.url ?? ''}:`, error);
        response.writeHead(500).end();
      });
    }
  }

  /**
   * @param {Request} request
   * @param {Wire} wire
   * @param {Buffer} head
   */
  #upgrade(request, wire, head) {
    this.#note(request);
    wire.on('error', () => {});
    const handler = handlerOf(request);
    if (this.upgrades === 'swallow') wire.resume();
    else if (this.upgrades === 'refuse') wire.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    else if (!handler) wire.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
    else if (handler.shake) handler.shake(wire, request);
    else if (isStranger(request))
      wire.end(
        'HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm="camelot"\r\ncontent-length: 0\r\n\r\n',
      );
    else {
      this.#upgraded.set(request, wire);
      this.#holdfast.handleUpgrade(request, wire, head, (socket) =>
        this.#holdfast.emit('connection', socket, request),
      );
    }
  }

  /** @param {Request} request */
  #note(request) {
    const { pathname } = urlOf(request);
    const handler = handlerOf(request);
    if (handler?.isRaw) this.rawDialled.add(pathname);
    else if (!handler) this.unknown.add(pathname);
  }
}

/** @param {Request} request @returns {Handler | undefined} */
function handlerOf(request) {
  return handlers[urlOf(request).pathname];
}

/** @param {Request} request */
const cookiesOf = (request) => handlerOf(request)?.headers?.(request) ?? [];

/** Whether somebody has to say who it is. @param {Request} request */
function isStranger(request) {
  const { credentials } = handlerOf(request) ?? {};
  return credentials !== undefined && request.headers.authorization !== credentials;
}

/**
 * @param {Request} request
 * @param {(verified: boolean, status?: number, message?: string, headers?: import('node:http').OutgoingHttpHeaders) => void} decide
 */
function admit(request, decide) {
  const { delay = 0 } = handlerOf(request) ?? {};
  if (isStranger(request)) decide(false, 401);
  else if (delay) setTimeout(decide, delay, true);
  else decide(true);
}

/**
 * What an application has to say where credentials come from another origin: `Authorization` is asked for first.
 *
 * @param {Request} request
 * @param {Response} response
 */
function answerPreflight({ headers }, response) {
  response
    .writeHead(204, {
      'access-control-allow-origin': headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': headers['access-control-request-headers'] ?? '',
    })
    .end();
}
