/** `@holdfast/client/websocket`: sessions over WebSocket alone, or with HTTP loaded on demand. */
import { Connection } from './connection.ts';
import { platform } from './environment.ts';
import type { HoldfastSocket as Face } from './face.ts';
import type { WebSocketOptions } from './options.ts';
import { socketClass } from './socket.ts';
import { openWebSocket } from './websocket-transport.ts';

export type { HttpCarrier, HttpOnDemand } from './carriers.ts';
export type { WebSocketOptions } from './options.ts';
export type * from './types.ts';
export { onDemand } from './on-demand.ts';

/** {@link Face} without HTTP in it: what a page downloads is smaller. */
export const HoldfastSocket = /* @__PURE__ */ socketClass<WebSocketOptions>({
  platform: (options) => ({ ...platform(options), ...options.http?.platform(options) }),
  connect: (...given) => new Connection(...given),
  webSocket: openWebSocket,
});
export type HoldfastSocket = Face;
