/**
 * What is wrong in one place only, each with its documented answer: the table of SECURITY.md ("Hostile bytes"), as scenes. The
 * numbers and names in them are drawn; what they are answered is not.
 */
import type { Random } from '../random.ts';
import type { Step } from './besieged.ts';
import type { Heard } from './heard.ts';
import { httpFaults } from './http-faults.ts';
import { messageFaults } from './message-faults.ts';
import { webSocketFaults } from './websocket-faults.ts';

export interface Fault {
  /** What is wrong, as a scene. */
  readonly name: string;
  /** The row of the table that it belongs to. */
  readonly row: string;
  /** What is answered: see {@link verdictOf}. */
  readonly answer: string;
  /** What reaches the application, if that is part of the answer. */
  readonly delivers?: readonly string[];
  /** Against a server that lets WebSockets be compressed. */
  readonly isCompressed?: boolean;
  readonly steps: (random: Random) => readonly Step[];
}

/**
 * The one thing that tells how the last connection of a scene was answered: how the session ended, the status if it was no 200
 * (or 101), the code of the WebSocket's end, or else the last line that came.
 */
export function verdictOf(heard: ReadonlyMap<number, Heard>): string {
  const last = [...heard.values()].at(-1);
  if (!last) return '';
  const refused = last.lines.find((line) => line.startsWith('refused'));
  const status = last.statuses.at(-1);
  if (refused) return refused;
  if (status !== undefined && status !== 101 && status !== 200) return String(status);
  if (last.close !== undefined && last.close !== 1000) return `close ${last.close}`;
  return last.lines.filter((line) => line !== 'allow' && line !== 'spread').at(-1) ?? '';
}

export const faults: readonly Fault[] = [...httpFaults, ...messageFaults, ...webSocketFaults];
