/** Messages that are told apart, and compared in full when they come back. */

/** More than are ever in flight at once: two that are equal cannot be mistaken for one another. Of a few bytes there are not so many. */
const DIFFERENT = 1021;
/** Of large ones so many bytes, but {@link FEW} in any case. */
const DIFFERENT_BYTES = 16 * 1024 * 1024;
const FEW = 3;
const LETTERS = 'the quick brown fox jumps over 1 lazy dog, ';

/** @type {Map<number, string[]>} */
const made = new Map();

/**
 * Texts of so many bytes, all different, in a circle.
 *
 * @param {number} size
 */
export function texts(size) {
  const length = Math.max(FEW, Math.min(DIFFERENT, Math.floor(DIFFERENT_BYTES / size)));
  const all = made.get(size) ?? Array.from({ length }, (_, index) => textOf(size, index));
  made.set(size, all);
  return (/** @type {number} */ index) => /** @type {string} */ (all[index % length]);
}

/** @param {number} size @param {number} index */
function textOf(size, index) {
  const from = index % LETTERS.length;
  const bytes = Buffer.alloc(size, LETTERS.slice(from) + LETTERS.slice(0, from));
  bytes.write(String(index).padStart(4, '0').slice(-size));
  // Through bytes, so that no text is a tree of pieces inside the engine.
  return bytes.toString('latin1');
}

/**
 * Sends so many messages with at most `window` of them in flight, and gives the ms that it took. Fails if an echo is not
 * what was sent, in its turn.
 *
 * @param {import('../types.ts').OpenClient} client
 * @param {{ size: number, count: number, window: number }} what
 * @returns {Promise<number>}
 */
export function echo(client, { size, count, window }) {
  const text = texts(size);
  const startedAt = performance.now();
  let sent = 0;
  let back = 0;
  return new Promise((resolve, reject) => {
    const fill = () => {
      while (sent < count && sent - back < window) client.send(text(sent++));
    };
    client.onmessage = (echoed) => {
      if (echoed !== text(back++)) reject(new Error(`echo ${back} is not what was sent`));
      if (back === count) resolve(performance.now() - startedAt);
      // In heaps, as a program has them that answers what it has read.
      else if (sent - back <= window / 2) fill();
    };
    fill();
  });
}
