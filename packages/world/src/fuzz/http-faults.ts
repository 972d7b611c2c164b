/** Faults of the requests that bring frames. */
import { controlRecord } from '@holdfast/protocol';
import type { Random } from '../random.ts';
import { ANNE, BOUNDS, KEY, MALLORY, record, TOKENS, varint } from './besieged.ts';
import { attachFaults } from './attach-faults.ts';
import type { Fault } from './faults.ts';
import { chunked, framingFaults, saying, TARGET } from './framing-faults.ts';
import { textOf } from './mutate.ts';
import { post, request, upgrade } from './say.ts';

const line = (text: string): string => textOf(controlRecord(text));
const attach = (attempt = 1, received: string | number = 'new', id = MALLORY): string =>
  line(`attach ${id} ${attempt} ${received} ${TOKENS.mallory}`);
const send = (...records: string[]): string => post(line(`send ${MALLORY} 1 ${KEY}`) + records.join(''));
const poll = (number: number, ...records: string[]): string =>
  post(line(`poll ${MALLORY} 1 ${number} 1 poll ${KEY}`) + records.join(''));
const from = (seq: number, offset = 0): string => line(`from ${seq} ${offset}`);
const body = attach();

const HEAD: Fault[] = [
  {
    name: 'a head that is overlong',
    row: 'a head, or extensions of chunks, beyond what Node reads (`maxHeaderSize`, 16 KiB)',
    answer: '431',
    steps: () => saying(request(TARGET, [`X: ${'x'.repeat(BOUNDS.maxHeaderSize)}`])),
  },
  {
    name: 'chunk extensions without end',
    row: 'a head, or extensions of chunks, beyond what Node reads (`maxHeaderSize`, 16 KiB)',
    answer: '413',
    steps: () =>
      saying(request(TARGET, ['Transfer-Encoding: chunked'], chunked(body, `;${'x'.repeat(20_000)}`))),
  },
  {
    name: 'a chunk extension',
    row: 'a chunk extension; fields and parameters that nobody knows',
    answer: 'welcome',
    steps: () => saying(request(TARGET, ['Transfer-Encoding: chunked'], chunked(body, ';a="b"'))),
  },
  {
    name: 'fields and parameters that are called as what objects have',
    row: 'a chunk extension; fields and parameters that nobody knows',
    answer: 'welcome',
    steps: () =>
      saying(
        post(
          attach(),
          ['__proto__: x', 'constructor: y', 'toString: z', 'hasOwnProperty: 1'],
          '/live?__proto__[admin]=1&constructor=2&holdfast=1.abc',
        ),
      ),
  },
  {
    name: 'a request behind the body of another',
    row: 'a request behind the body of another one, on the same connection: it is a request like all others',
    answer: 'gone',
    steps: () => saying(post(attach()) + post(line(`send ${ANNE} 1`))),
  },
  {
    name: 'an expectation that nobody can meet',
    row: 'an expectation other than `100-continue`',
    answer: '417',
    steps: () => saying(post(body, ['Expect: a-miracle'])),
  },
  {
    name: 'another method',
    row: 'another method than POST',
    answer: '405',
    steps: (random) =>
      saying(
        request(
          `${random.pick(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])} /live?holdfast=1.x HTTP/1.1`,
          [],
        ),
      ),
  },
  {
    name: 'a page of another origin',
    row: 'a page of another origin',
    answer: '403',
    steps: (random) =>
      saying(
        post(body, [
          `Origin: ${random.pick(['https://evil.example', 'null', 'http://server.evil', '', '\xff'])}`,
        ]),
      ),
  },
];

const FORM =
  'a body that does not begin with `attach`, `send` or `poll` in order, or is no run of whole records';
const form = (name: string, make: (random: Random) => string): Fault => ({
  ...{ name, row: FORM, answer: '400' },
  steps: (random) => saying(post(make(random))),
});
const bodies: Fault[] = [
  form('an empty body', () => ''),
  form('a truncated body', (random) => attach().slice(0, -random.between(1, attach().length))),
  form('a record that is shorter than it says', () => attach() + String.fromCharCode(...varint(800))),
  form('a kind of record that there is not', (random) => String.fromCharCode(random.between(5, 7))),
  form('a length without end', (random) => '\xff'.repeat(random.between(7, 64))),
  form('more records than there may be', () => attach() + from(1) + '\x00'.repeat(BOUNDS.maxBatch - 128)),
  form('a message first', () => record('hello')),
  form('an acknowledgement first', () => line('ack 1')),
  form('a word that nobody knows first', (random) =>
    line(random.pick(['__proto__', 'constructor', 'toString 1', 'ATTACH', 'hello', '\x10attach'])),
  ),
  form('an id that is none', (random) =>
    attach(
      1,
      'new',
      random.pick([
        'short',
        '__proto__',
        'x'.repeat(65),
        `${MALLORY}/`,
        'é'.repeat(22),
        `${'a'.repeat(22)}\n`,
      ]),
    ),
  ),
  form('invalid UTF-8 in an id', () => rawLine(`attach ${'\xff\xfe'.repeat(12)} 1 new -`)),
  form('an attempt that is no number', (random) =>
    line(
      `attach ${MALLORY} ${random.pick(['-1', '01', '1e3', '0x1', 'NaN', '1.0', '', '9999999999999999'])} new -`,
    ),
  ),
  form('a token that is no base64url of UTF-8', (random) =>
    line(`attach ${MALLORY} 1 new ${random.pick(['!', 'a', '_w', '_v8', '===='])}`),
  ),
  form('a poll without a mode', () => line(`poll ${MALLORY} 1 1 1000 __proto__`)),
];

/** A line whose bytes are as they are. */
const rawLine = (text: string): string => String.fromCharCode(...varint(text.length * 8 + 4)) + text;

const SIZE: Fault[] = [
  {
    name: 'a body that is overlong, and says so',
    row: 'a body of more than `maxBatch`',
    answer: '413',
    steps: () => saying(post(attach() + 'x'.repeat(BOUNDS.maxBatch))),
  },
  {
    name: 'a body in chunks that is overlong',
    row: 'a body of more than `maxBatch`',
    answer: '413',
    steps: () =>
      saying(request(TARGET, ['Transfer-Encoding: chunked'], chunked('x'.repeat(BOUNDS.maxBatch + 1)))),
  },
  {
    name: 'a compressed body',
    row: 'a body with a `Content-Encoding`: it is never unpacked, whatever it would come to',
    answer: '400',
    steps: () =>
      saying(post('\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xed\xc1\x01\x01', ['Content-Encoding: gzip'])),
  },
  {
    name: 'a token that is overlong',
    row: 'a token or subprotocols of more than `maxOffer`, over HTTP',
    answer: 'refused 1009',
    steps: () => saying(post(line(`attach ${MALLORY} 1 new ${'YWxp'.repeat(BOUNDS.maxOffer / 2)}`))),
  },
];

const order: Fault[] = [
  {
    name: 'a replayed attach',
    row: 'a replayed attach, poll or `send`: each message is taken once',
    answer: 'welcome',
    delivers: ['once'],
    steps: () => saying(...Array<string>(3).fill(post(attach() + from(1) + record('once')))),
  },
  {
    name: 'a replayed send',
    row: 'a replayed attach, poll or `send`: each message is taken once',
    answer: 'ack',
    delivers: ['once'],
    steps: () => saying(post(attach()), send(from(1), record('once')), send(from(1), record('once'))),
  },
  {
    name: 'a replayed poll',
    row: 'a replayed attach, poll or `send`: each message is taken once',
    answer: 'batch',
    steps: () => saying(post(attach()), send(from(1), record('once')), poll(1), poll(1)),
  },
  {
    name: 'reordered batches, and parts that are cut anew: each message is taken once, in order',
    row: 'reordered batches, and parts that are cut anew: each message is taken once, in order',
    answer: 'ack',
    delivers: ['1', '2', '3'],
    steps: () =>
      saying(
        post(attach()),
        send(from(3), record('3')),
        send(from(2), record('2')),
        send(from(1), record('1')),
        send(from(3), record('3')),
      ),
  },
  {
    name: 'a batch cut anew, whose parts overlap',
    row: 'reordered batches, and parts that are cut anew: each message is taken once, in order',
    answer: 'ack',
    delivers: ['abcdef'],
    steps: () =>
      saying(
        post(attach()),
        send(from(1), part('abcd')),
        send(from(1, 2), part('cd'), record('ef')),
        send(from(1, 1), record('bcdef')),
      ),
  },
  {
    name: 'five batches ahead of one that never comes',
    row: 'more than 4 batches ahead of a missing one',
    answer: '409',
    steps: () => saying(post(attach()), ...[2, 3, 4, 5, 6].map((seq) => send(from(seq), record('ahead')))),
  },
  {
    name: 'a poll out of turn',
    row: 'a poll whose number is neither the next one nor the last',
    answer: '409',
    steps: (random) => saying(post(attach()), poll(1), poll(random.pick([3, 7, 999_999_999_999_999]))),
  },
  {
    name: 'more requests at once than there may be',
    row: 'more than `maxRequests` requests of a session',
    answer: '429',
    steps: () =>
      saying(post(attach()), ...Array<string>(9).fill(post(line(`poll ${MALLORY} 1 1 9000 poll ${KEY}`)))),
  },
];

const part = (text: string): string => String.fromCharCode(...varint(text.length * 8 + 2)) + text;

export const httpFaults: readonly Fault[] = [
  ...framingFaults,
  ...HEAD,
  ...bodies,
  ...SIZE,
  ...order,
  ...attachFaults,
  {
    name: 'a handshake that is no GET',
    row: 'a handshake that is none of RFC 6455',
    answer: '405',
    steps: () => saying(upgrade([]).replace('GET', 'POST')),
  },
];
