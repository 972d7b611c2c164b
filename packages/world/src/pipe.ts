/**
 * One direction of a TCP connection: what goes in comes out later, in order, or not at all from some point on. It takes
 * time to leave where the link is slow. While the network is silent it waits, as TCP retransmits; a cut loses what is
 * under way, but for a part of what was just arriving.
 */
import type { VirtualClock } from './clock.ts';

/** How long what sets out now is under way. */
export interface Way {
  /** In ms. */
  delay(): number;
  /** Bytes that leave in a ms. */
  bandwidth(): number;
}

/** Something under way. */
export interface Cargo {
  readonly size?: number;
  deliver(): void;
  /** Delivers its beginning: this fraction of it is all that arrives. */
  deliverPart?(fraction: number): void;
  /** It has left the sender. */
  left?(): void;
}

export class Pipe {
  readonly #clock: VirtualClock;
  readonly #way: Way;
  /** What has not arrived yet, in order. */
  #queue: { readonly cargo: Cargo; isHere: boolean }[] = [];
  #leavesAt = 0;
  #arrivesAt = 0;
  #silent = false;
  #dead = false;
  /** Bytes that have not left yet. */
  buffered = 0;

  constructor(clock: VirtualClock, way: Way) {
    this.#clock = clock;
    this.#way = way;
  }

  /** Delivers at the other end, unless the connection is cut before. */
  send(cargo: Cargo | (() => void)): void {
    if (this.#dead) return;
    const item = { cargo: typeof cargo === 'function' ? { deliver: cargo } : cargo, isHere: false };
    const { size = 0 } = item.cargo;
    const now = this.#clock.now();
    this.#queue.push(item);
    this.#leavesAt = Math.max(this.#leavesAt, now) + size / this.#way.bandwidth();
    this.#arrivesAt = Math.max(this.#arrivesAt, this.#leavesAt + this.#way.delay());
    this.buffered += size;
    const leave = (): void => {
      if (this.#dead) return;
      this.buffered -= size;
      item.cargo.left?.();
    };
    if (this.#leavesAt <= now) leave();
    else this.#clock.setTimeout(leave, this.#leavesAt - now);
    this.#clock.setTimeout(() => {
      item.isHere = true;
      this.#deliver();
    }, this.#arrivesAt - now);
  }

  silence(): void {
    this.#silent = true;
  }

  /** The network is back: what waited comes now. */
  speak(): void {
    this.#silent = false;
    this.#deliver();
  }

  /** @param fraction how much arrives of what is next */
  cut(fraction = 0): void {
    const next = this.#queue[0]?.cargo;
    if (fraction > 0 && !this.#silent && !this.#dead) next?.deliverPart?.(fraction);
    this.#dead = true;
    this.#queue = [];
    this.buffered = 0;
  }

  #deliver(): void {
    while (!this.#silent && this.#queue[0]?.isHere) this.#queue.shift()?.cargo.deliver();
  }
}
