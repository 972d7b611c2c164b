/** Faults of what a session says, the same over HTTP and over WebSocket: each scene is played over both. */
import { controlRecord } from '@holdfast/protocol';
import type { Random } from '../random.ts';
import { BOUNDS, KEY, MALLORY, record, TOKENS, varint } from './besieged.ts';
import type { Fault } from './faults.ts';
import { textOf } from './mutate.ts';
import { attachOffer, framed, post, upgrade } from './say.ts';

interface Said {
  readonly line?: string;
  readonly text?: string;
  /** Bytes that are a line, as they are. */
  readonly raw?: string;
}

/** As records of a body. */
const asRecords = (said: readonly Said[]): string =>
  said
    .map(({ line, text, raw }) => {
      if (text !== undefined) return record(text);
      if (raw !== undefined) return String.fromCharCode(...varint(raw.length * 8 + 4)) + raw;
      return textOf(controlRecord(line ?? ''));
    })
    .join('');

/** As text messages. */
const asFrames = (said: readonly Said[]): string =>
  said.map(({ line, text, raw }) => framed(1, text ?? `\x10${raw ?? line ?? ''}`)).join('');

/** The handshake of the stranger. */
export const opening = (attempt: number | string = 1, received: number | string = 'new'): string =>
  upgrade([`Sec-WebSocket-Protocol: ${attachOffer(MALLORY, attempt, received, TOKENS.mallory)}`]);

const attach = textOf(controlRecord(`attach ${MALLORY} 1 new ${TOKENS.mallory}`));
const head = textOf(controlRecord(`send ${MALLORY} 1 ${KEY}`)) + textOf(controlRecord('from 1 0'));

/** A fault, over both; what comes behind it shows whether the session goes on. */
function both(
  name: string,
  row: string,
  answer: string,
  make: (random: Random) => readonly Said[],
  delivers?: readonly string[],
): Fault[] {
  const rest = delivers ? { delivers } : {};
  return [
    {
      ...{ name: `${name}, over HTTP`, row, answer: answer === 'pong' ? 'ack' : answer, ...rest },
      steps: (random) => [
        { on: 0, say: post(attach) },
        { on: 1, say: post(head + asRecords(make(random))) },
        // How it ended is told to whoever comes later, too.
        ...(answer === 'pong' ? [] : [{ on: 2, say: post(head) }]),
      ],
    },
    {
      ...{ name: `${name}, over WebSocket`, row, answer, ...rest },
      steps: (random) => [
        { on: 0, say: opening() },
        { on: 0, say: asFrames([...make(random), { line: 'ping 7' }]) },
      ],
    },
  ];
}

export const TOO_LONG = 'a message of more than `maxPayload`';
const MALFORMED = 'a control frame that the server knows, with fields that it must not have';
const malformed: readonly (readonly [word: string, lines: readonly [string, ...string[]]])[] = [
  ['ack', ['ack', 'ack -1', 'ack 01', 'ack 1e3', 'ack 9999999999999999', 'ack __proto__']],
  ['ping', ['ping', 'ping x', 'pong -1', 'pong 1.5']],
  ['allow', ['allow', 'allow Infinity', 'allow -5']],
  [
    'close',
    ['close', 'close 1006 x', 'close 1004 x', 'close 999 x', 'close 5000 x', 'close 0', 'close constructor'],
  ],
  ['attach', ['attach', 'attach short 1 new -', `attach ${MALLORY} x new -`]],
];

export const messageFaults: readonly Fault[] = [
  ...malformed.flatMap(([word, lines]) =>
    both(`a malformed ${word}`, MALFORMED, 'refused 1002', (random) => [{ line: random.pick(lines) }]),
  ),
  ...both(
    'an acknowledgement from the future',
    'an acknowledgement of what was never sent',
    'refused 1002',
    (random) => [{ line: `ack ${random.pick([1, 2, 64, 999_999_999_999_999])}` }],
  ),
  ...both('a text that is not UTF-8', 'a text that is not UTF-8', 'refused 1007', (random) => [
    {
      text: random.pick([
        '\xff',
        '\xc0\x80',
        '\xed\xa0\x80',
        '\xf4\x90\x80\x80',
        'cut \xe2\x82',
        '\x80',
        '\xf8\x88\x80\x80\x80',
      ]),
    },
  ]),
  ...both('a message that is overlong', TOO_LONG, 'refused 1009', (random) => [
    { text: 'x'.repeat(BOUNDS.maxPayload + random.between(2, 99)) },
  ]).filter(({ name }) => name.endsWith('HTTP')),
  {
    // `ws` has closed the WebSocket by then: its client hears it when it comes back.
    name: 'a message that is overlong, over WebSocket',
    row: TOO_LONG,
    answer: 'refused 1009',
    steps: (random) => [
      { on: 0, say: opening() },
      { on: 0, say: framed(1, 'x'.repeat(BOUNDS.maxPayload + random.between(2, 99))) },
      { on: 1, say: opening(2, 0) },
    ],
  },
  ...both(
    'more than an application that does not read has room for',
    'messages beyond what the server has allowed',
    'refused 1008',
    () => [{ text: 'pause' }, ...Array<Said>(66).fill({ text: 'x'.repeat(BOUNDS.maxPayload) })],
  ).filter(({ name }) => name.endsWith('WebSocket')),
  ...both(
    'words that nobody knows, called as what objects have',
    'a word that the server does not know, fields beyond those that it knows, a word of the other transport’s',
    'pong',
    (random) => [
      {
        line: random.pick([
          '__proto__',
          'constructor 1',
          'toString',
          'hasOwnProperty x',
          'valueOf',
          'ACK 1',
          '',
          ' ',
        ]),
      },
      { raw: random.pick(['\xff\xfe', 'w\x00rd', '\xed\xa0\x80']) },
      { line: 'ping 1 2 3' },
      { line: 'seen 999999' },
      { text: 'goes on' },
    ],
    ['goes on'],
  ),
  ...both(
    'messages that are called as what objects have',
    'names that objects have anyway (`__proto__`), as a message or a subprotocol',
    'pong',
    () => ['__proto__', 'constructor', '{"__proto__":{"x":1}}', '\x00', ''].map((text) => ({ text })),
    ['__proto__', 'constructor', '{"__proto__":{"x":1}}', '\x00', ''],
  ),
  {
    name: 'words behind a close',
    row: 'anything behind a `close`',
    answer: 'ack',
    delivers: ['before'],
    steps: () => [
      { on: 0, say: opening() },
      {
        on: 0,
        say: asFrames([
          { text: 'before' },
          { line: 'close 1000 bye' },
          { text: 'after' },
          { line: 'ack 99' },
        ]),
      },
    ],
  },
  {
    name: 'a message before its number',
    row: 'a message or a `close` before the first `from` of a body, or beyond the next number there',
    answer: 'refused 1002',
    steps: (random) => [
      {
        on: 0,
        say: post(
          attach +
            random.pick([
              record('where?'),
              asRecords([{ line: 'close 1000 ' }]),
              asRecords([{ line: 'from 3 0' }, { text: 'gap' }]),
            ]),
        ),
      },
    ],
  },
  {
    name: 'an attach inside a body',
    row: 'an `attach`, `send` or `poll` inside a body',
    answer: 'refused 1002',
    steps: (random) => [
      {
        on: 0,
        say: post(
          attach +
            asRecords([
              {
                line: random.pick([
                  `attach ${MALLORY} 2 0 -`,
                  `send ${MALLORY} 1`,
                  `poll ${MALLORY} 1 1 9 poll`,
                ]),
              },
            ]),
        ),
      },
    ],
  },
];
