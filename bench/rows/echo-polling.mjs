import { echoes, open, perMessage, perMessageMetrics } from './steps.mjs';

/** @type {import('../types.ts').Row} */
export const echoPolling = {
  name: 'echo-polling',
  title: 'Pipelined echo over HTTP',
  about:
    'As in the first table, with 1,000 messages of 64 B, or 256 of 1 KiB, in flight, and beside raw `ws` on a WebSocket. Per message.',
  subjects: ['ws', 'holdfast-streaming', 'holdfast-polling', 'engine.io-polling', 'sockjs-polling'],
  cases: {
    '64 B': { size: 64, count: 30_000, window: 1000, heaps: 1 },
    '1 KiB': { size: 1024, count: 8000, window: 256, heaps: 1 },
  },
  metrics: perMessageMetrics,
  seconds: 40,
  picture: 'server',
  steps: { open, echo: echoes },
  measure: perMessage,
};
