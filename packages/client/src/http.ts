/** `@holdfast/client/http`: sessions over HTTP, for `@holdfast/client/websocket` to load on demand. */
export type { HttpCarrier } from './carriers.ts';
export { http } from './http-carrier.ts';
