import { oneInFlight } from './one-in-flight.mjs';

/** @type {import('../types.ts').Row} */
export const oneInFlightHttp = {
  ...oneInFlight,
  name: 'one-in-flight-http',
  title: 'One message in flight, over HTTP',
  about:
    "Each message goes when the one before is back: by the clock it is the latency of an echo. Per message. Beside raw `ws` on a WebSocket, and messages on Node's `http` without sessions, acknowledgements or order: streamed, an echo is written into a response that stays open; with held requests, it is the answer to the POST that brought it. The clients of Holdfast ask by Node's `fetch`.",
  subjects: [
    'ws',
    'bare-streaming',
    'bare-polling',
    'bare-streaming-fetch',
    'bare-polling-fetch',
    'holdfast-streaming',
    'holdfast-polling',
    'sockjs-streaming',
    'engine.io-polling',
  ],
  cases: { '64 B': { size: 64, count: 600, window: 1 } },
  seconds: 25,
};
