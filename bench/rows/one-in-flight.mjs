import { echoes, open, perMessage, perMessageMetrics } from './steps.mjs';

/** @type {import('../types.ts').Row} */
export const oneInFlight = {
  name: 'one-in-flight',
  title: 'One message in flight, over WebSocket',
  about:
    'Each message goes when the one before is back: by the clock it is the latency of an echo. Per message.',
  subjects: ['ws', 'holdfast', 'engine.io', 'socket.io', 'sockjs'],
  cases: {
    '64 B': { size: 64, count: 2500, window: 1 },
    '1 KiB': { size: 1024, count: 2500, window: 1 },
    '16 KiB': { size: 16_384, count: 1000, window: 1 },
  },
  metrics: perMessageMetrics,
  seconds: 40,
  steps: { open, echo: echoes },
  measure: perMessage,
};
