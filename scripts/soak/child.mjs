/** A process of the soak, from inside: it does what the parent asks, and can be sampled. */

import { pendingTimers } from './timers.mjs';

/**
 * @typedef {object} Sample
 * @property {number} memory bytes in use on the heap and beside it when garbage was collected last
 * @property {number} rss bytes
 * @property {number} cpu µs since the process began, but for collecting garbage when asked
 * @property {number} sockets connections
 * @property {number} listeners
 * @property {number} resources all that keeps the process running: sockets, timers, requests …
 * @property {number} timers those that are set, also those that keep nothing running
 */

/** CPU time that collecting garbage for samples took, in µs: it is not the library's. */
let collecting = 0;
let memory = 0;
const spent = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** Collects garbage, and sees what is left: some ms in which nothing else happens. */
function collect() {
  const before = spent();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  memory = heapUsed + external;
  collecting += spent() - before;
}

/** @returns {Sample} */
export function sample() {
  const resources = process.getActiveResourcesInfo();
  const count = (/** @type {string} */ type) => resources.filter((each) => each === type).length;
  return {
    memory,
    rss: process.memoryUsage.rss(),
    cpu: spent() - collecting,
    sockets: count('TCPSocketWrap'),
    listeners: count('TCPServerWrap'),
    resources: resources.length,
    timers: pendingTimers(),
  };
}

/** @param {Record<string, (what: any) => unknown>} acts */
export function serveParent(acts) {
  process.on('message', (/** @type {{ id: number, act: string, what: unknown }} */ { id, act, what }) => {
    const run = async () => {
      if (act === 'collect') return collect();
      const known = acts[act];
      if (!known) throw new Error(`nobody knows how to ${act}`);
      return known(what);
    };
    run().then(
      (result) => process.send?.({ id, result }),
      (error) => process.send?.({ id, error: error instanceof Error ? error.stack : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
