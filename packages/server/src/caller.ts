/** Who opened a WebSocket, for the attaches that come on it. */
import type { IncomingMessage } from 'node:http';
import type { AttachFrame } from '@holdfast/protocol';
import type { HoldfastServerSocket } from './socket.ts';
import type { Claimant, WebSocketTransport } from './websocket-transport.ts';

/** Called for each session that begins. */
export type OnConnection = (socket: HoldfastServerSocket, request: IncomingMessage) => void;

/** What is done with an attach on a WebSocket. */
export type AttachAs = (transport: WebSocketTransport, frame: AttachFrame, caller: Caller) => void;

/** The same list for all who asked for no subprotocol. */
const NONE: readonly string[] = [];

export class Caller implements Claimant {
  /** Forgotten when nobody will be asked about it again: it holds more than a session. */
  request: IncomingMessage | undefined;
  readonly onConnection: OnConnection;
  readonly #protocols: readonly string[];
  readonly #attach: AttachAs;

  constructor(
    request: IncomingMessage,
    onConnection: OnConnection,
    protocols: readonly string[],
    attach: AttachAs,
  ) {
    this.request = request;
    this.onConnection = onConnection;
    this.#protocols = protocols.length > 0 ? protocols : NONE;
    this.#attach = attach;
  }

  attach(transport: WebSocketTransport, frame: AttachFrame): void {
    this.#attach(transport, { ...frame, protocols: this.#protocols }, this);
  }
}
