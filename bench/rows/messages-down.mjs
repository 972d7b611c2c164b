/** What a server says often, over a link that is slow. */

import { percentile } from '../lib/pace.mjs';
import { saying, sharedNow } from '../lib/speech.mjs';
import { first, open } from './steps.mjs';

/** @typedef {import('../types.ts').Row} Row */

/** How long after the last message should have come it is waited for, in ms. */
const PATIENCE = 10_000;

/** Delays in ms, one way, without those of the first second. @type {Row['steps'][string]} */
const listen = (bench, { size, count, interval }) =>
  new Promise((resolve, reject) => {
    const client = first(bench);
    /** @type {number[]} */
    const delays = [];
    const patience = setTimeout(
      () => reject(new Error(`only ${delays.length} of ${count} messages have come`)),
      count * interval + PATIENCE,
    );
    client.onmessage = (text) => {
      const now = sharedNow();
      const [at = ''] = text.split(' ');
      if (text !== saying(at, delays.length))
        reject(new Error(`message ${delays.length + 1} is not what was said`));
      delays.push(now - Number(at));
      if (delays.length < count) return;
      clearTimeout(patience);
      const settled = delays.slice(Math.round(1000 / interval));
      resolve({ p50: percentile(settled, 50), p95: percentile(settled, 95) });
    };
    client.send(JSON.stringify({ what: 'say', size, count, interval }));
  });

/** @type {Row} */
export const messagesDown = {
  name: 'messages-down',
  title: 'A message of the server every 10 ms, over HTTP and a round trip of 100 ms',
  about:
    'How long each message of 64 B takes from the server to the client, in ms: at least 50. Both stamp by one clock of the machine. For four seconds, of which the first one is not counted.',
  subjects: [
    'ws-obliging',
    'holdfast-streaming-obliging',
    'holdfast-polling-obliging',
    'sockjs-streaming-obliging',
    'engine.io-polling-obliging',
  ],
  cases: { 'one in 10 ms': { count: 400, interval: 10 } },
  metrics: [
    { name: 'p50', unit: 'half of them, ms', digits: 0 },
    { name: 'p95', unit: '95 %, ms', digits: 0 },
    { name: 'requests', unit: 'requests a second', digits: 0 },
  ],
  seconds: 25,
  fresh: true,
  steps: { open, listen },
  async measure(pair, parameters) {
    const proxy = await pair.behindProxy(50);
    await proxy.run('open', parameters);
    const before = proxy.counts().requests;
    const { p50 = NaN, p95 = NaN } = await proxy.run('listen', parameters);
    const requests = proxy.counts().requests - before;
    proxy.close();
    return { p50, p95, requests: (1000 * requests) / (parameters.count * parameters.interval) };
  },
};
