import { closeAll, connect } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** Breaks all connections, and waits until all clients are back. @type {Row['steps'][string]} */
const cutAll = async (bench) => {
  await Promise.all(
    bench.kept.map(
      (client) =>
        new Promise((resolve) => {
          client.onopen = () => resolve(undefined);
          client.cut();
        }),
    ),
  );
  return {};
};

/** @type {Row['metrics']} */
const metrics = [
  { name: 'server', unit: 'server CPU, µs', digits: 0, relative: true },
  { name: 'client', unit: 'client CPU, µs', digits: 0, relative: true },
];

/** @type {Row} */
export const connections = {
  name: 'connections',
  title: 'A new connection',
  about: '1,000 clients connect over WebSocket, ten at a time, until each is open. Per client.',
  subjects: ['ws', 'holdfast', 'engine.io', 'socket.io', 'sockjs'],
  cases: { 'over WebSocket': { count: 1000 } },
  metrics,
  seconds: 30,
  steps: { connect, closeAll },
  async measure(pair, parameters) {
    const { server, client } = await pair.cpu(() => pair.run('connect', parameters));
    await pair.run('closeAll', parameters);
    return { server: server / parameters.count, client: client / parameters.count };
  },
};

/** @type {Row} */
export const resumes = {
  name: 'resumes',
  title: 'A resume',
  about:
    'The connections of 200 clients break at once; until each has another one. For raw `ws` that is a new connection, and what was lost is lost. Per client.',
  subjects: ['ws', 'holdfast'],
  cases: { 'over WebSocket': { count: 200 } },
  metrics,
  seconds: 12,
  steps: { connect, cutAll, closeAll },
  async measure(pair, parameters) {
    await pair.run('connect', parameters);
    const { server, client } = await pair.cpu(() => pair.run('cutAll', parameters));
    await pair.run('closeAll', parameters);
    return { server: server / parameters.count, client: client / parameters.count };
  },
};
