import { oneInFlight } from './one-in-flight.mjs';

/** @type {import('../types.ts').Row} */
export const oneInFlightHttp = {
  ...oneInFlight,
  name: 'one-in-flight-http',
  title: 'One message in flight, over HTTP',
  subjects: ['ws', 'holdfast-streaming', 'holdfast-polling', 'sockjs-streaming', 'engine.io-polling'],
  cases: { '64 B': { size: 64, count: 600, window: 1 } },
  seconds: 25,
};
