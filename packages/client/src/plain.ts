/** `@holdfast/client/plain`: for WebSocket servers that are not Holdfast's, and nothing else. */
import { platform } from './environment.ts';
import type { HoldfastSocket as Face } from './face.ts';
import type { PlainSocketOptions } from './options.ts';
import { PlainConnection } from './plain-connection.ts';
import { socketClass } from './socket.ts';

export type { PlainSocketOptions } from './options.ts';
export type * from './types.ts';

/** {@link Face} with the option `plain` set. */
export const HoldfastSocket = /* @__PURE__ */ socketClass<PlainSocketOptions>({
  platform,
  connect: (env, options, address, protocols, owner) =>
    new PlainConnection(env, options, address, protocols, owner),
});
export type HoldfastSocket = Face;
