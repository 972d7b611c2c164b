import { DLE, escapeControl, escapeText, unescapeText } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeUnits } from './arbitraries.ts';

/** Strings that begin with the escape more often than chance would have it. */
const strings = fc
  .tuple(fc.constantFrom('', DLE, DLE + DLE, `${DLE}ack 1`), codeUnits)
  .map((parts) => parts.join(''));

it('escapes with U+0010', () => {
  expect(DLE).toBe('\u0010');
});

describe('a text of the application', () => {
  it.each(['', 'hello', 'ack 1', ' \x10', '\x11', '\0'])('travels as it is: %j', (text) => {
    expect(escapeText(text)).toBe(text);
  });

  it('gets one more escape in front if it begins with one', () => {
    expect(escapeText('\x10')).toBe('\x10\x10');
    expect(escapeText('\x10\x10ack 1')).toBe('\x10\x10\x10ack 1');
  });

  it('arrives as it was, whatever it is', () => {
    fc.assert(
      fc.property(strings, (text) => {
        expect(unescapeText(escapeText(text))).toEqual({ text });
      }),
    );
  });
});

describe('a control frame', () => {
  it('is told from every text', () => {
    fc.assert(
      fc.property(strings, (line) => {
        fc.pre(!line.startsWith(DLE));
        expect(unescapeText(escapeControl(line))).toEqual({ control: line });
      }),
    );
  });

  it('may be empty', () => {
    expect(unescapeText(DLE)).toEqual({ control: '' });
  });
});
