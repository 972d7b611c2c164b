import { Audience } from '../lib/audience.mjs';
import { texts } from '../lib/messages.mjs';
import { connect, gather } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** Deliveries before those that are counted, in which the engine learns. */
const WARM_UP = 10_000;

/** @type {WeakMap<import('../types.ts').Bench, Audience>} */
const audiences = new WeakMap();

/** @type {Row['steps'][string]} */
const listen = async (bench, { size }) => {
  audiences.set(bench, new Audience(bench.kept, size));
  return {};
};

/** @type {Row['steps'][string]} */
const heard = async (bench, { count }) => {
  await audiences.get(bench)?.heard(count);
  return {};
};

/** CPU time per delivery, in µs. Each message goes when all clients have the one before. @type {Row['measure']} */
const perDelivery = async (pair, parameters) => {
  const { size, count, sessions } = parameters;
  const text = texts(size);
  let sent = 0;
  const broadcast = async (/** @type {number} */ messages) => {
    for (let i = 0; i < messages; i++) {
      await pair.broadcast(text(sent++));
      await pair.run('heard', { ...parameters, count: sent });
    }
  };
  await gather(pair, parameters, sessions);
  await pair.run('listen', parameters);
  await broadcast(Math.ceil(WARM_UP / sessions));
  const { server, client } = await pair.cpu(() => broadcast(count));
  return { server: server / count / sessions, client: client / count / sessions };
};

/** @type {Row} */
export const broadcast = {
  name: 'broadcast',
  title: 'Broadcast over WebSocket',
  about:
    'The server sends a text of 64 B to each client, in the loop that users of `ws` write, or as its library does it (socket.io; ' +
    "Holdfast's own `broadcast` beside the loop); when all clients have it, the next one. Each client compares what it gets in full and in order. Per delivery.",
  subjects: ['ws', 'holdfast', 'holdfast-broadcast', 'engine.io', 'socket.io', 'sockjs'],
  cases: {
    '1,000 clients': { sessions: 1000, count: 100 },
    '5,000 clients': { sessions: 5000, count: 20 },
  },
  metrics: [
    { name: 'server', unit: 'server CPU, µs', digits: 1, relative: true },
    { name: 'client', unit: 'client CPU, µs', digits: 1, relative: true },
  ],
  seconds: 60,
  fresh: true,
  picture: 'server',
  steps: { connect, listen, heard },
  measure: perDelivery,
};

/** @type {Row} */
export const broadcastHttp = {
  ...broadcast,
  name: 'broadcast-http',
  title: 'Broadcast over HTTP',
  about:
    "As above, and beside raw `ws` on a WebSocket. Over long-polling each delivery takes a request, to ask for the next one. The requests are bare: Node's `fetch` has no time for 1,000 connections. Bare `http` has no sessions, no acknowledgements and no order of several messages: over long-polling, a GET without a body that waits for the next message. Per delivery.",
  subjects: [
    'ws',
    'bare-streaming',
    'bare-polling',
    'holdfast-streaming-bare',
    'holdfast-polling-bare',
    'engine.io-polling',
    'sockjs-streaming',
    'sockjs-polling',
  ],
  cases: { '1,000 clients': { sessions: 1000, count: 20 } },
  seconds: 30,
};
