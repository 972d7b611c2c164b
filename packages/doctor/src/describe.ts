/** An answer that is not the one hoped for, in words. */
import { inTime } from './finding.ts';
import type { Answer } from './post.ts';

/** What came instead, as the end of a sentence that begins with what was asked. */
export function describe(answer: Answer): string {
  const { end, status, headers, endAfter, reason } = answer;
  if (end === 'stopped') return 'was given up';
  if (end === 'silent') return `was not answered within ${inTime(endAfter)}`;
  if (status === 0) return `failed: ${reason}`;
  const server = headers.get('server');
  if (status !== 200) return `was answered ${status}${server ? ` by ${server}` : ''}`;
  if (end === 'failed') return `was cut off after ${inTime(endAfter)}`;
  return 'was answered with something that is none of the protocol';
}

/** Whether it is a page for people. */
export const isPage = ({ headers, text }: Answer): boolean =>
  (headers.get('content-type') ?? '').includes('html') || /^\s*<(!doctype|html|head|body)/i.test(text);

/** The title of a page, if it has one. */
export const titleOf = ({ text }: Answer): string =>
  /<title[^>]*>([^<]{1,80})/i.exec(text)?.[1]?.trim() ?? '';

/** Whether a `send` arrived, and the server says so. */
export const isTaken = ({ status, end, items }: Answer): boolean =>
  status === 200 && end === 'whole' && items[0]?.type === 'ack';

/** Whether the server does not know the session, which it knew a moment ago. */
export const isElsewhere = ({ status, items }: Answer): boolean =>
  status === 200 && items[0]?.type === 'gone';
