/** Faults of HTTP’s own framing: what one server takes for a body, another one may take for a request (RFC 9112 §11.2). */
import { controlRecord } from '@holdfast/protocol';
import { MALLORY, OWN_PATH, TOKENS, type Step } from './besieged.ts';
import type { Fault } from './faults.ts';
import { textOf } from './mutate.ts';
import { request } from './say.ts';

/** Some bytes, on a connection of their own each. */
export const saying = (...all: string[]): Step[] => all.map((say, on) => ({ on, say }));
/** A body in one chunk. */
export const chunked = (text: string, extension = ''): string =>
  `${text.length.toString(16)}${extension}\r\n${text}\r\n0\r\n\r\n`;
export const TARGET = 'POST /live?holdfast=1.abc HTTP/1.1';
const SMUGGLED = `GET ${OWN_PATH} HTTP/1.1\r\nHost: server\r\n\r\n`;
const body = textOf(controlRecord(`attach ${MALLORY} 1 new ${TOKENS.mallory}`));

const FRAMING = 'a request whose length is told twice, or in a way that another server may read differently';
const framing = (name: string, fields: string[], text: string, first = TARGET): Fault => ({
  ...{ name, row: FRAMING, answer: '400' },
  steps: () => saying(request(first, fields, text)),
});
export const framingFaults: readonly Fault[] = [
  framing(
    'a Content-Length beside a Transfer-Encoding',
    ['Content-Length: 6', 'Transfer-Encoding: chunked'],
    `0\r\n\r\n${SMUGGLED}`,
  ),
  framing(
    'a Transfer-Encoding beside a Content-Length',
    ['Transfer-Encoding: chunked', `Content-Length: ${body.length}`],
    chunked(body),
  ),
  framing(
    'two lengths that differ',
    ['Content-Length: 0', `Content-Length: ${body.length}`],
    body + SMUGGLED,
  ),
  framing('two lengths that are the same', Array<string>(2).fill(`Content-Length: ${body.length}`), body),
  framing('a length with a sign', [`Content-Length: +${body.length}`], body),
  framing('a length that is hexadecimal', ['Content-Length: 0x10'], body),
  framing('a length beyond all numbers', ['Content-Length: 99999999999999999999'], body),
  framing('an encoding that is only like chunked', ['Transfer-Encoding: xchunked'], chunked(body)),
  framing('chunked that is not the last encoding', ['Transfer-Encoding: chunked, identity'], chunked(body)),
  framing('a space before the colon', ['Transfer-Encoding : chunked'], chunked(body)),
  framing('a tab in the encoding', ['Transfer-Encoding: \x0bchunked'], chunked(body)),
  framing('a bare LF', [`X: y\nContent-Length: ${body.length}`], body),
  framing('a bare CR', [`X: y\rContent-Length: ${body.length}`], body),
  framing('a folded line', ['X: y', ' z', `Content-Length: ${body.length}`], body),
  framing('a NUL in a field', [`X: a\x00b`, `Content-Length: ${body.length}`], body),
  framing('a chunk whose size is none', ['Transfer-Encoding: chunked'], `x\r\n${body}\r\n0\r\n\r\n`),
  framing(
    'a chunk whose size is beyond all numbers',
    ['Transfer-Encoding: chunked'],
    `ffffffffffffffffff\r\n${body}\r\n0\r\n\r\n`,
  ),
  framing('a chunk that is longer than it says', ['Transfer-Encoding: chunked'], `3\r\n${body}\r\n0\r\n\r\n`),
  framing('no version', ['Content-Length: 0'], '', 'POST /live?holdfast=1.abc'),
  framing('a version that nobody knows', ['Content-Length: 0'], '', 'POST /live?holdfast=1.abc HTTP/9.9'),
  framing('a space in the address', ['Content-Length: 0'], '', 'POST /live?holdfast=1.abc x HTTP/1.1'),
  {
    name: 'no host',
    row: FRAMING,
    answer: '400',
    steps: () => saying(`${TARGET}\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
  },
  {
    name: 'bytes that are no HTTP',
    row: FRAMING,
    answer: '400',
    steps: (random) =>
      saying(String.fromCharCode(...Array.from({ length: 64 }, () => random.between(128, 255)))),
  },
];
