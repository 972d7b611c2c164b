/** Delays of messages at a pace, over links that are slow. */

import { pacedEchoes, percentile } from '../lib/pace.mjs';
import { first, open } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** Delays of echoes in ms, without those of the first second: then a transport finds out what it can do. @type {Row['steps'][string]} */
const echoes = async (bench, parameters) => {
  const delays = await pacedEchoes(first(bench), parameters);
  const settled = delays.slice(Math.round(1000 / parameters.interval));
  const quarter = Math.floor(settled.length / 4);
  return {
    p50: percentile(settled, 50),
    p99: percentile(settled, 99),
    first: percentile(settled.slice(0, quarter), 50),
    last: percentile(settled.slice(-quarter), 50),
  };
};

/** Half a round trip of 50 ms. */
const DELAY = 25;

/** @type {Row} */
export const manyMessages = {
  name: 'many-messages',
  title: '1,000 messages a second each way, over HTTP and a round trip of 50 ms',
  about:
    'Each message of 64 B comes back; how long that takes, in round trips. On a WebSocket it is one. For four seconds, of which the first one is not counted.',
  subjects: ['ws', 'holdfast-streaming', 'holdfast-polling', 'sockjs-streaming', 'engine.io-polling'],
  cases: { '1,000 a second': { count: 4000, interval: 1 } },
  metrics: [
    { name: 'p50', unit: 'half of them, round trips', digits: 2 },
    { name: 'p99', unit: '99 %, round trips', digits: 2 },
    { name: 'requests', unit: 'requests a second', digits: 0 },
  ],
  seconds: 30,
  fresh: true,
  steps: { open, echoes },
  async measure(pair, parameters) {
    const proxy = await pair.behindProxy(DELAY);
    await proxy.run('open', parameters);
    const before = proxy.counts().requests;
    const { p50 = NaN, p99 = NaN } = await proxy.run('echoes', parameters);
    const requests = proxy.counts().requests - before;
    proxy.close();
    const seconds = (parameters.count * parameters.interval) / 1000;
    return { p50: p50 / (2 * DELAY), p99: p99 / (2 * DELAY), requests: requests / seconds };
  },
};

/** @type {Row} */
export const slowUplink = {
  name: 'slow-uplink',
  title: '20 messages a second up a link of 64 kbit/s, over HTTP',
  about:
    'A round trip is 50 ms, and what the client sends passes at 8,000 bytes a second, headers and all. Each message of 64 B comes back, for twelve seconds. ' +
    'Where more is asked of the link than it takes, each message waits longer than the one before: growth is how much longer an echo takes in the last quarter of the time than in the first.',
  subjects: ['ws', 'holdfast-streaming', 'holdfast-polling', 'sockjs-streaming', 'engine.io-polling'],
  cases: { '20 a second': { count: 240, interval: 50 } },
  metrics: [
    { name: 'p50', unit: 'half of them, ms', digits: 0 },
    { name: 'p99', unit: '99 %, ms', digits: 0 },
    { name: 'growth', unit: 'growth, ms', digits: 0 },
  ],
  seconds: 15,
  maxRounds: 1,
  together: true,
  steps: { open, echoes },
  async measure(pair, parameters) {
    const proxy = await pair.behindProxy(DELAY, 8000);
    await proxy.run('open', parameters);
    const { p50 = NaN, p99 = NaN, first = NaN, last = NaN } = await proxy.run('echoes', parameters);
    proxy.close();
    return { p50, p99, growth: last - first };
  },
};
