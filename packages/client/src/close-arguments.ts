/** What `close` takes, checked as WHATWG websockets §3.1 says, for each face alike. */
import { CloseCode } from '@holdfast/protocol';

/** RFC 6455 §5.5: a control frame has 125 bytes, two of which are the code. */
const MAX_REASON = 123;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The code and the reason as they travel: 1005 for no code, and no lone surrogates.
 *
 * @param code as Web IDL's `[Clamp] unsigned short` takes it
 * @throws InvalidAccessError (DOMException) for a code that is neither 1000 nor 3000 to 4999
 * @throws SyntaxError (DOMException) for a reason of more than 123 bytes of UTF-8
 */
export function closeArguments(
  code: unknown,
  reason = '',
): { readonly code: number; readonly reason: string } {
  let checked: number = reason ? CloseCode.normal : CloseCode.noStatus;
  if (code !== undefined) {
    checked = Math.round(Math.min(65535, Math.max(0, Number(code) || 0)));
    if (checked !== CloseCode.normal && (checked < 3000 || checked > 4999))
      throw new DOMException(
        `the close code ${checked} is neither 1000 nor 3000 to 4999`,
        'InvalidAccessError',
      );
  }
  const bytes = encoder.encode(reason);
  if (bytes.length > MAX_REASON)
    throw new DOMException(`the close reason is longer than ${MAX_REASON} bytes`, 'SyntaxError');
  return { code: checked, reason: decoder.decode(bytes) };
}
