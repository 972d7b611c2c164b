/** `WebSocket` as programs import it from `ws`: the constants, a plain client, and the class that sockets of servers belong to. */
import { WebSocketBase } from './face.ts';
import { HoldfastServer } from './server.ts';
import { createWebSocketStream } from './stream.ts';

/**
 * `ws`'s WebSocket: with an address a plain client, which knows nothing of sessions. Every socket of a server is an
 * instance of it.
 */
export class WebSocket extends WebSocketBase {
  static readonly Server = HoldfastServer;
  static readonly WebSocketServer = HoldfastServer;
  static readonly WebSocket = WebSocket;
  static readonly createWebSocketStream = createWebSocketStream;

  static override [Symbol.hasInstance](value: unknown): boolean {
    // What holds for this class need not hold for those that extend it.
    const isOf = Function.prototype[Symbol.hasInstance];
    return isOf.call(this === WebSocket ? WebSocketBase : this, value);
  }
}
