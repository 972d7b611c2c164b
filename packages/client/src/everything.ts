/** All that carries sessions: what `@holdfast/client` and its streams have. */
import type { Carriers } from './carriers.ts';
import { platform } from './environment.ts';
import { http, httpPlatform } from './http-carrier.ts';
import { openPlain } from './plain-transport.ts';
import { sparingPlatform } from './unanswered.ts';
import { openWebSocket } from './websocket-transport.ts';

export const everything: Carriers = {
  platform: (options) => ({ ...platform(options), ...sparingPlatform(options), ...httpPlatform(options) }),
  webSocket: (env, options, url, owner) =>
    (options.plain ? openPlain : openWebSocket)(env, options, url, owner),
  http,
};
