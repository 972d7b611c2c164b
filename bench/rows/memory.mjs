import { closeAll, connect, gather } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** Clients that come and go before, so that the code's own memory is not counted as theirs. */
const WARM_UP = 200;

/** Resident memory of the server per idle client, in KiB. @type {Row['measure']} */
const perClient = async (pair, parameters) => {
  await pair.run('connect', { ...parameters, count: WARM_UP });
  await pair.run('closeAll', parameters);
  const before = await pair.memory();
  await gather(pair, parameters, parameters.count);
  const after = await pair.memory();
  return {
    server: (after.server - before.server) / parameters.count / 1024,
    client: (after.client - before.client) / parameters.count / 1024,
  };
};

/** @type {Row['metrics']} */
const metrics = [
  { name: 'server', unit: 'server, KiB', digits: 1, relative: true },
  { name: 'client', unit: 'client, KiB', digits: 1, relative: true },
];

/** @type {Row} */
export const memory = {
  name: 'memory',
  title: 'Memory of an idle session over WebSocket',
  about:
    'Resident memory after the garbage is collected, beyond what it was before the clients came. Per client.',
  subjects: ['ws', 'holdfast', 'engine.io', 'socket.io', 'sockjs'],
  cases: { '10,000 idle clients': { count: 10_000 } },
  metrics,
  seconds: 40,
  maxRounds: 3,
  fresh: true,
  picture: 'server',
  steps: { connect, closeAll },
  measure: perClient,
};

/** @type {Row} */
export const memoryHttp = {
  ...memory,
  name: 'memory-http',
  title: 'Memory of an idle session over HTTP',
  about: 'As above, beside what it costs to hold a response of `http` open, and nothing else. Per client.',
  subjects: [
    'held',
    'holdfast-streaming-bare',
    'holdfast-polling-bare',
    'engine.io-polling',
    'sockjs-streaming',
    'sockjs-polling',
  ],
  cases: { '2,000 idle clients': { count: 2000 } },
  seconds: 25,
};
