/** One connection of a browser and the one behind it, tied together by a lane in each direction. */

import type { Socket } from 'node:net';
import type { Stats } from '../stats.ts';
import type { Weather } from '../weather.ts';
import { Lane } from './lane.ts';

export class Link {
  readonly #sockets: readonly [Socket, Socket];
  readonly #lanes: readonly [Lane, Lane];

  constructor(browser: Socket, server: Socket, weather: Weather, stats: Stats) {
    this.#sockets = [browser, server];
    this.#lanes = [
      new Lane({
        direction: 'up',
        from: browser,
        to: server,
        weather,
        onBytes: (count) => {
          stats.bytesUp += count;
        },
      }),
      new Lane({
        direction: 'down',
        from: server,
        to: browser,
        weather,
        onBytes: (count) => {
          stats.bytesDown += count;
        },
      }),
    ];
    this.pump();
  }

  pump(): void {
    for (const lane of this.#lanes) lane.pump();
  }

  /** Calls back when both ends are closed; in a silence one of them can outlive the other for long. */
  onClosed(listener: () => void): void {
    for (const socket of this.#sockets) {
      socket.on('close', () => {
        if (this.#sockets.every((each) => each.closed)) listener();
      });
    }
  }

  forget(): void {
    for (const lane of this.#lanes) lane.forget();
  }

  /** Resets both ends at once, past all that is still on the way. */
  cut(): void {
    for (const lane of this.#lanes) lane.stop();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
