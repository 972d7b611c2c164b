/** A virtual clock: time stands still until the next thing that is due. */

interface Due {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** More things than this at one instant do not end. */
const STANDSTILL = 20_000;

export class VirtualClock {
  /** Things to come, as a binary heap: the earliest first, and in the order of their making. */
  readonly #heap: Due[] = [];
  #now = 0;
  #order = 0;
  #stand = 0;

  readonly now = (): number => this.#now;

  readonly setTimeout = (callback: () => void, ms: number): unknown => {
    const due = { at: this.#now + Math.max(0, ms), order: this.#order++, callback };
    this.#push(due);
    return due;
  };

  readonly clearTimeout = (handle: unknown): void => {
    if (handle) (handle as Due).callback = undefined;
  };

  /** What a task leaves to be done at its end. */
  readonly defer = (callback: () => void): void => {
    this.setTimeout(callback, 0);
  };

  /** Things that are due at some time. */
  get pending(): number {
    return this.#heap.filter((due) => due.callback).length;
  }

  /** Lets time pass, thing by thing; `each` is called after each of them. */
  run(ms: number, each?: () => void): void {
    const until = this.#now + ms;
    while (this.step(until)) each?.();
  }

  /** Time passes, and nothing happens in it: the process stood still. */
  stall(ms: number): void {
    this.#now += ms;
  }

  /** Lets time pass until something holds. */
  runUntil(holds: () => boolean, limit: number, each?: () => void): void {
    const until = this.#now + limit;
    while (!holds()) {
      if (!this.step(until)) throw new Error(`not within ${limit} ms: ${holds.toString()}`);
      each?.();
    }
  }

  /** The next thing that is due; false if there is none up to an instant, which it is then. */
  step(until: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (!next || next.at > until) {
        this.#now = until;
        return false;
      }
      this.#pop();
      if (!next.callback) continue;
      this.#stand = next.at > this.#now ? 0 : this.#stand + 1;
      if (this.#stand > STANDSTILL) throw new Error('time stands still: a livelock');
      this.#now = Math.max(this.#now, next.at);
      const { callback } = next;
      next.callback = undefined;
      callback();
      return true;
    }
  }

  #push(due: Due): void {
    let i = this.#heap.push(due) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isEarlier(this.#heap[parent] as Due, due)) break;
      this.#heap[i] = this.#heap[parent] as Due;
      i = parent;
    }
    this.#heap[i] = due;
  }

  #pop(): void {
    const last = this.#heap.pop() as Due;
    const { length } = this.#heap;
    if (length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= length) break;
      if (child + 1 < length && isEarlier(this.#heap[child + 1] as Due, this.#heap[child] as Due)) child++;
      if (isEarlier(last, this.#heap[child] as Due)) break;
      this.#heap[i] = this.#heap[child] as Due;
      i = child;
    }
    this.#heap[i] = last;
  }
}

const isEarlier = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
