import { setTimeout as sleep } from 'node:timers/promises';
import { closeAll, connect } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/**
 * When connections are cut, in ms after the last of them opened. A WebSocket that dies before it is 5 s old is one that a proxy
 * does not like, for Holdfast's client, which would come back over HTTP first.
 */
const SETTLED = 6000;
/** Attempts are counted in any stretch of so many ms. */
const STRETCH = 100;

/** When all are back that will be cut. @type {WeakMap<import('../types.ts').Bench, Promise<unknown>>} */
const allBack = new WeakMap();

/** @type {Row['steps'][string]} */
const expectBack = async (bench) => {
  const each = bench.kept.map(
    (client) =>
      new Promise((resolve) => {
        client.onopen = () => resolve(undefined);
      }),
  );
  allBack.set(bench, Promise.all(each));
  return {};
};

/** @type {Row['steps'][string]} */
const back = async (bench) => {
  const from = performance.now();
  await allBack.get(bench);
  return { ms: performance.now() - from };
};

/** The most of these instants in any stretch. @param {readonly number[]} instants in order */
export function peak(instants) {
  let most = 0;
  for (let from = 0, to = 0; to < instants.length; to++) {
    while ((instants[to] ?? 0) - (instants[from] ?? 0) >= STRETCH) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** @type {Row} */
export const herd = {
  name: 'herd',
  title: 'A herd: all clients are cut at once',
  about:
    "The server's connections, of which the last is six seconds old, break, all in the same moment and without a word, as when a balancer dies; until each client has another one. For Holdfast that is a resume, with its default options; for " +
    'socket.io, with its default reconnection, and for raw `ws`, whose client here makes another connection at once, it is a new connection, and what was lost is lost. (The clients of engine.io and sockjs do not come back.) ' +
    'CPU time per client, what it takes to notice the loss included; attempts are connections that the server accepts, beside the number of clients.',
  subjects: ['ws', 'holdfast', 'holdfast-default', 'socket.io-reconnecting'],
  cases: { '2,000 clients': { count: 2000 } },
  metrics: [
    { name: 'server', unit: 'server CPU, µs', digits: 0, relative: true },
    { name: 'client', unit: 'client CPU, µs', digits: 0, relative: true },
    { name: 'peak', unit: 'attempts in the busiest 100 ms, %', digits: 1 },
    { name: 'attempts', unit: 'attempts for each client', digits: 2 },
    { name: 'back', unit: 'all are back after, s', digits: 1 },
  ],
  seconds: 40,
  steps: { connect, expectBack, back, closeAll },
  async measure(pair, parameters) {
    const { count } = parameters;
    await pair.watch();
    await pair.run('connect', parameters);
    await pair.run('expectBack', parameters);
    await sleep(SETTLED);
    const { server, client, result } = await pair.cpu(async () => {
      await pair.cut();
      return pair.run('back', parameters);
    });
    const attempts = await pair.attempts();
    await pair.run('closeAll', parameters);
    return {
      server: server / count,
      client: client / count,
      peak: (100 * peak(attempts)) / count,
      attempts: attempts.length / count,
      back: (result['ms'] ?? NaN) / 1000,
    };
  },
};
