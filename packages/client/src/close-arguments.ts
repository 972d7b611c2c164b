/** What `close` takes, checked as WHATWG websockets §3.1 says, for each face alike. */
import { CloseCode } from '@holdfast/protocol';
import { asText } from './send-data.ts';

/** RFC 6455 §5.5: a control frame has 125 bytes, two of which are the code. */
const MAX_REASON = 123;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The code and the reason as they travel: 1005 for no code, and no lone surrogates.
 *
 * @throws InvalidAccessError (DOMException) for a code that is neither 1000 nor 3000 to 4999
 * @throws SyntaxError (DOMException) for a reason of more than 123 bytes of UTF-8
 */
export function closeArguments(
  code: unknown,
  reason: unknown = '',
): { readonly code: number; readonly reason: string } {
  // Web IDL [Clamp]: the nearest integer, the even one of two. What is out of range is refused anyway.
  const number = code === undefined ? code : +(code as number) + 2 ** 52 - 2 ** 52;
  const bytes = encoder.encode(asText(reason));
  if (number !== undefined && !(number === CloseCode.normal || (number >= 3000 && number <= 4999)))
    throw new DOMException(`close code ${number} is not 1000 or 3000 to 4999`, 'InvalidAccessError');
  if (bytes.length > MAX_REASON)
    throw new DOMException(`close reason of over ${MAX_REASON} bytes`, 'SyntaxError');
  // Encoded and decoded, the reason has no lone surrogates.
  const text = decoder.decode(bytes);
  return { code: number ?? (text ? CloseCode.normal : CloseCode.noStatus), reason: text };
}
