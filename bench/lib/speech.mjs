/** What a client asks of a server that does more than to send back: to say something at a pace, or to give or take many bytes. */

/** So much waits in a socket before its owner sends no more, in bytes. */
const ROOM = 8 * 1024 * 1024;

/**
 * @typedef {object} Wish
 * @property {'say' | 'give' | 'take'} what
 * @property {number} size bytes of a message
 * @property {number} count
 * @property {number} interval between two messages that are said, in ms
 */

/**
 * @typedef {object} Voice a server's end of one client
 * @property {(data: string | Uint8Array<ArrayBuffer>) => void} send
 * @property {() => number} buffered
 */

/** A clock that all processes of a machine share, in ms. */
export const sharedNow = () => Number(process.hrtime.bigint()) / 1e6;

/** So many different messages; a multiple of nothing that a network cuts at. */
const DIFFERENT = 7;
/** @type {Map<number, Buffer<ArrayBuffer>[]>} */
const made = new Map();

/** Bytes that are told apart, and compared in full when they are there. @param {number} size @param {number} index */
export function bytesOf(size, index) {
  const all = made.get(size) ?? Array.from({ length: DIFFERENT }, (_, which) => noise(size, which));
  made.set(size, all);
  return /** @type {Buffer<ArrayBuffer>} */ (all[index % DIFFERENT]);
}

/** @param {number} size @param {number} seed */
function noise(size, seed) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = seed + 1;
  for (let i = 0; i < words.length; i++) words[i] = state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Buffer.from(words.buffer, 0, size);
}

/** What is said at a time: 64 bytes. @param {string} at @param {number} index */
export const saying = (at, index) => `${at} ${index} `.padEnd(64, '.');

/** Fulfils the wishes of one client. Gives what takes its messages. @param {Voice} voice */
export function obliging(voice) {
  /** @type {Wish | undefined} */
  let taking;
  let taken = 0;
  return (/** @type {Buffer | string} */ data, /** @type {boolean} */ isBinary) => {
    if (isBinary && taking) {
      if (!bytesOf(taking.size, taken++).equals(/** @type {Buffer} */ (data)))
        voice.send(`message ${taken} is not what was sent`);
      else if (taken === taking.count) voice.send('all');
      return;
    }
    const wish = /** @type {Wish} */ (JSON.parse(String(data)));
    [taking, taken] = [wish, 0];
    if (wish.what === 'say') say(voice, wish);
    else if (wish.what === 'give') void give(voice, wish);
  };
}

/** @param {Voice} voice @param {Wish} wish */
function say(voice, { count, interval }) {
  const startedAt = performance.now();
  let said = 0;
  const pace = setInterval(
    () => {
      while (said < count && said * interval <= performance.now() - startedAt)
        voice.send(saying(sharedNow().toFixed(3), said++));
      if (said === count) clearInterval(pace);
    },
    Math.min(interval, 5),
  );
}

/** Sends so many messages of so many bytes, as there is room. @param {{ send(bytes: Uint8Array<ArrayBuffer>): void, buffered(): number }} voice @param {{ size: number, count: number }} what */
export async function give({ send, buffered }, { size, count }) {
  for (let given = 0; given < count;) {
    while (given < count && buffered() < ROOM) send(bytesOf(size, given++));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
