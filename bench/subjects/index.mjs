/** All subjects by name. Each loads its library only when it is used, so that a process holds nothing of the others. */

import { bareFetch } from './bare-fetch.mjs';
import { barePolling, bareStreaming } from './bare-http.mjs';
import { barePollingFetch, bareStreamingFetch } from './bare-http-fetch.mjs';
import { engineIo } from './engine.io.mjs';
import { held } from './held.mjs';
import { holdfast } from './holdfast.mjs';
import { obligingOne } from './obliging.mjs';
import { oneRequest } from './one-request.mjs';
import { socketIo } from './socket.io.mjs';
import { sockjs } from './sockjs.mjs';
import { wsCorked } from './ws-corked.mjs';
import { ws } from './ws.mjs';

/** @type {Record<string, import('../types.ts').Subject>} */
const echoing = {
  ws,
  'ws-corked': wsCorked,
  held,
  'bare-polling': barePolling,
  'bare-streaming': bareStreaming,
  'bare-polling-fetch': barePollingFetch,
  'bare-streaming-fetch': bareStreamingFetch,
  holdfast: holdfast('Holdfast', ['websocket']),
  'holdfast-broadcast': holdfast('Holdfast, its own `broadcast`', ['websocket'], undefined, true),
  'holdfast-default': holdfast('Holdfast, default options'),
  'holdfast-streaming': holdfast('Holdfast, streaming', ['streaming']),
  'holdfast-polling': holdfast('Holdfast, long-polling', ['polling']),
  'holdfast-streaming-bare': holdfast('Holdfast, streaming, bare requests', ['streaming'], bareFetch),
  'holdfast-polling-bare': holdfast('Holdfast, long-polling, bare requests', ['polling'], bareFetch),
  'engine.io': engineIo('engine.io', ['websocket']),
  'engine.io-default': engineIo('engine.io, default options'),
  'engine.io-polling': engineIo('engine.io, long-polling', ['polling']),
  'socket.io': socketIo('socket.io', ['websocket']),
  'socket.io-default': socketIo('socket.io, default options'),
  'socket.io-reconnecting': socketIo('socket.io, coming back', ['websocket'], true),
  sockjs: sockjs('sockjs', 'websocket'),
  'sockjs-streaming': sockjs('sockjs, streaming', 'xhr-streaming'),
  'sockjs-polling': sockjs('sockjs, long-polling', 'xhr-polling'),
};

/** Their server does what the client asks, and does not just send back. */
const obliging = Object.fromEntries(
  Object.entries(echoing).map(([name, subject]) => [`${name}-obliging`, obligingOne(name, subject)]),
);

/** @type {Record<string, import('../types.ts').Subject>} */
export const subjects = { ...echoing, ...obliging, 'one-request': oneRequest };

/** @param {string} name */
export function subjectOf(name) {
  const subject = subjects[name];
  if (!subject) throw new Error(`there is no subject ${name}`);
  return subject;
}
