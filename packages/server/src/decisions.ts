/**
 * What an attach is answered (PROTOCOL.md §4.3): whether its client may come in, and whether it gets the session. The
 * highest attempt holds a session; that one integer decides each race.
 */
import type { IncomingMessage } from 'node:http';
import { CloseCode, type AnswerFrame, type AttachFrame } from '@holdfast/protocol';
import { isSame } from './identity.ts';
import type { EndpointOptions } from './options.ts';
import type { Registry } from './registry.ts';
import type { Full, Visit, Visits } from './visits.ts';

type Refused = Extract<AnswerFrame, { type: 'refused' }>;
type Decision = Exclude<
  AnswerFrame,
  { type: 'drain' | 'go-away' | 'spread' | 'batch' | 'probe' | 'stream' | 'ended' }
>;

/** Who attaches, and who is told that nobody could be asked, or not now: such a client may try again. */
export interface Asking {
  /** Undefined if there is no `authenticate` to look at it. */
  readonly request: IncomingMessage | undefined;
  readonly visit: Visit;
  readonly later: (full?: Full) => void;
}

export class Decisions {
  readonly #options: EndpointOptions;
  readonly #registry: Registry;
  readonly #visits: Visits;

  constructor(options: EndpointOptions, registry: Registry, visits: Visits) {
    this.#options = options;
    this.#registry = registry;
    this.#visits = visits;
  }

  /** Asks the application whether a client may come in, and who it is. Nothing is decided before it has answered, or was given up. */
  authorize(
    { auth, protocols }: AttachFrame,
    { request, visit, later }: Asking,
    decide: (refusal: Refused | undefined, identity: unknown) => void,
  ): void {
    const full = this.#visits.attach(visit);
    if (full) {
      later(full);
      return;
    }
    if (Buffer.byteLength([auth, ...protocols].join()) > this.#options.maxOffer) {
      decide(
        { type: 'refused', code: CloseCode.tooBig, reason: 'token or subprotocols too long' },
        undefined,
      );
      return;
    }
    if (!request) {
      decide(undefined, undefined);
      return;
    }
    visit.awaits(later);
    this.#options.authorize(auth, request, (refusal, identity) => {
      if (refusal?.later) {
        this.#visits.counters.turnedAway.undecided++;
        later();
      } else decide(refusal && { type: 'refused', ...refusal }, identity);
    });
  }

  /** The answer to an attach that does not get the session; undefined for one that does. */
  verdict(frame: AttachFrame, identity: unknown): Decision | undefined {
    // To anybody else it is as one that was forgotten: whether it lives, and how it ended, is not theirs to know.
    if (!this.isTheirs(frame.id, identity)) return { type: 'gone' };
    const connection = this.#registry.get(frame.id);
    if (connection) {
      const { attempt, outbox } = connection.session;
      // It was on its way while an acknowledgement overtook it: the client has more by now.
      const isOld = frame.received !== 'new' && frame.received < outbox.acknowledged;
      return frame.attempt <= attempt || isOld ? { type: 'superseded' } : undefined;
    }
    return (
      this.ended(frame.id) ?? (frame.received === 'new' && frame.attempt > 0 ? undefined : { type: 'gone' })
    );
  }

  /** What a client hears of a session that is over. */
  ended(id: string): Decision | undefined {
    const verdict = this.#registry.verdict(id);
    if (verdict === undefined) return undefined;
    if (verdict === 'gone') return { type: 'gone' };
    if ('code' in verdict) return { type: 'refused', ...verdict };
    const { heartbeat, maxPayload } = this.#options;
    return { type: 'welcome', received: verdict.received, protocol: '', heartbeat, maxPayload };
  }

  /** Whether a session may be this client's: it began with it, or is not known. */
  isTheirs(id: string, identity: unknown): boolean {
    const holder = this.#registry.holder(id);
    return !holder || isSame(holder.identity, identity);
  }
}
