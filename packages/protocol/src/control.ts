/**
 * Control frames as lines of text (PROTOCOL.md §3.2): a word, then its fields, separated by spaces. Readable in a
 * browser's network panel, and the same over WebSocket and over HTTP. Here: the words of both ends; what only a
 * client says is in `requests.ts`, what only a server says in `answers.ts`.
 */
import { checked, isCloseCode, number } from './fields.ts';
import type { CommonFrame } from './frames.ts';

/** A word that this version does not know: ignored, so that later versions can add some. */
export interface UnknownFrame {
  readonly type: 'unknown';
}

/** Reads a line; undefined when a word that we know has fields that it must not have. */
export type ParseControl<F> = (line: string) => F | CommonFrame | UnknownFrame | undefined;

/** Writes a frame as its line. */
export function formatCommon(frame: CommonFrame): string {
  switch (frame.type) {
    case 'ack':
      return `ack ${frame.received}`;
    case 'ping':
    case 'pong':
      return `${frame.type} ${frame.id}`;
    case 'allow':
      return `allow ${frame.total}`;
    case 'close':
      return `close ${frame.code} ${frame.reason}`;
    case 'from':
      return `from ${frame.seq} ${frame.offset}`;
  }
}

/** Reads the words of both ends. */
export const parseCommon: ParseControl<never> = (line) => {
  const [word, a, b] = line.split(' ');
  switch (word) {
    case 'ack':
      return checked({ type: word, received: number(a) });
    case 'ping':
    case 'pong':
      return checked({ type: word, id: number(a) });
    case 'allow':
      return checked({ type: word, total: number(a) });
    case 'close':
      return parseClose(word, line);
    case 'from':
      return a === '0' ? undefined : checked({ type: word, seq: number(a), offset: number(b) });
    default:
      return { type: 'unknown' };
  }
};

/** A word, a close code, and a reason that may hold spaces: the form of `close` and `refused`. */
export function parseClose<T extends string>(type: T, line: string) {
  const [, a = '', ...reason] = line.split(' ');
  const code = number(a);
  return isCloseCode(code) ? { type, code, reason: reason.join(' ') } : undefined;
}
