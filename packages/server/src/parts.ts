/** Parts of a message that wait for the others: they keep no more than themselves, however many they are and whatever they came in. */
import { concat } from '@holdfast/protocol';

/**
 * Copies the last part out of the body that it came in, and together with those before it that are not larger: then there
 * are no more parts than the size of the message has binary digits, and each byte is copied that often at most.
 */
export function gather(parts: Uint8Array[]): void {
  let last = parts.pop();
  if (!last) return;
  // A record that came in pieces was put together by itself.
  if (last.length < last.buffer.byteLength) last = new Uint8Array(last);
  for (let before; (before = parts.at(-1)) && before.length <= last.length; parts.pop())
    last = concat([before, last]);
  parts.push(last);
}
