/** How far a connection to a plain server is, as data, and when something is due in each state. */
import { CloseCode } from '@holdfast/protocol';
import { ACK_TIMEOUT } from './link.ts';
import type { PlainOptions } from './options.ts';
import { patienceBehind } from './turn.ts';

const PING_INTERVAL = 25_000;

/** All instants in ms. */
export type PlainLink =
  /** No WebSocket, none on its way. */
  | { readonly name: 'waiting'; readonly retryAt: number }
  | { readonly name: 'connecting'; readonly deadline: number }
  | {
      readonly name: 'open';
      readonly since: number;
      /** When a question was last answered. */
      readonly provenAt?: number;
      /** The question that is out: when it was asked, what had been heard by then, and by when it is answered. */
      readonly asked?:
        { readonly at: number; readonly heardBytes: number; readonly deadline: number } | undefined;
    }
  | { readonly name: 'closed' };

/** What a WebSocket's close event tells. */
export type Ended = Pick<CloseEvent, 'code' | 'reason' | 'wasClean'>;

export const ABNORMAL: Ended = { code: CloseCode.abnormal, reason: '', wasClean: false };

/** What a connection observes. */
export interface PlainFacts {
  /** When something last came, and how much has come so far, in bytes. */
  readonly heardAt: number;
  readonly heardBytes: number;
  /** Since when an answer is owed, or Infinity; and how long what was handed over may take on a slow link, in ms. */
  readonly owedSince: number;
  readonly owedTime: number;
}

export const waiting = (retryAt: number): PlainLink => ({ name: 'waiting', retryAt });

/** When something is due in this state if nothing happens before, in ms; Infinity for never. */
export function plainDeadline(
  link: PlainLink,
  { heardAt, heardBytes, owedSince, owedTime }: PlainFacts,
  { ping, pingInterval = PING_INTERVAL }: PlainOptions,
): number {
  if (link.name === 'waiting') return link.retryAt;
  if (link.name === 'connecting') return link.deadline;
  if (link.name === 'closed' || ping === undefined) return Infinity;
  const { asked, provenAt = 0 } = link;
  if (asked) {
    // An answer may wait behind what came meanwhile.
    const behind = heardAt > asked.at ? patienceBehind(heardBytes - asked.heardBytes) : 0;
    return Math.max(asked.deadline, asked.at + behind);
  }
  return Math.min(heardAt + pingInterval, Math.max(owedSince, provenAt) + ACK_TIMEOUT + owedTime);
}
