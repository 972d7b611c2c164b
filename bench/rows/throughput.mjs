/** Many bytes, one way. */

import { bytesOf, give } from '../lib/speech.mjs';

/** @typedef {import('../types.ts').Row} Row @typedef {import('../types.ts').Bench} Bench @typedef {import('../types.ts').Client} Client */

/** What takes longer has hung, in ms. */
const PATIENCE = 30_000;

/** Does something with a client of its own, and closes it. @param {Bench} bench @param {(client: Client, listener: import('../types.ts').Listener) => Promise<number>} act */
async function withClient(bench, act) {
  /** @type {(error: Error) => void} */
  let fail = () => {};
  /** @type {import('../types.ts').Listener} */
  const listener = {
    onopen: () => {},
    onmessage: () => {},
    onclose: () => fail(new Error('closed too early')),
  };
  /** @type {Promise<never>} */
  const failed = new Promise((_, reject) => (fail = reject));
  const timer = setTimeout(() => fail(new Error(`not all was there after ${PATIENCE} ms`)), PATIENCE);
  let isOpen = () => {};
  const open = new Promise((resolve) => (isOpen = () => resolve(undefined)));
  // Through the listener, whose functions change.
  const client = bench.connect({
    onopen: () => isOpen(),
    onmessage: (text) => listener.onmessage(text),
    onbytes: (bytes) => listener.onbytes?.(bytes),
    onclose: () => listener.onclose(),
  });
  try {
    await Promise.race([open, failed]);
    return { ms: await Promise.race([act(client, listener), failed]) };
  } finally {
    clearTimeout(timer);
    fail = () => {};
    client.close();
  }
}

/** The client sends, until the server has all. @type {Row['steps'][string]} */
const up = (bench, { size, count }) =>
  withClient(bench, (client, listener) => {
    if (client.give) return client.give({ size, count });
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      listener.onmessage = (text) => {
        if (text === 'all') resolve(performance.now() - startedAt);
        else reject(new Error(text));
      };
      client.send(JSON.stringify({ what: 'take', size, count }));
      void give(
        { send: (bytes) => client.sendBytes?.(bytes), buffered: () => client.buffered?.() ?? 0 },
        { size, count },
      );
    });
  });

/** The server sends, until the client has all. @type {Row['steps'][string]} */
const down = (bench, { size, count }) =>
  withClient(bench, (client, listener) => {
    if (client.take) return client.take({ size, count });
    return new Promise((resolve, reject) => {
      const startedAt = performance.now();
      let taken = 0;
      listener.onbytes = (bytes) => {
        if (!bytesOf(size, taken++).equals(bytes)) reject(new Error(`message ${taken} is not what was sent`));
        if (taken === count) resolve(performance.now() - startedAt);
      };
      client.send(JSON.stringify({ what: 'give', size, count }));
    });
  });

/** @type {Omit<Row, 'name' | 'title' | 'about' | 'subjects'>} */
const shared = {
  // 105 million bytes.
  cases: {
    '16 KiB': { size: 16_384, count: 6400 },
    '4 MiB': { size: 4_194_304, count: 25 },
  },
  metrics: [
    { name: 'up', unit: 'to the server, MB/s', digits: 0, relative: true },
    { name: 'down', unit: 'to the client, MB/s', digits: 0, relative: true },
  ],
  seconds: 25,
  steps: { up, down },
  async measure(pair, parameters) {
    const megabytes = (parameters.size * parameters.count) / 1e6;
    const { ms: upMs = NaN } = await pair.run('up', parameters);
    const { ms: downMs = NaN } = await pair.run('down', parameters);
    return { up: (1000 * megabytes) / upMs, down: (1000 * megabytes) / downMs };
  },
};

/** @type {Row} */
export const throughput = {
  ...shared,
  name: 'throughput',
  title: '100 MB one way, over WebSocket',
  about:
    'Binary messages, in numbers of 16 KiB or of 4 MiB, until the last one is there; the sender keeps no more than 8 MiB waiting. Each is compared in full where it arrives.',
  subjects: ['ws-obliging', 'holdfast-obliging'],
};

/** @type {Row} */
export const throughputHttp = {
  ...shared,
  name: 'throughput-http',
  title: '100 MB one way, over HTTP',
  about:
    'As above, beside as many bytes in the body of one POST that `fetch` sends, or of one response that it reads as it comes.',
  base: 'one request of `fetch`',
  subjects: ['one-request', 'holdfast-streaming-obliging', 'holdfast-polling-obliging'],
};
