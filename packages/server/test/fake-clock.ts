/** A clock that is told the time, and counts how often a timer is set. */
import type { Clock } from '../src/scheduler.ts';

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export class FakeClock implements Clock {
  /** Timers that were ever set. */
  made = 0;
  /** Whether each timer fires a little early, as Node's do. */
  hurried = false;
  #now = 0;
  readonly #timers = new Set<Timer>();

  readonly now = (): number => this.#now;

  readonly setTimeout = (callback: () => void, ms: number): Timer => {
    this.made++;
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return timer;
  };

  readonly clearTimeout = (timer: unknown): void => {
    this.#timers.delete(timer as Timer);
  };

  readonly defer = (callback: () => void): void => {
    this.setTimeout(callback, 0);
  };

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass, timer by timer. */
  run(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const next = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at - (this.hurried ? 0.4 : 0));
      next.callback();
    }
    this.#now = until;
  }
}
