/**
 * One HTTP exchange of frames: a POST whose response is read as batches (PROTOCOL.md §6). It ends in one of a few ways,
 * each of which means something else to a transport.
 */
import { BatchReader, parseAnswer, type AnswerFrame, type Item } from '@holdfast/protocol';
import type { Environment, Post, PostRequest } from './environment.ts';

export type AnswerItem = Item<AnswerFrame>;

/** How a request ended. */
export type Outcome =
  | { readonly kind: 'done' }
  /** Nothing wrong with the request, but it did not get through: worth repeating. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** The same, and nothing says why: its connection broke, or a page of another origin may not read what a proxy answered. */
  | { readonly kind: 'unanswered'; readonly reason: string }
  /** Nothing came in time. A connection that died in silence is like that, and the browser may keep more of them. */
  | { readonly kind: 'silent'; readonly reason: string }
  /** The server or a proxy asks for patience, in ms if it said how long. */
  | { readonly kind: 'busy'; readonly retryAfter: number | undefined; readonly reason: string }
  /** The body is larger than some proxy allows. */
  | { readonly kind: 'too-large' }
  /** Repeating it would not help. */
  | { readonly kind: 'rejected'; readonly reason: string };

export interface RequestHandler {
  /** Records of the response, as they arrive, with the size of the piece in bytes. */
  items(items: readonly AnswerItem[], bytes: number): void;
  done(outcome: Outcome): void;
}

/** The longest `Retry-After` that is obeyed, in ms. */
const MAX_RETRY_AFTER = 60_000;

/** The address of one request: a parameter that tells the version, and that no cache has seen before. */
const address = (url: string, random: () => number): string => {
  const nonce = random().toString(36).slice(2, 8);
  return `${url}${url.includes('?') ? '&' : '?'}holdfast=1.${nonce}`;
};

/** Sends a request. Gives its abort: nothing is reported after that. */
export function request(
  env: Environment,
  { url, ...rest }: PostRequest,
  timeout: number,
  handler: RequestHandler,
): () => void {
  const reader = new BatchReader(parseAnswer, Infinity);
  let outcome: Outcome | undefined = { kind: 'unanswered', reason: '' };
  const finish = (result: Outcome): void => {
    env.clearTimeout(timer);
    handler.done(result);
  };
  let timer: unknown;
  /** Time without progress, not in all: what is large may take long. */
  const wait = (): void => {
    env.clearTimeout(timer);
    timer = env.setTimeout(() => {
      abort();
      finish({ kind: 'silent', reason: `nothing for ${Math.round(timeout)} ms` });
    }, timeout);
  };
  wait();
  const abort = (env.post as Post)(
    { url: address(url, env.random), ...rest },
    {
      head(status, retryAfter) {
        outcome = verdict(status, retryAfter ?? '', env.random);
      },
      chunk(bytes) {
        wait();
        if (!outcome) handler.items(reader.push(bytes), bytes.length);
      },
      done(failure) {
        if (failure !== undefined)
          finish({ kind: outcome?.kind === 'unanswered' ? outcome.kind : 'failed', reason: failure });
        else if (outcome) finish(outcome);
        else if (reader.isWhole) finish({ kind: 'done' });
        else finish({ kind: 'failed', reason: 'the response was cut short' });
      },
    },
  );
  return () => {
    env.clearTimeout(timer);
    abort();
  };
}

/** What a status other than 200 means. */
function verdict(status: number, retryAfter: string, random: () => number): Outcome | undefined {
  const reason = `answered ${status}`;
  switch (status) {
    case 200:
      return undefined;
    case 413:
      return { kind: 'too-large' };
    case 429:
    case 503: {
      // Seconds or a date (RFC 9110 §10.2.3). Who is told the same as many others comes up to as much later.
      const told = Number(retryAfter) * 1000 || Date.parse(retryAfter) - Date.now();
      const wait = Math.min(MAX_RETRY_AFTER, told) * (1 + random());
      return { kind: 'busy', retryAfter: wait >= 0 ? wait : undefined, reason };
    }
    case 408:
    case 500:
    case 502:
    case 504:
      return { kind: 'failed', reason };
    default:
      return { kind: 'rejected', reason };
  }
}
