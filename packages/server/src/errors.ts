/** What a peer did wrong, as the errors that `ws` emits for it. */
import { CloseCode } from '@holdfast/protocol';

const CODES: Readonly<Record<number, string>> = {
  [CloseCode.tooBig]: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH',
  [CloseCode.invalidData]: 'WS_ERR_INVALID_UTF8',
  [CloseCode.protocolError]: 'HOLDFAST_ERR_PROTOCOL',
  [CloseCode.slowReader]: 'HOLDFAST_ERR_SLOW_READER',
  [CloseCode.internalError]: 'HOLDFAST_ERR_UNREADABLE',
};

/** An error with a code, for the close code that the peer is told. */
export function peerError(closeCode: number, reason: string): Error & { readonly code: string | undefined } {
  const error =
    closeCode === CloseCode.tooBig ? new RangeError('Max payload size exceeded') : new Error(reason);
  return Object.assign(error, { code: CODES[closeCode] });
}
