/**
 * Whose a session is (PROTOCOL.md §10.4): who the application says has come, and the key that its client's requests show.
 * Without `authenticate` every session is nobody's, and its id is all that is needed.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { CloseCode } from '@holdfast/protocol';
import { asError, type OnError } from './ask.ts';
import type { Refusal } from './options.ts';

/**
 * Says who a client is, by what its request holds and by its token (`auth`, '' if it has none). Anything falsy, or a
 * {@link Refused} that is thrown, refuses it. Any other error is a mistake of yours: the client is not let in and tries again later,
 * and the server emits `'error'`.
 *
 * Who comes back to a session must be the same: name the user by a string, a number or plain data (objects and arrays of
 * such), with nothing in it that a renewed token changes. Anything else cannot be compared, and is a mistake.
 */
export type Authenticate = (request: IncomingMessage, auth: string) => unknown;

/** Thrown by `authenticate`, refuses a client in the application's words. Nothing is reported. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** What a plain WebSocket is answered. The others close with 3000, or with 3003 for 403. */
  readonly status: 401 | 403;

  /**
   * @param status 401: who are you? (3000) 403: not you. (3003)
   * @param reason the reason of the client's close
   */
  constructor(status: 401 | 403 = 401, reason = STATUS_CODES[status] ?? '') {
    super(reason);
    this.status = status;
  }
}

/** Whose a session is. */
export interface Holder {
  readonly identity: unknown;
  /** What its client's requests show over HTTP; '' if nothing is asked of them. */
  readonly key: string;
}

/** Hears who came, or why nobody did. */
export type Identified = (refusal: Refusal | undefined, identity?: unknown) => void;

/** What is asked of the application, by whom, and who is told. */
export function identify(
  authenticate: Authenticate | undefined,
  { auth, request }: { readonly auth: string; readonly request: IncomingMessage },
  done: Identified,
  onError: OnError,
): void {
  if (!authenticate) {
    done(undefined);
    return;
  }
  const fail = (error: unknown): void => {
    if (error instanceof Refused) {
      done(refusalOf(error));
      return;
    }
    done({ code: CloseCode.internalError, reason: '', status: 503, later: true });
    onError(asError(error));
  };
  const decide = (identity: unknown): void => {
    try {
      mustBeData(identity);
    } catch (error) {
      fail(error);
      return;
    }
    if (identity) done(undefined, identity);
    else fail(new Refused());
  };
  let answer: unknown;
  try {
    answer = authenticate(request, auth);
  } catch (error) {
    fail(error);
    return;
  }
  if (isThenable(answer)) Promise.resolve(answer).then(decide, fail);
  else decide(answer);
}

const refusalOf = ({ status, message }: Refused): Refusal => ({
  code: status === 403 ? CloseCode.forbidden : CloseCode.unauthorized,
  reason: message,
  status,
});

/** Whether an answer comes later. */
export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';

/** Whether two identities are one. Both are plain data, of which all can be seen. */
export const isSame = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);

/**
 * Whether a value can be compared with another one. What a class keeps to itself, or a promise will come to, cannot be
 * seen, and two users that look alike must not be one.
 */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return typeof value !== 'function' && typeof value !== 'symbol';
  if (!PLAIN.includes(Object.getPrototypeOf(value))) return false;
  return Reflect.ownKeys(value).every((key) => typeof key === 'string' && isData(Reflect.get(value, key)));
}

function mustBeData(identity: unknown): void {
  if (!isData(identity))
    throw new TypeError(
      'authenticate must name the client by a string, a number or plain data: nothing else can be compared',
    );
}

const PLAIN: readonly unknown[] = [Object.prototype, Array.prototype, null];

/** A key that nobody guesses: 128 random bits. */
export const newKey = (): string => randomBytes(16).toString('base64url');

/** Whether a request shows the key of its session. */
export function isKey(key: string, shown = ''): boolean {
  if (key === '') return true;
  const [a, b] = [Buffer.from(key), Buffer.from(shown)];
  return a.length === b.length && timingSafeEqual(a, b);
}
