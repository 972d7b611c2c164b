/** Decoders of lines: what control frames, welcomes, offers, tokens and texts on a WebSocket hold. */
import {
  bytesToBase64Url,
  escapeControl,
  escapeText,
  formatAnswer,
  formatCommon,
  formatRequest,
  fromBase64Url,
  offerAttach,
  parseAnswer,
  parseCommon,
  parseRequest,
  readOffer,
  toBase64Url,
  unescapeText,
} from '@holdfast/protocol';
import { decoder, must, mustBeNumbers, mustBeTexts, mustEqual, type Decoder } from './decoder.ts';
import { textOf } from './mutate.ts';
import { ANSWERS, COMMON, ID, KEY, lineOf, REQUESTS, WORDS } from './said.ts';

/** What is read is read again as the same when it is written; its numbers are such. */
function lines(
  name: string,
  seeds: readonly string[],
  [parse, format]: [
    parse: (line: string) => { readonly type: string } | undefined,
    format: (frame: never) => string,
  ],
): Decoder {
  return decoder(name, seeds, WORDS, (input) => {
    const frame = parse(lineOf(input));
    if (!frame || frame.type === 'unknown') return frame?.type ?? 'malformed';
    mustBeNumbers(frame);
    mustBeTexts(frame);
    mustEqual(parse(format(frame as never)), frame, 'written and read again it is another one');
    return `${frame.type} ${Object.keys(frame).join()}`;
  });
}

const MEMBERS = ['received', 'offset', 'protocol', 'heartbeat', 'maxPayload', 'allow', 'key'];

/** The JSON of a welcome, a value a line. */
const welcomes = decoder(
  'welcomes',
  [`3\n5\n"chat"\n25000\n1000\n9000\n"${KEY}"`, `0\n0\n""\n25000\n1000\n"7"\nnull`],
  [
    '{}',
    '[]',
    '[7]',
    '{"toString":1}',
    '{"toString":null,"valueOf":null}',
    'null',
    'true',
    '-0',
    '1.5',
    '1e21',
    '"',
    '\n',
  ],
  (input) => {
    const values = lineOf(input).split('\n');
    const json = MEMBERS.flatMap((name, i) => (values[i] ? `"${name}":${values[i]}` : []));
    const frame = parseAnswer(`welcome {${json.join()}}`);
    if (frame?.type !== 'welcome') return 'malformed';
    mustBeNumbers(frame);
    mustBeTexts(frame);
    return Object.entries(frame)
      .flatMap(([name, value]) => (value === undefined ? [] : name))
      .join();
  },
);

const offers = decoder(
  'offers of a handshake',
  [
    offerAttach({ type: 'attach', id: ID, attempt: 1, received: 'new', auth: '', protocols: ['chat'] }).join(
      ', ',
    ),
    offerAttach({ type: 'attach', id: ID, attempt: 2, received: 3, auth: 'é', protocols: [], allow: 9 }).join(
      ', ',
    ),
  ],
  ['holdfast.attach.', 'holdfast.allow.', 'holdfast.', '.', ', ', ID],
  (input) => {
    const words = textOf(input)
      .split(',')
      .map((word) => word.trim());
    const frame = readOffer(words);
    if (!frame) return 'none';
    mustBeNumbers(frame);
    must(!frame.protocols.some((name) => name.startsWith('holdfast.')), 'one of ours is the application’s');
    const again = readOffer(offerAttach(frame));
    mustEqual(
      { ...again, allow: frame.allow },
      { ...frame, allow: frame.allow },
      'offered again it is another one',
    );
    return `attach ${String(frame.received === 'new')} ${String(frame.allow === undefined)} ${Math.min(3, frame.protocols.length)}`;
  },
);

const tokens = decoder(
  'base64url',
  ['dG9rZW4', 'w6k', '-_8', ''],
  ['=', '+', '/', '-', '_', '\xff'],
  (input) => {
    const text = fromBase64Url(textOf(input));
    mustEqual(fromBase64Url(toBase64Url(lineOf(input))), lineOf(input), 'a text is not what it was');
    bytesToBase64Url(input);
    if (text === undefined) return 'none';
    mustEqual(fromBase64Url(toBase64Url(text)), text, 'written and read again it is another one');
    return 'text';
  },
);

const escapes = decoder(
  'texts on a WebSocket',
  ['hello', '\x10ack 1', '\x10\x10twice'],
  ['\x10'],
  (input) => {
    const text = lineOf(input);
    mustEqual(unescapeText(escapeText(text)), { text }, 'a text is not what it was');
    const read = unescapeText(text);
    if ('text' in read) return read.text === text ? 'text' : 'escaped';
    mustEqual(escapeControl(read.control), text, 'a line is not what it was');
    return 'control';
  },
);

export const lineDecoders: readonly Decoder[] = [
  lines('lines of clients', [...REQUESTS, ...COMMON], [parseRequest, formatRequest]),
  lines('lines of servers', [...ANSWERS, ...COMMON], [parseAnswer, formatAnswer]),
  welcomes,
  lines('lines of both', COMMON, [parseCommon, formatCommon]),
  offers,
  tokens,
  escapes,
];
