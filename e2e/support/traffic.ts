/** Messages both ways at a steady pace, and what became of them. */

import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastServerSocket } from '@holdfast/server';
import { Metronome, type Account, type Pace } from '../page/metronome.js';
import type { RemotePeer } from './remote-peer.ts';
import type { AppServer } from './server.ts';

/** What is still on its way may take so long to arrive, in ms, before it counts as lost. */
const patience = 30_000;

export interface Traffic {
  readonly peer: RemotePeer;
  /** Milliseconds from the constructor to `open`, and until a message came back. */
  readonly opened: number;
  readonly echoed: number;
  begin(): Promise<void>;
  /** Resolves when each end has heard so many messages more. */
  goesOn(count: number): Promise<void>;
  /** Forgets the stalls so far. */
  listenAnew(): Promise<void>;
  /** Of both ends together; the stall is the longer one. */
  account(): Promise<Account>;
  /** Stops both ends, and waits for what is on its way. */
  finish(): Promise<void>;
}

export async function openTraffic(
  server: AppServer,
  opening: () => Promise<RemotePeer>,
  pace: Pace,
): Promise<Traffic> {
  let atServer: Metronome | undefined;
  server.app = (socket) => {
    // A WebSocket whose subprotocol was stripped is a plain one, and soon gone.
    if (!(socket instanceof HoldfastServerSocket)) return;
    const metronome = new Metronome((message) => socket.send(message), pace);
    atServer ??= metronome;
    socket.on('message', (data) => {
      const text = String(data);
      if (text === 'hello') socket.send(text);
      else metronome.hear(text);
    });
  };
  const peer = await opening();
  const times = await peer.handle.evaluate(async (each) => {
    const opened = await each.opened;
    const openedAt = performance.now();
    await each.echo('hello');
    return { opened, echoed: opened + performance.now() - openedAt };
  });
  return {
    peer,
    ...times,
    begin: async () => {
      await peer.handle.evaluate((each, given) => void each.measure(given), pace);
      atServer!.begin();
    },
    goesOn: async (count) => {
      const atPage = peer.handle.evaluate((each, wanted) => each.metronome!.hears(wanted), count);
      await Promise.all([atPage, atServer!.hears(count)]);
    },
    listenAnew: async () => {
      await peer.handle.evaluate((each) => each.metronome!.listenAnew());
      atServer!.listenAnew();
    },
    account: async () => {
      const one = await peer.handle.evaluate((each) => each.metronome!.account());
      const other = atServer!.account();
      return {
        lost: one.lost + other.lost,
        doubled: one.doubled + other.doubled,
        outOfOrder: one.outOfOrder + other.outOfOrder,
        garbled: one.garbled + other.garbled,
        stall: Math.max(one.stall, other.stall),
      };
    },
    finish: async () => {
      const said = atServer!.stop();
      const saidByPage = await peer.handle.evaluate((each) => each.metronome!.stop());
      const heardByPage = peer.handle.evaluate((each, count) => each.metronome!.hearsAll(count), said);
      const heard = Promise.all([heardByPage, atServer!.hearsAll(saidByPage)]);
      // What does not come is counted, and ends the test there.
      heard.catch(() => {});
      const over = new AbortController();
      await Promise.race([heard, delay(patience, undefined, { signal: over.signal }).catch(() => {})]);
      over.abort();
    },
  };
}
