/**
 * Upgrades, through `ws`: it checks them, shakes hands and refuses in its own words. There are two of its servers: one for
 * the WebSockets that carry sessions, and one, with the application's options, for plain WebSockets.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { ATTACH_TOKEN, SUBPROTOCOL } from '@holdfast/protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { Carrier, Turn } from './carrier.ts';
import { refuseUpgrade } from './exchange.ts';
import type { HoldfastServerOptions } from './options.ts';

/** How a client that is not let in is answered. */
export type Verdict = true | { status: number; message?: string; headers?: OutgoingHttpHeaders | undefined };

/** What is asked, and who is told. */
export interface UpgradeHost {
  readonly options: HoldfastServerOptions;
  readonly maxPayload: number;
  /** The longest `Sec-WebSocket-Protocol`, in bytes. */
  readonly maxOffer: number;
  chooseProtocol(protocols: Set<string>, request: IncomingMessage): string;
  shouldHandle(request: IncomingMessage): boolean;
  /** May the client come in? A plain one is also asked for its right to a connection; others are at each attach. */
  admit(request: IncomingMessage, isPlain: boolean, decide: (verdict: Verdict) => void): void;
  onHeaders(headers: string[], request: IncomingMessage): void;
  /** Undefined if nobody listens: then `ws` answers. */
  onClientError: ((error: Error, socket: Duplex, request: IncomingMessage) => void) | undefined;
}

/** What has opened: the WebSocket of a session, with the subprotocols that its client offered, or a plain one. */
export interface OnOpened {
  carrier(webSocket: Carrier, offered: readonly string[]): void;
  plain(webSocket: WebSocket): void;
}

export class Upgrades {
  readonly #host: UpgradeHost;
  readonly #carriers: WebSocketServer;
  readonly #plain: WebSocketServer;
  readonly #turn = new Turn();

  constructor(host: UpgradeHost) {
    const { options, maxPayload } = host;
    const { perMessageDeflate = false, maxBufferedChunks, maxFragments, maxPendingAutoPongs } = options;
    const bounds = given({ perMessageDeflate, maxBufferedChunks, maxFragments, maxPendingAutoPongs });
    const { closeTimeout, autoPong, allowSynchronousEvents, skipUTF8Validation, WebSocket } = options;
    const plain = { closeTimeout, autoPong, allowSynchronousEvents, skipUTF8Validation, WebSocket };
    this.#host = host;
    this.#carriers = this.#serve(false, {
      ...bounds,
      // The escape of a text message that begins with U+0010 is one byte more.
      maxPayload: maxPayload + 1,
      // The session does.
      skipUTF8Validation: true,
      WebSocket: Carrier,
      handleProtocols: () => SUBPROTOCOL,
    });
    this.#plain = this.#serve(true, {
      ...bounds,
      ...given(plain),
      maxPayload,
      handleProtocols: (protocols: Set<string>, request: IncomingMessage) =>
        host.chooseProtocol(protocols, request),
    });
  }

  handle(request: IncomingMessage, socket: Duplex, head: Buffer, onOpened: OnOpened): void {
    // Its end has been, and nobody would hear of it: what it is given would never be given back.
    if (socket.destroyed) return;
    const offer = request.headers['sec-websocket-protocol'] ?? '';
    if (Buffer.byteLength(offer) > this.#host.maxOffer) {
      // RFC 6585 §5.
      refuseUpgrade(socket, '431 Request Header Fields Too Large');
      return;
    }
    const offered = offer.split(',').map((name) => name.trim());
    const isPlain = !offered.includes(SUBPROTOCOL);
    if (!isPlain) hide(request);
    const server = isPlain ? this.#plain : this.#carriers;
    const { onClientError } = this.#host;
    server.removeAllListeners('wsClientError');
    if (onClientError) server.on('wsClientError', onClientError);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      if (!(webSocket instanceof Carrier)) {
        onOpened.plain(webSocket);
        return;
      }
      webSocket.turn = this.#turn;
      onOpened.carrier(webSocket, offered);
      // With the 101.
      webSocket.flush();
    });
  }

  /** Lets nobody in any more, those included that are being decided about. */
  close(): void {
    this.#carriers.close();
    this.#plain.close();
  }

  #serve(isPlain: boolean, options: object): WebSocketServer {
    const server = new WebSocketServer({
      ...options,
      noServer: true,
      clientTracking: false,
      verifyClient: ({ req }, done) => {
        this.#host.admit(req, isPlain, (verdict) => {
          if (verdict !== true) {
            done(false, verdict.status, verdict.message, verdict.headers);
            return;
          }
          // What is sent at once leaves with the 101.
          const { socket } = req;
          socket.cork();
          process.nextTick(() => {
            socket.uncork();
          });
          done(true);
        });
      },
    });
    server.shouldHandle = (request) => this.#host.shouldHandle(request);
    server.on('headers', (headers, request) => {
      this.#host.onHeaders(headers, request);
    });
    return server;
  }
}

/** Takes the attach out of a request's headers: an application that logs them does not log ids and tokens. */
function hide({ headers, rawHeaders }: IncomingMessage): void {
  const rest = (value = ''): string =>
    value
      .split(',')
      .filter((name) => !name.trim().startsWith(ATTACH_TOKEN))
      .join(',');
  const name = 'sec-websocket-protocol';
  headers[name] = rest(headers[name]);
  rawHeaders.forEach((each, i) => {
    if (i % 2 === 0 && each.toLowerCase() === name) rawHeaders[i + 1] = rest(rawHeaders[i + 1]);
  });
}

/** Only the options that were given: `ws` takes undefined for a value. */
const given = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
