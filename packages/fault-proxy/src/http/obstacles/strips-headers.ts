import type { RawHeaders } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `stripHeaders`, for all but upgrades. */
export const stripsHeaders: Obstacle = async (request, deliver, { weather }) => {
  if (!weather.faults.stripHeaders) return deliver(request);
  const answer = await deliver({ ...request, headers: stripped(request.headers) });
  return { ...answer, headers: stripped(answer.headers) };
};

/** What a message cannot do without; the last four are the handshake of RFC 6455, its subprotocol and extensions left out. */
const needed = new Set([
  'host',
  'content-length',
  'content-encoding',
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
]);

export function stripped(headers: RawHeaders): RawHeaders {
  return headers.filter(([name]) => needed.has(name.toLowerCase()));
}
