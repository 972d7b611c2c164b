/**
 * How much is sent to a client that it has not acknowledged. What the network has taken may wait in a client that is busy, where
 * no sender sees it. So beyond these bounds it waits here, where `bufferedAmount` says so.
 */
import type { OutboxBounds } from '@holdfast/protocol';

/** Bytes that fill the longest way of the fastest clients. */
const MAX_BYTES = 16 * 1024 * 1024;
/** As much as a client leaves unacknowledged for a while (PROTOCOL.md §2.5), twice. */
const MIN_BYTES = 2 * 1024 * 1024;
const MIN_MESSAGES = 1024;

/** Half of what may be kept, within these bounds: who sends as `bufferedAmount` allows is not closed as too slow a reader. */
export const inFlight = ({ maxMessages, maxBytes }: OutboxBounds): OutboxBounds => ({
  maxMessages: Math.max(MIN_MESSAGES, maxMessages / 2),
  maxBytes: Math.max(MIN_BYTES, Math.min(MAX_BYTES, maxBytes / 2)),
});
