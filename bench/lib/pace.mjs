/** Messages at a pace, each with the time that it took; and what such times come to. */

import { texts } from './messages.mjs';

/** How long after the last message the last echo is waited for, in ms. */
const PATIENCE = 20_000;

/**
 * Sends so many messages, one each `interval` ms, whether those before are back or not. Gives how long each echo took, in ms, from when the
 * message was sent. Fails if an echo is not what was sent, in its turn, or if they do not come.
 *
 * @param {import('../types.ts').OpenClient} client
 * @param {{ size: number, count: number, interval: number }} what
 * @returns {Promise<number[]>}
 */
export function pacedEchoes(client, { size, count, interval }) {
  const text = texts(size);
  /** @type {number[]} */
  const sentAt = [];
  /** @type {number[]} */
  const delays = [];
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const end = () => {
      clearInterval(pace);
      clearTimeout(patience);
    };
    const fail = (/** @type {string} */ why) => {
      end();
      reject(new Error(why));
    };
    // As many as are due: a timer may be late.
    const pace = setInterval(
      () => {
        const now = performance.now();
        while (sentAt.length < count && sentAt.length * interval <= now - startedAt) {
          client.send(text(sentAt.length));
          sentAt.push(now);
        }
      },
      Math.min(interval, 5),
    );
    const patience = setTimeout(
      () => fail(`only ${delays.length} of ${count} echoes have come, ${PATIENCE} ms after the last message`),
      count * interval + PATIENCE,
    );
    client.onmessage = (echoed) => {
      const index = delays.length;
      if (echoed !== text(index)) fail(`echo ${index + 1} is not what was sent`);
      delays.push(performance.now() - (sentAt[index] ?? NaN));
      if (delays.length < count) return;
      end();
      resolve(delays);
    };
  });
}

/**
 * What so many of a hundred values do not exceed.
 *
 * @param {readonly number[]} values
 * @param {number} percent
 */
export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}
