/**
 * A machine in the world: the client's or the server's. It has its own idea of the time, its own timers, and a door
 * through which the network comes in; and it can sleep, be throttled, and die.
 */
import type { VirtualClock } from './clock.ts';

interface Timer {
  readonly callback: () => void;
  /** By the machine's own clock, in ms. */
  readonly dueAt: number;
  handle: unknown;
  over: boolean;
}

export class Machine {
  readonly #clock: VirtualClock;
  /** What the machine's clock shows more than the world's. */
  #skew = 0;
  #asleepSince: number | undefined;
  /** Timers fire only at multiples of this, in ms; 0 for all the time. */
  #grain = 0;
  #dead = false;
  /** What came while it slept. */
  #inbox: (() => void)[] = [];
  readonly #timers = new Set<Timer>();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  get isAwake(): boolean {
    return this.#asleepSince === undefined && !this.#dead;
  }

  readonly now = (): number => (this.#asleepSince ?? this.#clock.now()) + this.#skew;

  readonly setTimeout = (callback: () => void, ms: number): unknown => {
    const dueAt = this.now() + Math.max(0, ms);
    const timer: Timer = { callback, dueAt, handle: undefined, over: false };
    if (this.#dead) return timer;
    this.#timers.add(timer);
    this.#arm(timer);
    return timer;
  };

  readonly clearTimeout = (handle: unknown): void => {
    if (handle) this.#forget(handle as Timer);
  };

  /** What a task leaves to be done at its end: throttling does not reach it. */
  readonly defer = (callback: () => void): void => {
    this.#clock.setTimeout(() => {
      this.enter(callback);
    }, 0);
  };

  /** Something comes in from outside: at once, or when the machine wakes, or never. */
  enter(callback: () => void): void {
    if (this.#dead) return;
    if (this.#asleepSince !== undefined) this.#inbox.push(callback);
    else callback();
  }

  sleep(): void {
    this.#asleepSince ??= this.#clock.now();
  }

  /**
   * Everything happens that should have happened.
   *
   * @param counted whether its clock went on while it slept; where it did not, timers have as long to go as before
   * @param timersFirst whether timers come before what the network brought
   */
  wake(counted: boolean, timersFirst: boolean): void {
    if (this.#asleepSince === undefined) return;
    if (!counted) this.#skew -= this.#clock.now() - this.#asleepSince;
    this.#asleepSince = undefined;
    const inbox = this.#inbox;
    this.#inbox = [];
    const enterAll = (): void => {
      for (const callback of inbox) this.enter(callback);
    };
    if (!timersFirst) enterAll();
    for (const timer of [...this.#timers].sort((a, b) => a.dueAt - b.dueAt)) {
      if (timer.over) continue;
      if (timer.dueAt <= this.now()) this.#fire(timer);
      else this.#arm(timer);
    }
    if (timersFirst) enterAll();
  }

  /** Its clock leaps ahead; its timers do not notice. */
  jump(ms: number): void {
    this.#skew += ms;
  }

  throttle(grain: number): void {
    this.#grain = grain;
    for (const timer of this.#timers) this.#arm(timer);
  }

  /** Nothing happens on it any more. */
  die(): void {
    this.#dead = true;
    for (const timer of this.#timers) this.#forget(timer);
  }

  #arm(timer: Timer): void {
    this.#clock.clearTimeout(timer.handle);
    const wait = Math.max(0, timer.dueAt - this.now());
    const at = this.#clock.now() + wait;
    const shownAt = this.#grain > 0 ? Math.ceil(at / this.#grain) * this.#grain : at;
    timer.handle = this.#clock.setTimeout(() => {
      if (this.isAwake) this.#fire(timer);
    }, shownAt - this.#clock.now());
  }

  #fire(timer: Timer): void {
    this.#forget(timer);
    timer.callback();
  }

  #forget(timer: Timer): void {
    timer.over = true;
    this.#timers.delete(timer);
    this.#clock.clearTimeout(timer.handle);
  }
}
