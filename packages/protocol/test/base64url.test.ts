import { bytesToBase64Url, fromBase64Url, toBase64Url } from '@holdfast/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codeUnits } from './arbitraries.ts';

it('writes the alphabet of RFC 4648 §5, without padding', () => {
  expect(bytesToBase64Url(Uint8Array.of())).toBe('');
  expect(bytesToBase64Url(Uint8Array.of(0xfb, 0xff))).toBe('-_8');
  expect(bytesToBase64Url(Uint8Array.of(0xfb, 0xff, 0xbf))).toBe('-_-_');
  expect(toBase64Url('f')).toBe('Zg');
  expect(toBase64Url('é日😀')).toBe('w6nml6Xwn5iA');
});

it('writes bytes as Node does', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(bytesToBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
    }),
  );
});

it('gives 22 characters for the 128 bits of an id', () => {
  expect(bytesToBase64Url(new Uint8Array(16))).toHaveLength(22);
});

it('reads what it wrote', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(fromBase64Url(toBase64Url(text))).toBe(text);
    }),
  );
});

it('writes U+FFFD for the half of a surrogate pair, as UTF-8 has none', () => {
  expect(fromBase64Url(toBase64Url('a\uD800b'))).toBe('a\uFFFDb');
});

it.each(['a', '*', 'é', 'Zg===', '_w', 'gIA', '7aCA', '\0'])('reads nothing out of %j', (token) => {
  expect(fromBase64Url(token)).toBeUndefined();
});

it('reads any string without throwing', () => {
  fc.assert(
    fc.property(codeUnits, (token) => {
      fromBase64Url(token);
    }),
  );
});
