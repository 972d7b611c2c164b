import { echoes, open, paced } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** Bytes and requests per message beyond its own bytes, there and back. @type {Row['measure']} */
const beyond = async (pair, parameters) => {
  const { count, size } = parameters;
  const proxy = await pair.behindProxy(0);
  await proxy.run('open', parameters);
  const before = proxy.counts();
  await proxy.run('echo', parameters);
  const after = proxy.counts();
  await proxy.run('close', parameters);
  proxy.close();
  return {
    bytes: (after.bytes - before.bytes) / count - 2 * size,
    requests: (after.requests - before.requests) / count,
  };
};

/** @type {Row['steps'][string]} */
const close = async (bench) => {
  await bench.kept.pop()?.close();
  return {};
};

/** @type {Row} */
export const bytes = {
  name: 'bytes',
  title: 'Bytes beyond the payload, over WebSocket',
  about: 'Both ways together, per echo of 64 B: one after the other, as fast as they come back.',
  subjects: ['ws', 'holdfast', 'engine.io', 'socket.io', 'sockjs'],
  cases: { '64 B': { count: 1280 } },
  metrics: [{ name: 'bytes', unit: 'bytes', digits: 2 }],
  seconds: 10,
  maxRounds: 1,
  together: true,
  steps: { open, echo: echoes, close },
  measure: beyond,
};

/** @type {Row} */
export const bytesHttp = {
  name: 'bytes-http',
  title: 'Bytes beyond the payload, over HTTP',
  about:
    "Both ways together, headers included, per echo of 64 B at 10 messages a second. Node's `fetch` adds 150 bytes of headers to each request, a browser more; " +
    'the clients of engine.io and sockjs add hardly any in Node, and neither do the bare requests.',
  subjects: [
    'holdfast-streaming',
    'holdfast-streaming-bare',
    'holdfast-polling',
    'holdfast-polling-bare',
    'engine.io-polling',
    'sockjs-polling',
  ],
  cases: { '64 B': { count: 40, interval: 100 } },
  metrics: [
    { name: 'bytes', unit: 'bytes', digits: 0 },
    { name: 'requests', unit: 'requests', digits: 2 },
  ],
  seconds: 10,
  maxRounds: 1,
  together: true,
  steps: { open, echo: paced, close },
  measure: beyond,
};
