/** `@holdfast/server`: the other end of `@holdfast/client`, a drop-in for `ws`. */
import { WebSocket } from './websocket.ts';

export type { TrustProxy } from './address.ts';
export type { BoundOptions } from './bounds.ts';
export type { BinaryType, Data } from './data.ts';
export type { CloseOptions, Drained } from './draining.ts';
export type {
  CloseEvent,
  ErrorEvent,
  Event,
  MessageEvent,
  PingCallback,
  SendCallback,
  SendOptions,
  ServerSocket,
  SocketEvents,
  WebSocketConstructor,
} from './face.ts';
export { Refused, type Authenticate } from './identity.ts';
export type { ClientInfo, HandleProtocols, HoldfastServerOptions, VerifyClient } from './options.ts';
export type { Origins } from './origin.ts';
export type { Share } from './quota.ts';
export type { RateBound } from './rate.ts';
export { HoldfastServer, HoldfastServer as Server, HoldfastServer as WebSocketServer } from './server.ts';
export { HoldfastServerSocket } from './socket.ts';
export type { Distribution } from './histogram.ts';
export type { Attaches, ByCode, Dropped, Ends, Stats, Traffic, TurnedAway } from './stats.ts';
export { createWebSocketStream, type StreamSocket } from './stream.ts';
export type { TransportName } from './transport.ts';
export { WebSocket };
export default WebSocket;
