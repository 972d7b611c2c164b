/** Messages that are hard to carry, made where they are sent: some are too large, or too odd, to be moved there. */

/**
 * Bytes without a pattern, the same ones for the same length.
 *
 * @param {number} length
 */
export function someBytes(length) {
  const bytes = new Uint8Array(length);
  let state = length | 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/**
 * Whether a binary message holds exactly these bytes.
 *
 * @param {Blob | ArrayBuffer} data
 * @param {Uint8Array} bytes
 */
export async function holds(data, bytes) {
  const found = new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : data);
  return found.length === bytes.length && found.every((byte, i) => byte === bytes[i]);
}

/** Every code point, from U+0000 to U+10FFFF, the halves of surrogate pairs left out. */
export function everyCodePoint() {
  let text = '';
  for (let point = 0; point <= 0x10ffff; point++) {
    if (point < 0xd800 || point > 0xdfff) text += String.fromCodePoint(point);
  }
  return text;
}

/** Texts that a protocol could take for something else. */
export const oddTexts = [
  '',
  '\0',
  // U+0010 begins a control frame.
  '\u0010',
  '\u0010\u0010',
  '\u0010ack 1',
  '\u0010\u0010ack 1',
  '\u0010close 1000 goodbye',
  '\u0010\uD83D\uDE00',
  // What looks like a byte order mark is part of the message.
  '\uFEFF',
  '\uFEFFtext',
  '\uFFFE',
  // Halves of surrogate pairs have no UTF-8: what the W3C class sends for one is U+FFFD.
  '\uD800',
  'a\uDC00',
  '\uDC00\uD800',
  '\uD83D\uDE00\uD83D',
  // Combined and not: nothing is normalized.
  '\u00E9e\u0301',
  'a\r\nb\rc\n',
  '{"type":"close"}',
];

/**
 * What arrives of a text: the same with U+FFFD for each half of a surrogate pair (a WebIDL USVString).
 *
 * @param {string} text
 */
export const wellFormed = (text) =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));
