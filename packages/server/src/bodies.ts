/** Requests as they arrive, within their bounds: room, time, size and form. What is beyond them is answered here. */
import {
  BatchReader,
  parseRequest,
  type AttachFrame,
  type PollFrame,
  type SendFrame,
} from '@holdfast/protocol';
import type { Exchange, Reply } from './exchange.ts';
import type { RequestItem } from './http-transport.ts';
import type { Full, Visit, Visits } from './visits.ts';

/** Records of one body. A client's batch has fewer (PROTOCOL.md §9). */
const MAX_RECORDS = 65_536;

/** The answer to a client that nobody has decided about. */
export const NOBODY_SAYS: Full = {
  status: 503,
  reason: 'nobody can say who may come in: try again later',
  retryAfter: 1000,
};

/** Answers a request for which there is no room. */
export const turnAway = (reply: Reply, { status, reason, retryAfter }: Full): void => {
  reply.fail(status, reason, retryAfter);
};

/** A request has come: gives its visit; undefined if there is no room for it. */
export function receive({ request, reply }: Exchange, visits: Visits): Visit | undefined {
  const visit = visits.arrive(request);
  if ('status' in visit) {
    turnAway(reply, visit);
    return undefined;
  }
  visit.awaits(() => {
    turnAway(reply, NOBODY_SAYS);
  });
  reply.onClose(() => {
    visit.leave();
  });
  return visit;
}

/** Reads what a visitor asks for, and what comes with it. */
export function readBatch(
  { reply, readBody }: Exchange,
  visit: Visit,
  maxBytes: number,
  done: (head: AttachFrame | SendFrame | PollFrame, items: readonly RequestItem[]) => void,
): void {
  visit.awaits(() => {
    reply.fail(408, 'the body comes too slowly');
  });
  const onPart = (bytes: number): boolean => {
    const full = visit.grow(bytes);
    if (full) turnAway(reply, full);
    return !full;
  };
  onPart(0);
  readBody(
    maxBytes,
    (body) => {
      if (body === 'too-large') {
        reply.fail(413, `a body has ${maxBytes} bytes at most`);
        return;
      }
      // The body is bounded, and messages are where they are put together: a record needs no bound of its own.
      const reader = new BatchReader(parseRequest, Infinity, MAX_RECORDS);
      const items: RequestItem[] = [];
      for (const piece of body instanceof Uint8Array ? [body] : body)
        for (const item of reader.push(piece)) items.push(item);
      const head = items.shift();
      if (!reader.isWhole) reply.fail(400, 'the body ends inside a record');
      else if (head?.type === 'attach' || head?.type === 'send' || head?.type === 'poll') done(head, items);
      else reply.fail(400, 'the body does not begin with attach, send or poll');
    },
    onPart,
  );
}
