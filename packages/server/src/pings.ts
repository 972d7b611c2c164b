/** An application's pings. What a ping says need not travel: its number does, and the pong brings that back. */
import { toBytes } from './data.ts';
import type { PingCallback, SendCallback } from './face.ts';

/** Pings that wait for their pongs; the oldest makes room. */
const MAX_WAITING = 64;
/** RFC 6455 §5.5. */
const MAX_BYTES = 125;

export class Pings {
  readonly #waiting = new Map<number, Buffer>();
  #last = 0;

  /** Gives the number of a new ping. */
  add(data: Buffer): number {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= MAX_WAITING) this.#waiting.delete(oldest);
    this.#waiting.set(++this.#last, data);
    return this.#last;
  }

  /** What the ping said that this pong answers; undefined if it answers none. */
  answered(id: number): Buffer | undefined {
    const data = this.#waiting.get(id);
    this.#waiting.delete(id);
    return data;
  }

  /** The numbers of those that wait, in their order. */
  get waiting(): Iterable<number> {
    return this.#waiting.keys();
  }
}

/** The arguments of `ping` and `pong`, each of which may be left out: the data, and the callback. */
export function readPing(
  data: unknown,
  mask: unknown,
  callback: PingCallback | undefined,
): [data: unknown, callback: SendCallback | undefined] {
  if (typeof data === 'function') return [undefined, data as SendCallback];
  return [data, (typeof mask === 'function' ? mask : callback) as SendCallback | undefined];
}

/** @throws RangeError for more than a control frame holds */
export function pingBytes(data: unknown): Buffer {
  const bytes = Buffer.from(toBytes(typeof data === 'number' ? String(data) : data));
  if (bytes.length > MAX_BYTES) throw new RangeError('The data size must not be greater than 125 bytes');
  return bytes;
}
