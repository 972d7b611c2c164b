import { timed } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** Half a round trip, in ms: long beside what a busy machine adds. */
const DELAY = 50;

/** Time in round trips, and what was opened for it. @type {Row['measure']} */
const inRoundTrips = async (pair, parameters) => {
  const proxy = await pair.behindProxy(DELAY);
  const { open = NaN, echo = NaN } = await proxy.run('time', parameters);
  const { requests, connections } = proxy.counts();
  proxy.close();
  return { open: open / (2 * DELAY), echo: echo / (2 * DELAY), requests, connections };
};

/** @type {Row['metrics']} */
const metrics = [
  { name: 'open', unit: 'open, round trips', digits: 2 },
  { name: 'echo', unit: 'first echo, round trips', digits: 2 },
  { name: 'requests', unit: 'requests until then', digits: 0 },
  { name: 'connections', unit: 'connections until then', digits: 0 },
];

/** @type {Row} */
export const roundTrips = {
  name: 'round-trips',
  title: 'Round trips from the constructor, over WebSocket',
  about:
    'Opening the TCP connection is one of them. A message goes as soon as it is open. A round trip is 100 ms; what is beyond the whole number is the machine.',
  subjects: ['ws', 'holdfast-default', 'engine.io-default', 'socket.io-default', 'sockjs'],
  cases: { 'sent on open': {} },
  metrics,
  seconds: 10,
  takes: 'least',
  steps: { time: timed(false) },
  measure: inRoundTrips,
};

/** @type {Row} */
export const roundTripsHttp = {
  name: 'round-trips-http',
  title: 'Round trips from the constructor, over HTTP',
  about: 'As above, with a message that is sent right after the constructor, and waits until it can go.',
  subjects: ['holdfast-streaming', 'holdfast-polling', 'engine.io-polling'],
  cases: { 'sent before open': {} },
  metrics,
  seconds: 8,
  takes: 'least',
  steps: { time: timed(true) },
  measure: inRoundTrips,
};
