/**
 * A session that is about to end because its server goes away (PROTOCOL.md §8.4). The client says its last word first, and
 * the application may answer what came before it; when that is quiet, the server's last word follows.
 */

/** An application that says nothing for so long has said all, in ms; */
const QUIET = 100;
/** and one that goes on and on is not waited for any longer than this. */
const LAST_WORDS = 500;

export class Moving {
  /** When the last word is due, in ms. */
  dueAt = Infinity;
  #lastAt = Infinity;
  /** What the last word tells the client. */
  readonly reason: string;

  /** @param returnsAfter how long the client stays away, in ms */
  constructor(returnsAfter: number) {
    this.reason = String(Math.round(returnsAfter));
  }

  /** The application has had all that the client said. */
  heardAll(now: number): void {
    this.#lastAt = now + LAST_WORDS;
    this.dueAt = now + QUIET;
  }

  /** The application said something. */
  spoke(now: number): void {
    if (this.dueAt < Infinity) this.dueAt = Math.min(this.#lastAt, now + QUIET);
  }
}
