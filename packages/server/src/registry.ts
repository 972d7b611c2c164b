/** The sessions that a server has, and for a while what became of those that it had. */
import type { Connection } from './connection.ts';
import type { Verdict } from './host.ts';
import type { Holder } from './identity.ts';

/** Verdicts that are remembered; the oldest makes room. */
const MAX_ENDED = 100_000;

interface Ended {
  readonly holder: Holder;
  readonly verdict: Verdict;
  readonly until: number;
}

export class Registry {
  readonly #connections = new Map<string, Connection>();
  /** In the order of their ends, since all are kept equally long. */
  readonly #ended = new Map<string, Ended>();
  readonly #now: () => number;
  readonly #keepFor: number;

  /** @param keepFor how long a verdict is remembered, in ms: a request of an ended session may come that late */
  constructor(now: () => number, keepFor: number) {
    this.#now = now;
    this.#keepFor = keepFor;
  }

  get(id: string): Connection | undefined {
    return this.#connections.get(id);
  }

  /** Whether there is an answer for this session here. */
  knows(id = ''): boolean {
    return this.#connections.has(id) || this.verdict(id) !== undefined;
  }

  /** Sessions that live. */
  get size(): number {
    return this.#connections.size;
  }

  /** Sessions that are over, and whose end is remembered. */
  get remembered(): number {
    return this.#ended.size;
  }

  each(act: (connection: Connection) => void): void {
    this.#connections.forEach(act);
  }

  add(connection: Connection): void {
    this.#connections.set(connection.id, connection);
  }

  /** The session is over. A late or repeated attach does not begin it again: it hears the verdict. */
  end({ id, holder }: Pick<Connection, 'id' | 'holder'>, verdict: Verdict): void {
    const now = this.#now();
    this.#connections.delete(id);
    this.#ended.set(id, { verdict, until: now + this.#keepFor, holder });
    for (const [oldest, { until }] of this.#ended) {
      if (until > now && this.#ended.size <= MAX_ENDED) break;
      this.#ended.delete(oldest);
    }
  }

  /** Whose a session is, or was. */
  holder(id: string): Holder | undefined {
    return (this.#connections.get(id) ?? this.#ended.get(id))?.holder;
  }

  /** What became of a session. */
  verdict(id: string): Verdict | undefined {
    const ended = this.#ended.get(id);
    return ended && ended.until > this.#now() ? ended.verdict : undefined;
  }
}
