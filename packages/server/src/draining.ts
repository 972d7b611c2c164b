/** How a server goes away: what it asks of its clients, and what became of that. */
import type { Duplex } from 'node:stream';
import { CloseCode, type GoAwayFrame } from '@holdfast/protocol';
import { RETRY_AFTER, refuseUpgrade } from './exchange.ts';
import type { ServerSocket } from './face.ts';
import { spreadOf } from './herd.ts';
import { HoldfastServerSocket } from './socket.ts';

export interface CloseOptions {
  /**
   * How long clients may take to hand over what is under way, in ms; those that have not by then are told to come back
   * all the same, as by a `close` without it.
   */
  readonly drain: number;
  /** How long clients stay away before the first one comes back, in ms. @default 0 */
  readonly delay?: number | undefined;
  /** Over how many ms their return is spread. @default 1000, or half a ms for each client if that is more */
  readonly spread?: number | undefined;
}

/** When clients come back, in ms. */
export type Return = Omit<GoAwayFrame, 'type'>;

/** What became of the clients of a server that closed. */
export interface Drained {
  /** Sessions that ended with everything delivered, both ways; and plain WebSockets that closed in order. */
  readonly drained: number;
  /** Sessions that had to be left: their clients learn of it as of a lost session. */
  readonly left: number;
}

/** However few they are, in ms. */
const MIN_SPREAD = 1000;

/** Over how many ms clients come back that are sent away. */
export const returnSpread = (clients: number): number => Math.max(MIN_SPREAD, spreadOf(clients));

/** Asks clients to hand over what is under way and to come back, one after the other. */
export function move(
  clients: readonly ServerSocket[],
  { delay, spread }: Return,
  random = Math.random,
): void {
  const step = spread / clients.length;
  clients.forEach((client, i) => {
    const connection = HoldfastServerSocket.connectionOf(client);
    if (connection) connection.move(delay + (i + random()) * step);
    else client.close(CloseCode.goingAway);
  });
}

/** Ends a session at once. A plain WebSocket knows nothing of coming back: it is closed. */
export function leave(client: ServerSocket, when: Return): void {
  const connection = HoldfastServerSocket.connectionOf(client);
  if (connection) connection.leave({ type: 'go-away', ...when });
  else client.close(CloseCode.goingAway);
}

/** Answers an upgrade that another server should have. */
export function turnAway(socket: Duplex): void {
  refuseUpgrade(socket, '503 Service Unavailable', `Retry-After: ${RETRY_AFTER}\r\n`);
}
