/**
 * One direction of one connection: bytes, FIN and RST wait in a single queue until they are due, so that no weather
 * can put them out of order. Like TCP, a lane either delivers everything or, once cut, nothing more.
 */

import type { Socket } from 'node:net';
import type { Weather } from '../weather.ts';
import type { Wire } from './wire.ts';

/** What a lane holds before it stops reading, and the sender feels the back-pressure. */
const maxHeldBytes = 1024 * 1024;

type Item =
  { readonly kind: 'bytes'; readonly bytes: Buffer } | { readonly kind: 'end' } | { readonly kind: 'reset' };

export interface LaneOptions {
  readonly direction: 'up' | 'down';
  readonly from: Socket;
  readonly to: Socket;
  readonly wire: Wire;
  readonly weather: Weather;
  readonly onBytes: (count: number) => void;
}

export class Lane {
  readonly #options: LaneOptions;
  readonly #queue: { readonly item: Item; readonly dueAt: number }[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #forgotten = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { from, to } = options;
    from.on('data', (bytes) => {
      this.#heldBytes += bytes.length;
      this.#enqueue({ kind: 'bytes', bytes });
    });
    from.on('end', () => {
      this.#enqueue({ kind: 'end' });
    });
    from.on('error', () => {
      this.#enqueue({ kind: 'reset' });
    });
    to.on('drain', () => {
      this.pump();
    });
    to.on('close', () => {
      this.stop();
    });
  }

  /** Delivers what is due; to be called again whenever the weather changes. */
  pump(): void {
    clearTimeout(this.#timer);
    while (!this.#silent && !this.#options.to.writableNeedDrain) {
      const next = this.#queue[0];
      if (next === undefined) break;
      const wait = Math.max(next.dueAt, this.#options.wire.freeAt) - performance.now();
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.pump();
        }, Math.ceil(wait));
        break;
      }
      this.#queue.shift();
      this.#deliver(this.#piece(next));
    }
    if (this.#silent || this.#heldBytes > maxHeldBytes) this.#options.from.pause();
    else this.#options.from.resume();
  }

  /** Never delivers anything again. */
  forget(): void {
    this.#forgotten = true;
    this.stop();
    this.pump();
  }

  /** Drops what is on the way. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#heldBytes = 0;
  }

  get #silent(): boolean {
    const { silent } = this.#options.weather.faults;
    return this.#forgotten || silent === 'both' || silent === this.#options.direction;
  }

  #enqueue(item: Item): void {
    this.#queue.push({ item, dueAt: performance.now() + this.#options.weather.faults.delay });
    this.pump();
  }

  /** As much of the first item as the wire takes in one piece; the rest is the first one then. */
  #piece({ item, dueAt }: { readonly item: Item; readonly dueAt: number }): Item {
    const { largestPiece } = this.#options.wire;
    if (item.kind !== 'bytes' || item.bytes.length <= largestPiece) return item;
    this.#queue.unshift({ item: { kind: 'bytes', bytes: item.bytes.subarray(largestPiece) }, dueAt });
    return { kind: 'bytes', bytes: item.bytes.subarray(0, largestPiece) };
  }

  #deliver(item: Item): void {
    const { to, wire, onBytes } = this.#options;
    switch (item.kind) {
      case 'bytes':
        this.#heldBytes -= item.bytes.length;
        wire.carry(item.bytes.length);
        onBytes(item.bytes.length);
        to.write(item.bytes);
        break;
      case 'end':
        to.end();
        break;
      case 'reset':
        to.resetAndDestroy();
        break;
    }
  }
}
