/** One POST, and all that can be told of its answer: when its parts came, what it was, how it ended. */
import { BatchReader, parseAnswer, type AnswerFrame, type Item } from '@holdfast/protocol';
import type { Environment } from './environment.ts';

export type AnswerItem = Item<AnswerFrame>;

export interface Answer {
  /**
   * `failed`: no answer, or one that was cut short. `silent`: its time was up. `stopped`: we gave it up.
   */
  readonly end: 'whole' | 'failed' | 'silent' | 'stopped';
  /** 0 if there was no answer. */
  readonly status: number;
  readonly headers: Headers;
  /** The frames of a 200. */
  readonly items: readonly AnswerItem[];
  /** The first bytes as text, for what is no answer of a Holdfast server. */
  readonly text: string;
  /** Ms from the request to its head, to the first byte of its body and to its end; Infinity for what did not come. */
  readonly headAfter: number;
  readonly firstAfter: number;
  readonly endAfter: number;
  /** Why it failed. */
  readonly reason: string;
}

export interface PostOptions {
  /** For the whole answer, in ms. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Sees the frames as they come. */
  readonly onItems?: (items: readonly AnswerItem[]) => void;
}

/** A POST under way. */
export interface Post {
  readonly answer: Promise<Answer>;
  /** Gives it up; the answer tells what came so far. */
  stop(): void;
}

/** What is read of one answer at most, in bytes; a server's own bound is lower. */
const MAX_ANSWER = 16 * 2 ** 20;
const MAX_TEXT = 2048;

/** Sends a POST of frames, as a Holdfast client does. Its answer never rejects. */
export function post(
  env: Environment,
  url: string,
  body: Uint8Array,
  { timeout, signal, onItems }: PostOptions,
): Post {
  const startedAt = env.now();
  const after = (): number => env.now() - startedAt;
  const controller = new AbortController();
  const reader = new BatchReader(parseAnswer, MAX_ANSWER);
  const items: AnswerItem[] = [];
  let [status, headers, text] = [0, new Headers(), ''];
  let [headAfter, firstAfter, size] = [Infinity, Infinity, 0];
  let given: 'silent' | 'stopped' | undefined;

  // Not every abort of Node 20 ends a read that is under way: it is not waited for.
  let leave: () => void = () => undefined;
  const left = new Promise<void>((resolve) => (leave = resolve));
  const giveUp = (why: 'silent' | 'stopped'): void => {
    given ??= why;
    controller.abort();
    leave();
  };
  const stop = (): void => {
    giveUp('stopped');
  };
  const timer = env.setTimeout(() => {
    giveUp('silent');
  }, timeout);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();

  const run = async (): Promise<void> => {
    const response = await env.fetch(address(url, env), {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: body as BodyInit,
      cache: 'no-store',
      credentials: 'include',
      redirect: 'manual',
      signal: controller.signal,
    });
    ({ status, headers } = response);
    headAfter = after();
    const stream = response.body?.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const result = await stream?.read();
      controller.signal.throwIfAborted();
      if (!result || result.done) return;
      if (firstAfter === Infinity) firstAfter = after();
      size += result.value.length;
      if (size > MAX_ANSWER) throw new Error('the answer was too long');
      if (text.length < MAX_TEXT) text += decoder.decode(result.value, { stream: true }).slice(0, MAX_TEXT);
      if (status !== 200) continue;
      const more = reader.push(result.value);
      items.push(...more);
      if (more.length > 0) onItems?.(more);
    }
  };

  const answer = Promise.race([run(), left])
    .then(
      () => (isCutShort(items, reader.isWhole) ? 'it was cut short' : undefined),
      (error: unknown) => inWords(error),
    )
    .then((reason): Answer => {
      env.clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      const end = given ?? (reason === undefined ? 'whole' : 'failed');
      return {
        end,
        status,
        headers,
        items,
        text,
        headAfter,
        firstAfter,
        endAfter: after(),
        reason: reason ?? '',
      };
    });
  return { answer, stop };
}

/** Whether the connection failed before there was any answer: that happens by chance, too. */
export const wasLost = ({ end, status }: Answer): boolean => end === 'failed' && status === 0;

/** Whether an answer ended inside a record; one that never was a record is whole. */
const isCutShort = (items: readonly AnswerItem[], isWhole: boolean): boolean =>
  !isWhole && items.length > 0 && items.every(({ type }) => type !== 'violation');

/** The address of one request: a parameter that tells the version, and that no cache has seen before. */
export const address = (url: string, env: Environment): string =>
  `${url}${url.includes('?') ? '&' : '?'}holdfast=1.${env.randomId().replace(/\W/g, '').slice(0, 8)}`;

/** Node tells the cause of a failure; a browser keeps it to itself. */
function inWords(error: unknown): string {
  const { cause = error } = error as { cause?: unknown };
  const { code = '', message = String(cause) } = cause as { code?: string; message?: string };
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || message.includes('before secure TLS')) {
    return 'no TLS is spoken there (ws: instead of wss: may be meant)';
  }
  switch (code) {
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name of the host is not known';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
    case 'EPIPE':
      return 'the connection was reset';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to the host';
    case '':
      // All that a browser has to say, each in words of its own.
      return /fetch|NetworkError|Load failed/.test(message) ? 'the browser does not say why' : message;
    default:
      return /CERT|SELF_SIGNED|ISSUER/.test(code) ? `its certificate is not trusted (${code})` : message;
  }
}
