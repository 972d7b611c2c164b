/** All that carries sessions: what `@holdfast/client` and its streams have. */
import type { Carriers } from './carriers.ts';
import { Connection } from './connection.ts';
import { platform } from './environment.ts';
import { http, httpPlatform } from './http-carrier.ts';
import { PlainConnection } from './plain-connection.ts';
import { sparingPlatform } from './unanswered.ts';
import { openWebSocket } from './websocket-transport.ts';

export const everything: Carriers = {
  platform: (options) => ({ ...platform(options), ...sparingPlatform(options), ...httpPlatform(options) }),
  connect: (env, options, ...given) =>
    new (options.plain ? PlainConnection : Connection)(env, options, ...given),
  webSocket: openWebSocket,
  http,
};
