/**
 * The requests that wait for the server's frames, one after the other (PROTOCOL.md §6.3): long-polls, or streams once the
 * server knows that we see what it writes while it writes.
 *
 * Browsers open six connections to a server over HTTP/1.1, for all tabs together. Only so many pages as there are places
 * may let the server hold a response; the others ask once a second, so that they all get through.
 */
import { concat, controlRecord, formatCommon, formatRequest, type AckFrame } from '@holdfast/protocol';
import type { Environment } from './environment.ts';
import type { HttpPath } from './http-path.ts';
import type { AnswerItem } from './http-request.ts';
import { NOT_HOLDFAST, type HttpRequests } from './http-requests.ts';
import type { Finding, Loss } from './transport.ts';

/** A poll that is not over so long after its hold is lost, in ms. */
const POLL_GRACE = 5000;
/** A poll that the server knows to be over, or does not know of, is missed in this time, in ms, or in a few round trips. */
const MISSED_AFTER = 1000;
/** Below this round trip, in ms, it is no matter that what comes between two polls waits. */
const NEAR = 20;
/** A page without a place asks this often, in ms. */
const ASK_INTERVAL = 1000;

/** Whom polls report to. */
export interface PollsOwner {
  /** What a piece of a response brings, and its size in bytes. */
  take(items: readonly AnswerItem[], bytes: number): void;
  takeAck(): AckFrame | undefined;
  found(finding: Finding, detail: string): void;
  lose(loss: Loss): void;
  /** There is more than polls bring in time: the answer to another request would bring it sooner. */
  ask(): void;
}

/** Whose polls they are. */
export interface Attached {
  readonly id: string;
  readonly attempt: number;
  readonly key: string | undefined;
}

export class HttpPolls {
  readonly #env: Environment;
  readonly #path: HttpPath;
  readonly #requests: HttpRequests;
  readonly #owner: PollsOwner;
  readonly #attached: Attached;
  #number = 0;
  #ended = false;
  #hasPlace: boolean;
  #giveBack = (): void => undefined;
  #endRequest = (): void => undefined;
  /** Begins the poll that is under way once more. */
  #again = (): void => undefined;
  #endDoubt: (() => void) | undefined;
  #endAsk = (): void => undefined;

  constructor(
    env: Environment,
    path: HttpPath,
    requests: HttpRequests,
    owner: PollsOwner,
    attached: Attached,
  ) {
    this.#env = env;
    this.#path = path;
    this.#requests = requests;
    this.#owner = owner;
    this.#attached = attached;
    this.#hasPlace = !env.takePlace;
  }

  start(): void {
    this.#askForPlace();
    this.#next();
  }

  /** Nobody hears any more what they would bring. */
  end(): void {
    this.#ended = true;
    this.#trust();
    this.#giveBack();
    this.#endAsk();
    this.#endRequest();
  }

  /**
   * The answer to a POST says which response has ended last. If that is the one which is waited for, or the one before, then
   * the connection that brings it may have died in silence: it gets a little time, and then the poll is repeated.
   */
  heardOf(ended: number | undefined): void {
    if (this.#ended) return;
    if (ended === undefined || ended < this.#number - 1) this.#trust();
    else if (!this.#endDoubt) this.#doubt(2);
  }

  /** In steps: a page that could not run for so long takes between them what has come meanwhile. */
  #doubt(steps: number): void {
    this.#endDoubt = this.#requests.after(Math.max(MISSED_AFTER, 3 * this.#path.roundTrip) / 2, () => {
      if (steps > 1) {
        this.#doubt(steps - 1);
        return;
      }
      this.#endDoubt = undefined;
      this.#endRequest();
      this.#again();
    });
  }

  #trust(): void {
    this.#endDoubt?.();
    this.#endDoubt = undefined;
  }

  #askForPlace(): void {
    if (this.#hasPlace) return;
    this.#giveBack =
      this.#env.takePlace?.(() => {
        this.#hasPlace = true;
      }) ?? this.#giveBack;
  }

  #next(): void {
    if (!this.#ended) this.#poll(++this.#number, 0);
  }

  #poll(number: number, repeat: number, unheard?: AckFrame): void {
    if (this.#ended) return;
    const hold = this.#hasPlace ? this.#path.holdAt(this.#env.now()) : 0;
    const mode = this.#path.streams && this.#hasPlace ? 'stream' : 'poll';
    const lines = [controlRecord(formatRequest({ type: 'poll', ...this.#attached, number, hold, mode }))];
    const ack = this.#owner.takeAck() ?? unheard;
    if (ack) lines.push(controlRecord(formatCommon(ack)));
    const began = this.#env.now();
    let records = 0;
    this.#again = () => {
      this.#poll(number, repeat, ack);
    };
    this.#endRequest = this.#requests.send(concat(lines), hold + POLL_GRACE, false, {
      items: (items, bytes) => {
        records += items.length;
        this.#trust();
        this.#owner.take(items, bytes);
      },
      done: (outcome) => {
        this.#trust();
        if (outcome.kind === 'done') {
          // The first record only says which poll it answers.
          if (records === 0) this.#owner.lose(NOT_HOLDFAST);
          else if (records > 1 || this.#hasPlace) {
            this.#next();
            // What was there already, when it came: then more of it waits until the next one is there.
            const lasted = this.#env.now() - began;
            if (records > 1 && lasted > NEAR && lasted < 1.5 * this.#path.roundTrip) this.#ask(lasted / 3, 2);
          } else this.#pause();
          return;
        }
        const now = this.#env.now();
        const lasted = now - began;
        // Something on the way does not let a request wait that long.
        if (this.#path.limited(now, lasted, outcome.kind === 'silent'))
          this.#owner.found('requests-limited', `${outcome.kind} after ${Math.round(lasted)} ms`);
        const again = (): void => {
          this.#poll(number, repeat + 1, ack);
        };
        const { spread } = this.#path.server;
        // Whoever is cut with very many others does not come back with them all at once.
        this.#endRequest =
          spread && !repeat
            ? this.#requests.after(this.#env.random() * spread, again)
            : this.#requests.repeat(outcome, records > 1 ? 0 : repeat, again);
      },
    });
  }

  /** Asks so many times, once in so many ms. */
  #ask(interval: number, times: number): void {
    if (this.#ended) return;
    this.#endAsk();
    this.#endAsk = this.#requests.after(interval, () => {
      this.#owner.ask();
      if (times > 1) this.#ask(interval, times - 1);
    });
  }

  #pause(): void {
    this.#askForPlace();
    this.#endRequest = this.#requests.after(ASK_INTERVAL, () => {
      this.#next();
    });
  }
}
