/** Programs as a page runs them, handed our class or the native one. */

import { HoldfastSocket } from '@holdfast/client';
import { createClient } from 'graphql-ws';
import mqtt from 'mqtt';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';

/** @typedef {'native' | import('@holdfast/client').TransportName} Kind */
/** @typedef {(number: number) => unknown} See */

/** What carried messages. @type {Set<string | undefined>} */
const carriers = new Set();

/**
 * The class to hand over.
 *
 * @param {Kind} kind
 */
const classOf = (kind) => {
  if (kind === 'native') return WebSocket;
  const transports = [kind];
  return class extends HoldfastSocket {
    /** @param {string | URL} url @param {string | string[]} [protocols] */
    constructor(url, protocols) {
      super(url, protocols, { transports });
      this.addEventListener('transportchange', () => carriers.add(this.transport));
    }
  };
};

const url = location.href.replace('http', 'ws');

/** @param {Kind} kind @param {See} see */
async function graphqlWs(kind, see) {
  /** @type {string[]} */
  const events = [];
  const client = createClient({
    url,
    webSocketImpl: classOf(kind),
    lazy: false,
    retryAttempts: 0,
    on: { connected: () => events.push('connected'), closed: () => events.push('closed') },
  });
  for await (const { data } of client.iterate({ query: 'subscription { number }' })) {
    see(/** @type {{ number: number }} */ (data).number);
  }
  return events;
}

/** Returns each number to the server as well, in a list of its own. @param {Kind} kind @param {See} see @param {number} length */
async function yjs(kind, see, length) {
  /** @type {string[]} */
  const events = [];
  const doc = new Doc();
  const room = location.port;
  const provider = new WebsocketProvider(url, room, doc, {
    WebSocketPolyfill: classOf(kind),
    disableBc: true,
  });
  provider.on('status', ({ status }) => events.push(status));
  const echoes = doc.getArray('echoes');
  await new Promise((resolve) => {
    doc.getArray('numbers').observe(({ changes }) => {
      for (const number of changes.delta.flatMap(({ insert }) => insert ?? [])) {
        echoes.push([number]);
        see(number);
      }
      if (echoes.length === length) resolve(undefined);
    });
  });
  return events;
}

/** @param {Kind} kind @param {See} see @param {number} length */
async function mqttJs(kind, see, length) {
  /** @type {string[]} */
  const events = [];
  const Class = classOf(kind);
  const client = mqtt.connect(url, {
    createWebsocket: (address, protocols) => new Class(address, protocols),
  });
  client.on('connect', () => events.push('connect'));
  client.on('close', () => events.push('close'));
  const all = new Promise((resolve) => {
    let count = 0;
    client.on('message', (_topic, payload) => {
      see(Number(payload));
      if (++count === length) resolve(undefined);
    });
  });
  await client.subscribeAsync('numbers', { qos: 0 });
  await all;
  return events;
}

const programs = { graphqlWs, yjs, mqttJs };

/**
 * Runs one until all numbers have come; gives what has happened to its connection meanwhile, and what carried it.
 *
 * @param {keyof typeof programs} name
 * @param {Kind} kind
 * @param {See} see told of every number that comes
 * @param {number} length how many come
 */
export const run = async (name, kind, see, length) => {
  const events = await programs[name](kind, see, length);
  return { events, carriers: [...carriers] };
};
