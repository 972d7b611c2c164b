/** What only a client says: it attaches, sends, polls, and tells which probe it saw. */
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { formatCommon, parseCommon, type ParseControl } from './control.ts';
import { checked, isId, number } from './fields.ts';
import type { AttachFrame, CommonFrame, PollFrame, RequestFrame, SendFrame } from './frames.ts';

/** The subprotocol that stands for this version of the protocol. */
export const SUBPROTOCOL = 'holdfast.1';

/** The beginning of the subprotocol token in which an attach rides with the upgrade (PROTOCOL.md §5.1). */
export const ATTACH_TOKEN = 'holdfast.attach.';

/** The token that bounds what the server may send, beside that of the attach. */
const ALLOW_TOKEN = 'holdfast.allow.';

/** The same in a line: no subprotocol has this form. */
const ALLOW_FIELD = 'allow=';

/** The fields of an attach, the application's subprotocols apart. */
const attachFields = (frame: AttachFrame): (string | number)[] => [
  frame.id,
  frame.attempt,
  frame.received,
  toBase64Url(frame.auth) || '-',
];

function parseAttach(
  fields: readonly string[],
  protocols: readonly string[],
  allow: string | undefined,
): AttachFrame | undefined {
  const [id, attempt, received, token = ''] = fields;
  const auth = token === '-' ? '' : fromBase64Url(token);
  if (!isId(id) || auth === undefined) return undefined;
  return checked({
    type: 'attach',
    id,
    attempt: number(attempt),
    received: received === 'new' ? received : number(received),
    auth,
    protocols,
    ...(allow === undefined ? {} : { allow: number(allow) }),
  });
}

/** What a client offers in `Sec-WebSocket-Protocol`: the version, the attach, and the application's own. */
export const offerAttach = (frame: AttachFrame): string[] => [
  SUBPROTOCOL,
  ATTACH_TOKEN + attachFields(frame).join('.'),
  ...(frame.allow === undefined ? [] : [ALLOW_TOKEN + String(frame.allow)]),
  ...frame.protocols,
];

/** What follows a prefix in the first of the words that has it. */
const behind = (prefix: string, words: readonly string[]): string | undefined =>
  words.find((word) => word.startsWith(prefix))?.slice(prefix.length);

/** Reads the attach out of what was offered; undefined if there is none, or if it is malformed. */
export function readOffer(offered: readonly string[]): AttachFrame | undefined {
  const token = behind(ATTACH_TOKEN, offered);
  const protocols = offered.filter((name) => !name.startsWith('holdfast.'));
  return token === undefined
    ? undefined
    : parseAttach(token.split('.'), protocols, behind(ALLOW_TOKEN, offered));
}

const keyField = ({ key }: SendFrame | PollFrame): string => (key ? ` ${key}` : '');

/** Writes an attach. */
export const formatAttach = (frame: AttachFrame): string =>
  [
    'attach',
    ...attachFields(frame),
    ...frame.protocols,
    ...(frame.allow === undefined ? [] : [ALLOW_FIELD + String(frame.allow)]),
  ].join(' ');

/** Writes what a client sends. */
export function formatRequest(frame: RequestFrame | CommonFrame): string {
  switch (frame.type) {
    case 'attach':
      return formatAttach(frame);
    case 'send':
      return `send ${frame.id} ${frame.attempt}${keyField(frame)}`;
    case 'poll':
      return `poll ${frame.id} ${frame.attempt} ${frame.number} ${frame.hold} ${frame.mode}${keyField(frame)}`;
    case 'seen':
      return `seen ${frame.number}`;
    default:
      return formatCommon(frame);
  }
}

/** A key has the form of an id; what has not is none. */
const keyOf = (field: string | undefined): { key?: string } => (isId(field) ? { key: field } : {});

/** Reads what a client sends. */
export const parseRequest: ParseControl<RequestFrame> = (line) => {
  const words = line.split(' ');
  const [word, a, b, c, d, e, f] = words;
  switch (word) {
    case 'attach':
      return parseAttach(
        words.slice(1, 5),
        words.slice(5).filter((field) => !field.includes('=')),
        behind(ALLOW_FIELD, words),
      );
    case 'send':
      return isId(a) ? checked({ type: word, id: a, attempt: number(b), ...keyOf(c) }) : undefined;
    case 'poll':
      if (!isId(a) || (e !== 'stream' && e !== 'poll')) return undefined;
      return checked({
        type: word,
        id: a,
        attempt: number(b),
        number: number(c),
        hold: number(d),
        mode: e,
        ...keyOf(f),
      });
    case 'seen':
      return checked({ type: word, number: number(a) });
    default:
      return parseCommon(line);
  }
};
