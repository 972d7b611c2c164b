/**
 * The questions of a server whether what it streams arrives (PROTOCOL.md §6.3): each answer is a request, so they are not asked
 * all at once; and where many have no answer, all are slow, and not a proxy in front of one of them.
 */
import { Appointment, type Scheduler } from './scheduler.ts';

/** So many clients are asked at once, every so many ms: one in a ms, and fewer if the server is late. */
const AT_ONCE = 25;
const PAUSE = 25;
/** As long as a server, or a machine that all the clients run on, may take for an answer, in ms. */
const ANSWER_TIME = 10;

/** One who is to be asked. */
export interface Asked {
  /** It is its turn. */
  ask(): void;
}

export class Questions extends Appointment {
  readonly #scheduler: Scheduler;
  readonly #waiting = new Set<Asked>();
  readonly #unanswered = new Set<Asked>();

  constructor(scheduler: Scheduler) {
    super();
    this.#scheduler = scheduler;
  }

  /** How much longer than alone one of those who were asked may take because of the others, in ms. */
  get patience(): number {
    return (this.#unanswered.size - 1) * ANSWER_TIME;
  }

  /** Asks when it is its turn. */
  add(asked: Asked): void {
    this.#waiting.add(asked);
    if (this.at === Infinity) this.#scheduler.set(this, this.#scheduler.now());
  }

  /** It is known, or need not be known any more. */
  drop(asked: Asked): void {
    this.#waiting.delete(asked);
    this.#unanswered.delete(asked);
  }

  ring(): void {
    let room = AT_ONCE;
    for (const asked of this.#waiting) {
      if (room-- === 0) break;
      this.#waiting.delete(asked);
      this.#unanswered.add(asked);
      asked.ask();
    }
    if (this.#waiting.size > 0) this.#scheduler.set(this, this.#scheduler.now() + PAUSE);
  }
}
