/** `@holdfast/server`: the other end of `@holdfast/client`, a drop-in for `ws`'s WebSocketServer. */
export type { ClientInfo, HandleProtocols, HoldfastServerOptions, VerifyClient } from './options.ts';
export type { Origins } from './origin.ts';
export { HoldfastServer } from './server.ts';
export { HoldfastServerSocket, type Data, type SendCallback, type ServerSocket } from './socket.ts';
export { createWebSocketStream } from './stream.ts';
export type { TransportName } from './transport.ts';
