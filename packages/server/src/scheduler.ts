/**
 * All deadlines of a server on one timer: a calendar of coarse days. Setting an alarm later costs nothing, which is what
 * happens with each message that proves a client alive; only setting it earlier moves it.
 */

/** The clock and the one timer, passed in so that a simulated world can pass its own. */
export interface Clock {
  /** In ms; never goes back. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly clearTimeout: (handle: unknown) => void;
}

/** The length of a day, in ms: how late an alarm may ring. */
const DAY = 25;

/** Something that is to happen at an instant that may still move. */
export abstract class Appointment {
  /** @internal When it is to ring, in ms. */
  at = Infinity;
  /** @internal The day in whose page it stands. */
  day = Infinity;

  abstract ring(): void;
}

/** One that calls a function. */
export class Alarm extends Appointment {
  readonly #ring: () => void;

  constructor(ring: () => void) {
    super();
    this.#ring = ring;
  }

  ring(): void {
    this.#ring();
  }
}

export class Scheduler {
  readonly #clock: Clock;
  readonly #pages = new Map<number, Set<Appointment>>();
  #timer: unknown;
  #timerDay = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Sets an alarm to an instant in ms; Infinity for never. */
  set(alarm: Appointment, at: number): void {
    alarm.at = at;
    const day = Math.ceil(at / DAY);
    if (day >= alarm.day) return;
    this.#remove(alarm);
    alarm.day = day;
    const page = this.#pages.get(day);
    if (page) page.add(alarm);
    else this.#pages.set(day, new Set([alarm]));
    if (day < this.#timerDay) this.#arm(day);
  }

  cancel(alarm: Appointment): void {
    alarm.at = Infinity;
    this.#remove(alarm);
    if (this.#pages.size === 0) this.#arm(Infinity);
  }

  #remove(alarm: Appointment): void {
    const page = this.#pages.get(alarm.day);
    if (page?.delete(alarm) && page.size === 0) this.#pages.delete(alarm.day);
    alarm.day = Infinity;
  }

  #arm(day: number): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timerDay = day;
    if (day === Infinity) return;
    this.#timer = this.#clock.setTimeout(
      () => {
        // A timer may fire a fraction of a ms early: by its own reckoning the day has come all the same.
        this.#turn(Math.max(this.now(), day * DAY));
      },
      Math.max(0, day * DAY - this.now()),
    );
  }

  #turn(now: number): void {
    const today = Math.floor(now / DAY);
    this.#timerDay = Infinity;
    const days = [...this.#pages.keys()].filter((day) => day <= today).sort((a, b) => a - b);
    for (const day of days) {
      const page = this.#pages.get(day) ?? [];
      this.#pages.delete(day);
      for (const alarm of page) {
        alarm.day = Infinity;
        if (alarm.at <= now) {
          alarm.at = Infinity;
          alarm.ring();
        } else this.set(alarm, alarm.at);
      }
    }
    this.#arm(Math.min(Infinity, ...this.#pages.keys()));
  }
}
