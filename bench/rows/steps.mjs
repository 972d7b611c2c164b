/** Steps that several rows take, and how they are measured. */

import { writeInHeaps } from '../lib/heaps.mjs';
import { echo, texts } from '../lib/messages.mjs';

/** @typedef {import('../types.ts').Row} Row @typedef {import('../types.ts').Bench} Bench */

/** How many clients connect at once. */
const AT_ONCE = 10;
/** From one client to the next, a prime: where there are more clients than messages, not only the first ones have any. */
const STRIDE = 7919;
/** How many clients a step opens. */
const HEAP = 1000;

/** One client, open from now on. @type {Row['steps'][string]} */
export const open = async (bench) => {
  bench.kept[0] ??= await bench.open();
  return {};
};

/** Echoes on the client that is open. @type {Row['steps'][string]} */
export const echoes = async (bench, parameters) => {
  writeInHeaps(parameters.heaps > 0);
  return { ms: await echo(first(bench), parameters) };
};

/** Echoes on all clients in turn, so many in flight in all. @type {Row['steps'][string]} */
export const echoesAmong = ({ kept }, { size, count, window }) =>
  new Promise((resolve, reject) => {
    const text = texts(size);
    const clients = kept.map((client) => ({ client, sent: 0, back: 0 }));
    const startedAt = performance.now();
    let [sent, back] = [0, 0];
    const fill = () => {
      while (sent < count && sent - back < window) {
        const one = clients[(sent++ * STRIDE) % clients.length];
        one?.client.send(text(one.sent++));
      }
    };
    for (const one of clients) {
      one.client.onmessage = (echoed) => {
        if (echoed !== text(one.back++)) reject(new Error(`echo ${one.back} is not what was sent`));
        if (++back === count) resolve({ ms: performance.now() - startedAt });
        else if (sent - back <= window / 2) fill();
      };
    }
    fill();
  });

/** Echoes at a pace, whether those before are back or not. @type {Row['steps'][string]} */
export const paced = (bench, { size, count, interval }) =>
  new Promise((resolve, reject) => {
    const client = first(bench);
    const text = texts(size);
    let [sent, back] = [0, 0];
    client.onmessage = (echoed) => {
      if (echoed !== text(back++)) reject(new Error(`echo ${back} is not what was sent`));
      if (back === count) resolve({});
    };
    const timer = setInterval(() => {
      client.send(text(sent++));
      if (sent === count) clearInterval(timer);
    }, interval);
  });

/** Opens more clients. @type {Row['steps'][string]} */
export const connect = async (bench, { count }) => {
  let left = count;
  const open = async () => {
    while (left-- > 0) bench.kept.push(await bench.open());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  return {};
};

/** Opens many clients, so many at a time that no step takes for ever. @param {import('../types.ts').Pair} pair @param {import('../types.ts').Parameters} parameters @param {number} count */
export async function gather(pair, parameters, count) {
  for (let left = count; left > 0; left -= HEAP)
    await pair.run('connect', { ...parameters, count: Math.min(left, HEAP) });
}

/** Closes all clients. @type {Row['steps'][string]} */
export const closeAll = async (bench) => {
  await Promise.all(bench.kept.splice(0).map((client) => client.close()));
  return {};
};

/**
 * The time from the constructor to `open`, and to the echo of a message sent then, in ms.
 *
 * @param {boolean} isQueued whether the message is sent before it is open
 * @returns {Row['steps'][string]}
 */
export const timed = (isQueued) => (bench) =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let opened = 0;
    const client = bench.connect({
      onopen: () => {
        opened = performance.now() - startedAt;
        if (!isQueued) client.send('hello');
      },
      onmessage: () => {
        resolve({ open: opened, echo: performance.now() - startedAt });
        client.close();
      },
      onclose: () => reject(new Error('closed before an echo came')),
    });
    if (isQueued) client.send('hello');
  });

/** CPU time per message, in µs, of both ends; and what it was by the clock. @type {Row['measure']} */
export const perMessage = async (pair, parameters) => {
  const { count } = parameters;
  await pair.run('open', parameters);
  const { result, server, client } = await pair.cpu(() => pair.run('echo', parameters));
  return { server: server / count, client: client / count, wall: (1000 * (result['ms'] ?? NaN)) / count };
};

/** @type {readonly import('../types.ts').Metric[]} */
export const perMessageMetrics = [
  { name: 'server', unit: 'server CPU, µs', digits: 1, relative: true },
  { name: 'client', unit: 'client CPU, µs', digits: 1, relative: true },
  { name: 'wall', unit: 'by the clock, µs', digits: 1, relative: true },
];

/** The client that is open. @param {Bench} bench */
export function first({ kept: [client] }) {
  if (!client) throw new Error('no client is open');
  return client;
}
