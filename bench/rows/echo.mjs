import { echoes, open, perMessage, perMessageMetrics } from './steps.mjs';

/** @type {import('../types.ts').Row} */
export const echo = {
  name: 'echo',
  title: 'Pipelined echo over WebSocket',
  // So many that the engine has compiled what is measured: a library of more code takes longer for that.
  about:
    'One client keeps many messages in flight (1,000 of 64 B, 256 of 1 KiB, 32 of 16 KiB); when half of them are back, it sends as many again. ' +
    'Whatever the library, its process hands such a heap to the system in one piece, so that every server reads it alike; in the last case each message is a write of its own. Per message.',
  subjects: ['ws', 'ws-corked', 'holdfast', 'engine.io', 'socket.io', 'sockjs'],
  cases: {
    '64 B': { size: 64, count: 60_000, window: 1000, heaps: 1 },
    '1 KiB': { size: 1024, count: 30_000, window: 256, heaps: 1 },
    '16 KiB': { size: 16_384, count: 3000, window: 32, heaps: 1 },
    '64 B, a write each': { size: 64, count: 30_000, window: 1000 },
  },
  metrics: perMessageMetrics,
  seconds: 90,
  picture: 'server',
  steps: { open, echo: echoes },
  measure: perMessage,
};
