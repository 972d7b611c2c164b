/** Faults of handshakes, of the frames of RFC 6455, and of attaches on a WebSocket. */
import { deflateRawSync } from 'node:zlib';
import type { Random } from '../random.ts';
import { ALICE, BOUNDS, MALLORY, TOKENS, type Step } from './besieged.ts';
import { WHOSE, WRONG } from './attach-faults.ts';
import type { Fault } from './faults.ts';
import { opening, TOO_LONG } from './message-faults.ts';
import { attachOffer, framed, request, upgrade } from './say.ts';

const offer = (tokens: string): string => upgrade([`Sec-WebSocket-Protocol: ${tokens}`]);

const HANDSHAKE = 'a handshake that is none of RFC 6455';
const handshake = (
  name: string,
  answer: string,
  make: (random: Random) => string,
  row = HANDSHAKE,
): Fault => ({
  ...{ name, row, answer },
  steps: (random) => [{ on: 0, say: make(random) }],
});

const ATTACH = 'an upgrade with `holdfast.1` and without an attach, or with a malformed one';
const handshakes: Fault[] = [
  handshake('a handshake of another version', '400', (random) =>
    upgrade([]).replace('Version: 13', `Version: ${random.pick(['12', '14', 'x', '-1', '1.3'])}`),
  ),
  handshake('a handshake without a key', '400', () => upgrade([]).replace(/Sec-WebSocket-Key.*\r\n/, '')),
  handshake('a handshake with a key that is none', '400', (random) =>
    upgrade([]).replace('dGhlIHNhbXBsZSBub25jZQ==', random.pick(['', 'x', '='.repeat(24), '__proto__'])),
  ),
  handshake('an upgrade to something else', '400', () => upgrade([]).replace('websocket', 'h2c')),
  handshake('an offer that is no list of tokens', '400', (random) =>
    offer(`holdfast.1, ${random.pick(['a b', 'a,,b', 'a, a', '(', ','])}`),
  ),
  handshake(
    'an upgrade of a page of another origin',
    '403',
    () => upgrade(['Origin: https://evil.example']),
    'a page of another origin',
  ),
  handshake(
    'an offer that is overlong',
    '431',
    () => offer(`holdfast.1, ${'x'.repeat(BOUNDS.maxOffer)}`),
    '`Sec-WebSocket-Protocol` of more than `maxOffer`',
  ),
  handshake('an upgrade without an attach', 'refused 1002', () => offer('holdfast.1, chat'), ATTACH),
  handshake(
    'an upgrade with a malformed attach',
    'refused 1002',
    (random) =>
      offer(
        `holdfast.1, holdfast.attach.${random.pick(['', '__proto__.1.new.-', `${MALLORY}.x.new.-`, `${MALLORY}.1.old.-`, `${MALLORY}.1.new.!`, MALLORY, `${'x'.repeat(65)}.1.new.-`])}`,
      ),
    ATTACH,
  ),
  handshake(
    'subprotocols that are called as what objects have',
    'welcome',
    () =>
      offer(
        `${attachOffer(MALLORY, 1, 'new', TOKENS.mallory)}, __proto__, constructor, toString, holdfast.other`,
      ),
    'names that objects have anyway (`__proto__`), as a message or a subprotocol',
  ),
];

const attaches: Fault[] = [
  handshake(
    'an upgrade for somebody else’s session',
    'gone',
    (random) =>
      offer(
        attachOffer(
          ALICE,
          random.pick([0, 1, 2, 999_999_999_999_999]),
          random.pick<string | number>(['new', 0, 1]),
          TOKENS.mallory,
        ),
      ),
    WHOSE,
  ),
  {
    name: 'a claim to somebody else’s session',
    row: WHOSE,
    answer: 'gone',
    steps: () => [
      { on: 0, say: opening(0, 0) },
      { on: 0, say: framed(1, `\x10attach ${ALICE} 9 0 ${TOKENS.mallory}`) },
    ],
  },
  {
    name: 'a duplicate attach on a second WebSocket',
    row: WRONG,
    answer: 'superseded',
    steps: () => [
      { on: 0, say: opening(1) },
      { on: 1, say: opening(1) },
    ],
  },
  {
    name: 'a claim with the wrong attempt',
    row: WRONG,
    answer: 'superseded',
    steps: (random) => [
      { on: 0, say: opening(5) },
      { on: 0, say: framed(1, `\x10attach ${MALLORY} ${random.between(0, 5)} 0 ${TOKENS.mallory}`) },
    ],
  },
  {
    name: 'words on a WebSocket that was superseded',
    row: 'what a transport says that does not carry the session any more',
    answer: 'superseded',
    delivers: ['mine'],
    steps: () => [
      { on: 1, say: opening(1) },
      { on: 0, say: opening(2, 0) },
      { on: 1, say: framed(1, 'late') + framed(1, '\x10ack 99') + framed(1, '\x10close 1000 ') },
      { on: 0, say: framed(1, 'mine') },
      { on: 2, say: opening(1) },
    ],
  },
  {
    name: 'an upgrade for a session that there never was',
    row: 'a session that the server does not know',
    answer: 'gone',
    steps: (random) => [{ on: 0, say: opening(random.pick([0, 1, 7]), random.between(0, 9)) }],
  },
  {
    name: 'an upgrade that has received what was never sent',
    row: 'an attach that claims to have received what was never sent',
    answer: 'gone',
    steps: (random) => [
      { on: 0, say: opening(1) },
      { on: 1, say: opening(2, random.pick([1, 99, 999_999_999_999_999])) },
    ],
  },
];

const FRAME = 'a frame that RFC 6455 forbids: that WebSocket ends, and the session goes on elsewhere';
const frame = (name: string, answer: string, make: (random: Random) => string, row = FRAME): Fault => ({
  ...{ name, row, answer },
  steps: (random): Step[] => [
    { on: 0, say: opening() },
    { on: 0, say: make(random) },
  ],
});

/** The session ends: its client hears it when it comes back. */
const comesBack = (fault: Fault): Fault => ({
  ...fault,
  steps: (random) => [...fault.steps(random), { on: 1, say: opening(2, 0) }],
});

const frames: Fault[] = [
  frame('a frame that is not masked', 'close 1002', () => framed(1, 'hello', { masked: false })),
  frame('a frame with reserved bits', 'close 1002', (random) =>
    framed(1, 'hello', { rsv: random.between(1, 7) }),
  ),
  frame('a frame with a reserved opcode', 'close 1002', (random) =>
    framed(random.pick([3, 4, 5, 6, 7, 11, 15]), 'x'),
  ),
  frame('a control frame in fragments', 'close 1002', (random) =>
    framed(random.between(8, 10), 'x', { fin: false }),
  ),
  frame('a control frame that is overlong', 'close 1002', (random) =>
    framed(random.between(8, 10), 'x'.repeat(126)),
  ),
  frame('a continuation of nothing', 'close 1002', () => framed(0, 'x')),
  frame('a message inside another one', 'close 1002', () => framed(1, 'x', { fin: false }) + framed(1, 'y')),
  frame('a close of one byte', 'close 1002', () => framed(8, 'x')),
  frame('a close with a code that there is not', 'close 1002', (random) =>
    framed(8, random.pick(['\x00\x00', '\x03\xe7', '\x03\xee', '\x03\xed', '\xff\xff', '\x13\x88'])),
  ),
  frame(
    'more fragments than there may be',
    'close 1008',
    () => framed(1, '', { fin: false }) + framed(0, '', { fin: false }).repeat(16_400),
    'more fragments than `maxFragments`: that WebSocket ends, and the session goes on elsewhere',
  ),
  ...[
    frame(
      'a frame that is announced overlong',
      'refused 1009',
      (random) =>
        framed(1, 'x', {
          length: random.pick([
            BigInt(BOUNDS.maxPayload + 2),
            2n ** 31n,
            2n ** 53n - 1n,
            2n ** 63n,
            2n ** 64n - 1n,
          ]),
        }),
      TOO_LONG,
    ),
    frame(
      'fragments that are overlong together',
      'refused 1009',
      () => framed(2, 'x'.repeat(9000), { fin: false }) + framed(0, 'y'.repeat(9000)),
      TOO_LONG,
    ),
  ].map(comesBack),
  handshake(
    'a request inside a WebSocket',
    'close 1002',
    () => opening() + request('GET /admin HTTP/1.1', []),
    FRAME,
  ),
];

const extension = (value: string): string =>
  upgrade([
    `Sec-WebSocket-Extensions: ${value}`,
    `Sec-WebSocket-Protocol: ${attachOffer(MALLORY, 1, 'new', TOKENS.mallory)}`,
  ]);
const packed = (name: string, answer: string, row: string, make: () => string): Fault => ({
  ...{ name, row, answer, isCompressed: true },
  steps: () => [
    { on: 0, say: extension('permessage-deflate') },
    { on: 0, say: make(), end: 'theirs' },
  ],
});
const deflated = (text: string): string => deflateRawSync(Buffer.from(text), { level: 9 }).toString('latin1');

/** Where WebSockets may be compressed (`perMessageDeflate`). */
const compressed: Fault[] = [
  comesBack(
    packed('a decompression bomb', 'refused 1009', TOO_LONG, () =>
      framed(1, deflated('\0'.repeat(2 ** 24)), { rsv: 4 }),
    ),
  ),
  comesBack(
    packed('a decompression bomb in fragments', 'refused 1009', TOO_LONG, () => {
      const bomb = deflated('\0'.repeat(2 ** 24));
      return framed(1, bomb.slice(0, 99), { rsv: 4, fin: false }) + framed(0, bomb.slice(99));
    }),
  ),
  packed(
    'compressed bytes that are none',
    'close 1007',
    'compressed bytes that are none: that WebSocket ends, and the session goes on elsewhere',
    () => framed(1, '\xff\xff\xff\xff', { rsv: 4 }),
  ),
  packed('a control frame that is compressed', 'close 1002', FRAME, () => framed(9, 'x', { rsv: 4 })),
  {
    name: 'extensions that are none',
    row: HANDSHAKE,
    answer: '400',
    isCompressed: true,
    steps: (random) => [
      {
        on: 0,
        say: extension(
          random.pick([
            'permessage-deflate; =',
            'permessage-deflate; __proto__',
            'permessage-deflate; server_max_window_bits=99',
            'permessage-deflate; server_max_window_bits; server_max_window_bits',
            ',',
            '(',
          ]),
        ),
      },
    ],
  },
];

export const webSocketFaults: readonly Fault[] = [...handshakes, ...attaches, ...frames, ...compressed];
