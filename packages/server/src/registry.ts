/** The sessions that a server has, and for a while what became of those that it had. */
import type { Holder } from './identity.ts';
import type { HoldfastServerSocket, Verdict } from './socket.ts';

/** Verdicts that are remembered; the oldest makes room. */
const MAX_ENDED = 100_000;

interface Ended {
  readonly holder: Holder;
  readonly verdict: Verdict;
  readonly until: number;
}

export class Registry {
  readonly #sockets = new Map<string, HoldfastServerSocket>();
  /** In the order of their ends, since all are kept equally long. */
  readonly #ended = new Map<string, Ended>();
  readonly #now: () => number;
  readonly #keepFor: number;

  /** @param keepFor how long a verdict is remembered, in ms: a request of an ended session may come that late */
  constructor(now: () => number, keepFor: number) {
    this.#now = now;
    this.#keepFor = keepFor;
  }

  get(id: string): HoldfastServerSocket | undefined {
    return this.#sockets.get(id);
  }

  /** Whether there is an answer for this session here. */
  knows(id = ''): boolean {
    return this.#sockets.has(id) || this.verdict(id) !== undefined;
  }

  /** Sessions that live. */
  get size(): number {
    return this.#sockets.size;
  }

  /** Sessions that are over, and whose end is remembered. */
  get remembered(): number {
    return this.#ended.size;
  }

  each(act: (socket: HoldfastServerSocket) => void): void {
    this.#sockets.forEach(act);
  }

  add(socket: HoldfastServerSocket): void {
    this.#sockets.set(socket.id, socket);
  }

  /** The session is over. A late or repeated attach does not begin it again: it hears the verdict. */
  end(socket: HoldfastServerSocket, verdict: Verdict): void {
    const now = this.#now();
    this.#sockets.delete(socket.id);
    this.#ended.set(socket.id, { verdict, until: now + this.#keepFor, holder: socket.holder });
    for (const [id, { until }] of this.#ended) {
      if (until > now && this.#ended.size <= MAX_ENDED) break;
      this.#ended.delete(id);
    }
  }

  /** Whose a session is, or was. */
  holder(id: string): Holder | undefined {
    return (this.#sockets.get(id) ?? this.#ended.get(id))?.holder;
  }

  /** What became of a session. */
  verdict(id: string): Verdict | undefined {
    const ended = this.#ended.get(id);
    return ended && ended.until > this.#now() ? ended.verdict : undefined;
  }
}
