// The runs: which class the tests meet as `WebSocket`, and on what network.

import { readFileSync } from 'node:fs';

/** @typedef {{ title: string, upgrades: import('./server.mjs').Upgrades, transports?: string[] }} Run no `transports`: the browser's own class */

const all = ['websocket', 'streaming', 'polling'];
const withoutStreams = ['websocket', 'polling'];

/** @type {Record<string, Run>} */
export const runs = {
  native: { title: "the browser's own class", upgrades: 'pass' },
  websocket: { title: 'over WebSocket', upgrades: 'pass', transports: all },
  streaming: { title: 'upgrades refused', upgrades: 'refuse', transports: all },
  polling: { title: 'upgrades refused, long-polling', upgrades: 'refuse', transports: withoutStreams },
  swallowed: { title: 'upgrades swallowed', upgrades: 'swallow', transports: all },
};

/**
 * A script that puts HoldfastSocket in the place of `WebSocket`, with the options that make it one. They are a third
 * argument, so something has to stand between: a proxy, which has the prototype and the constants of what is behind it.
 *
 * @param {Run} run
 */
export function scriptOf({ transports }) {
  if (!transports) return '';
  const bundle = readFileSync(new URL('../../packages/client/dist/holdfast.min.js', import.meta.url), 'utf8');
  return `(() => {
${bundle.replace(/^\/\/# sourceMappingURL.*$/m, '')}
const { HoldfastSocket } = Holdfast;
const options = {
  queue: false,
  reconnect: false,
  transports: ${JSON.stringify(transports)},
  WebSocket: self.WebSocket,
  // Each test finds a network that nobody knows.
  storage: false,
};
const { prototype } = HoldfastSocket;
Object.defineProperty(HoldfastSocket, 'name', { value: 'WebSocket', configurable: true });
const WebSocket = new Proxy(HoldfastSocket, {
  construct(target, [url, protocols], newTarget) {
    return Reflect.construct(target, [url, protocols, options], newTarget);
  },
});
Object.defineProperty(prototype, 'constructor', { value: WebSocket });
Object.defineProperty(self, 'WebSocket', { value: WebSocket, writable: true, enumerable: false, configurable: true });
})();
`;
}
