/** UTF-8, without making it. */

/** How many bytes of UTF-8 a text has, lone surrogates replaced (WHATWG encoding). */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Two code units of a pair make four bytes, each counted as two; a lone surrogate becomes U+FFFD, three bytes.
    if (code > 0x7f) length += code > 0x7ff && !isPaired(text, i, code) ? 2 : 1;
  }
  return length;
}

/** Whether the code unit at `i` is half of a surrogate pair. */
function isPaired(text: string, i: number, code: number): boolean {
  if ((code & 0xfc00) === 0xd800) return (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
  return (code & 0xfc00) === 0xdc00 && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800;
}
