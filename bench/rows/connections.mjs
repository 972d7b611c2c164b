import { closeAll, connect } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

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
