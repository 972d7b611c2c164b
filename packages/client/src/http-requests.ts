/** The requests of one transport: what is under way, what is repeated, and what ends all of it. */
import type { Environment } from './environment.ts';
import { request, type Outcome, type RequestHandler } from './http-request.ts';
import { foreign, type Loss } from './transport.ts';

/** Repeats of a request before the transport is given up, and the delay before each, in ms. */
const REPEATS = [0, 250, 1000];
/** One that was turned away without a time to come back waits at least so long, in ms. */
const TURNED_AWAY = 250;

export const NOT_HOLDFAST = foreign('the answer is not from a Holdfast server');

/** What servers answer that have nothing at this address for a POST. */
const NOTHING_THERE = /^answered (404|405|426|501)$/;

/** What a server answers that knows the session, and can make nothing of the request. */
const OUT_OF_STEP = 'answered 409';

/** An outcome as the loss of a transport. */
export function lossOf(outcome: Outcome): Loss {
  const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
  if (outcome.kind === 'busy')
    return { reason, retryAfter: outcome.retryAfter ?? TURNED_AWAY, verdict: 'busy' };
  if (NOTHING_THERE.test(reason)) return foreign(reason);
  if (reason === OUT_OF_STEP) return { reason, isBehind: true };
  return outcome.kind === 'too-large' ? { reason, verdict: 'bodies-limited' } : { reason };
}

export class HttpRequests {
  readonly #env: Environment;
  readonly #url: string;
  readonly #lose: (loss: Loss) => void;
  /** What ends each request that is under way, and each pause. */
  readonly #pending = new Set<() => void>();

  constructor(env: Environment, url: string, lose: (loss: Loss) => void) {
    this.#env = env;
    this.#url = url;
    this.#lose = lose;
  }

  /** Sends a body. Gives what ends it: nothing is reported after that. */
  send(body: Uint8Array, timeout: number, last: boolean, handler: RequestHandler): () => void {
    const abort = request(this.#env, { url: this.#url, body, last }, timeout, {
      ...handler,
      done: (outcome) => {
        this.#pending.delete(abort);
        handler.done(outcome);
      },
    });
    return this.#until(abort);
  }

  /** Repeats what did not get through, a few times; the transport is lost otherwise. Gives what ends the pause before. */
  repeat(outcome: Outcome, repeat: number, again: () => void): () => void {
    const delays = {
      busy: outcome.kind === 'busy' ? (outcome.retryAfter ?? Math.max(TURNED_AWAY, REPEATS[repeat] ?? 0)) : 0,
      silent: 0,
      failed: REPEATS[repeat],
      unanswered: REPEATS[repeat],
    };
    const delay = delays[outcome.kind as keyof typeof delays];
    if (delay !== undefined && repeat <= REPEATS.length) return this.after(delay, again);
    // Repeated so often, it is no matter of patience any more.
    this.#lose(lossOf(outcome));
    return () => undefined;
  }

  /** Calls back after a pause in ms. Gives what ends it. */
  after(delay: number, callback: () => void): () => void {
    const timer = this.#env.setTimeout(() => {
      this.#pending.delete(cancel);
      callback();
    }, delay);
    const cancel = (): void => {
      this.#env.clearTimeout(timer);
    };
    return this.#until(cancel);
  }

  /** Ends them all. */
  end(): void {
    for (const end of this.#pending) end();
    this.#pending.clear();
  }

  #until(end: () => void): () => void {
    this.#pending.add(end);
    return end;
  }
}
