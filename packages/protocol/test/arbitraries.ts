/** What fast-check makes for these tests: the fields of frames, strings of every kind, and bytes in every cut. */
import type { CommonFrame } from '@holdfast/protocol';
import fc from 'fast-check';

/** What travels as a number has fifteen digits at most. */
export const MAX_NUMBER = 999_999_999_999_999;

export const numbers = fc.integer({ min: 0, max: MAX_NUMBER });

export const ids = fc.stringMatching(/^[\w-]{22,64}$/);

/** Code points of every plane, but no half of a surrogate pair. */
export const texts = fc.string({ unit: 'binary' });

/** Code units as they come, lone surrogates among them. */
export const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }))
  .map((units) => String.fromCharCode(...units));

export const closeCodes = fc.oneof(
  fc.constantFrom(1000, 1001, 1002, 1003, 1005, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014),
  fc.integer({ min: 3000, max: 4999 }),
);

export const commonFrames: fc.Arbitrary<CommonFrame> = fc.oneof(
  fc.record({ type: fc.constant('ack' as const), received: numbers }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), id: numbers }),
  fc.record({ type: fc.constant('close' as const), code: closeCodes, reason: texts }),
  fc.record({
    type: fc.constant('from' as const),
    seq: fc.integer({ min: 1, max: MAX_NUMBER }),
    offset: numbers,
  }),
);

/** What no field that is a number may be: not decimal, not canonical, not below 2^53, not there. */
export const malformedNumbers = [
  '',
  '-1',
  '+1',
  '01',
  '00',
  '1.0',
  '1e3',
  '0x1',
  '1n',
  '1_000',
  '1,5',
  '1\n',
  '1\r',
  '\t1',
  '٣',
  'NaN',
  'Infinity',
  'undefined',
  'constructor',
  '__proto__',
  '1000000000000000',
  '9'.repeat(400),
];

/** Names that a look-up by a word from the wire would find. */
export const prototypeNames = [
  ...new Set(
    [Object.prototype, Function.prototype].flatMap((prototype) => Object.getOwnPropertyNames(prototype)),
  ),
];

/** Lines that begin like ours and go on as they like. */
export const nearLines = (words: readonly string[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...words, ...words.map((word) => word.toUpperCase()), ...prototypeNames),
      fc.array(
        fc.oneof(
          numbers.map(String),
          ids,
          closeCodes.map(String),
          fc.constantFrom(...malformedNumbers, 'new', 'stream', 'poll', '-', '{}', '{"received":1}', 'null'),
          codeUnits,
          fc.json(),
        ),
        { maxLength: 6 },
      ),
    )
    .map(([word, fields]) => [word, ...fields].join(' '));

/** Bytes, and the places to cut them at. */
export const cutInto = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const ends = places.map((place) => Math.round(place * bytes.length)).sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
};

/** Where to cut: parts of the whole, of which some may be the same. */
export const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
