/** `@holdfast/client`: a WebSocket that holds, whatever lies between the browser and the server. */
import { everything } from './everything.ts';
import type { HoldfastSocket as Face } from './face.ts';
import type { HoldfastOptions } from './options.ts';
import { socketClass } from './socket.ts';

export type * from './types.ts';

export const HoldfastSocket = /* @__PURE__ */ socketClass<HoldfastOptions>(everything);
export type HoldfastSocket = Face;
