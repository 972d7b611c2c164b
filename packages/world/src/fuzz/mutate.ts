/** Bytes made wrong, a little at a time, and made small again while they fail. */
import type { Random } from '../random.ts';

/** Longer inputs say nothing that shorter ones do not. */
const MAX_LENGTH = 2048;
/** Edits of one input. */
const MAX_EDITS = 4;
/** Runs that are tried at most to make an input small. */
const MAX_RUNS = 3000;

/** What is wrong in most formats somewhere: ends of ranges, names that objects have anyway, text that is none. */
const HOSTILE: readonly string[] = [
  '0',
  '-1',
  '01',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  '9007199254740993',
  '999999999999999',
  '1000000000000000',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '{"toString":1}',
  '\x00',
  '\x10',
  '\x7f',
  '\r\n',
  '\n',
  ' ',
  '  ',
  ',',
  '\xff',
  '\xc0\x80',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xe2\x82',
  '\xff\xff\xff\xff\xff\xff\x7f',
];

/** Bytes of a text whose characters are bytes. */
export const bytesOf = (latin1: string): Uint8Array => Uint8Array.from(Buffer.from(latin1, 'latin1'));

/** The same, back. */
export const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/**
 * Another input, made of one that is there: some bytes changed, left out, doubled, exchanged, cut off, or taken from another one.
 *
 * @param words what means something in this format
 */
export function mutate(
  random: Random,
  input: Uint8Array,
  other: Uint8Array,
  words: readonly Uint8Array[],
): Uint8Array {
  let bytes = input;
  for (let edits = random.between(1, MAX_EDITS); edits > 0; edits--)
    bytes = edit(random, bytes, other, words);
  return bytes.length > MAX_LENGTH ? bytes.slice(0, MAX_LENGTH) : bytes;
}

/** Of `at` on, so many bytes make place for others. */
function splice(bytes: Uint8Array, at: number, length: number, fresh: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length - length + fresh.length);
  whole.set(bytes.subarray(0, at));
  whole.set(fresh, at);
  whole.set(bytes.subarray(at + length), at + fresh.length);
  return whole;
}

const NOTHING = new Uint8Array();
const hostile = HOSTILE.map(bytesOf);

function edit(
  random: Random,
  bytes: Uint8Array,
  other: Uint8Array,
  words: readonly Uint8Array[],
): Uint8Array {
  const at = random.between(0, bytes.length);
  const length = Math.min(bytes.length - at, random.between(0, 1 << random.between(0, 6)));
  const part = bytes.subarray(at, at + length);
  switch (random.between(0, 10)) {
    case 0: {
      const changed = bytes.slice();
      if (at < bytes.length) changed[at] = (changed[at] as number) ^ (1 << random.between(0, 7));
      return changed;
    }
    case 1: {
      const changed = bytes.slice();
      if (at < bytes.length) changed[at] = random.between(0, 255);
      return changed;
    }
    case 2:
      return splice(bytes, at, length, NOTHING);
    case 3:
      return splice(bytes, at, 0, part);
    case 4:
      return bytes.slice(0, at);
    case 5:
      return splice(bytes, at, 0, other.subarray(random.between(0, other.length)));
    case 6:
      return splice(bytes, at, length, wordOf(random, hostile));
    case 7:
      return splice(bytes, at, 0, wordOf(random, words));
    case 8:
      return splice(bytes, at, length, wordOf(random, words));
    case 9: {
      // A whole number in the text becomes another one.
      const digits = [...textOf(bytes).matchAll(/\d+/g)];
      const found = digits[random.between(0, digits.length - 1)];
      return found ? splice(bytes, found.index, found[0].length, wordOf(random, hostile)) : bytes;
    }
    default: {
      // Reordered: what stood at one place stands at another.
      const rest = splice(bytes, at, length, NOTHING);
      return splice(rest, random.between(0, rest.length), 0, part);
    }
  }
}

const wordOf = (random: Random, words: readonly Uint8Array[]): Uint8Array =>
  words[random.between(0, words.length - 1)] ?? NOTHING;

/**
 * The smallest input found that still fails in the same way.
 *
 * @param failure what an input fails with; undefined if it does not fail
 */
export function shrinkBytes(
  input: Uint8Array,
  failure: (input: Uint8Array) => string | undefined,
): Uint8Array {
  const wanted = failure(input);
  let best = input;
  let runs = 0;
  const fails = (candidate: Uint8Array): boolean => {
    if (runs++ >= MAX_RUNS || failure(candidate) !== wanted) return false;
    best = candidate;
    return true;
  };
  for (let before; before !== best && runs < MAX_RUNS;) {
    before = best;
    for (let length = best.length; length >= 1; length >>= 1)
      for (let at = 0; at + length <= best.length;)
        if (!fails(splice(best, at, length, NOTHING))) at += length;
    for (let at = 0; at < best.length; at++) if (best[at] !== 0x30) fails(splice(best, at, 1, bytesOf('0')));
  }
  return best;
}
