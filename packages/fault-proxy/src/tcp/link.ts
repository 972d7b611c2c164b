/** One connection of a browser and the one behind it, tied together by a lane in each direction. */

import type { Socket } from 'node:net';
import type { Stats } from '../stats.ts';
import type { Weather } from '../weather.ts';
import { Lane } from './lane.ts';
import { Lifetime } from './lifetime.ts';
import type { Wire } from './wire.ts';

export interface LinkOptions {
  readonly browser: Socket;
  readonly server: Socket;
  readonly wires: { readonly up: Wire; readonly down: Wire };
  readonly weather: Weather;
  readonly stats: Stats;
  readonly random: () => number;
}

export class Link {
  readonly #sockets: readonly [Socket, Socket];
  readonly #lanes: { readonly up: Lane; readonly down: Lane };
  readonly #lifetime: Lifetime;

  constructor({ browser, server, wires, weather, stats, random }: LinkOptions) {
    this.#sockets = [browser, server];
    this.#lanes = {
      up: new Lane({
        direction: 'up',
        from: browser,
        to: server,
        wire: wires.up,
        weather,
        onBytes: (count) => {
          stats.bytesUp += count;
        },
      }),
      down: new Lane({
        direction: 'down',
        from: server,
        to: browser,
        wire: wires.down,
        weather,
        onBytes: (count) => {
          stats.bytesDown += count;
        },
      }),
    };
    this.#lifetime = new Lifetime(this, weather, random);
    this.onClosed(() => this.#lifetime.end());
    this.#pump();
  }

  followWeather(): void {
    this.#lifetime.follow();
    this.#pump();
  }

  /** Calls back when both ends are closed; in a silence one of them can outlive the other for long. */
  onClosed(listener: () => void): void {
    for (const socket of this.#sockets) {
      socket.on('close', () => {
        if (this.#sockets.every((each) => each.closed)) listener();
      });
    }
  }

  /** Delivers nothing more in these directions, for ever. */
  forget(direction: 'both' | 'up' | 'down' = 'both'): void {
    if (direction !== 'down') this.#lanes.up.forget();
    if (direction !== 'up') this.#lanes.down.forget();
  }

  /** Resets both ends at once, past all that is still on the way. */
  cut(): void {
    this.#lifetime.end();
    this.#lanes.up.stop();
    this.#lanes.down.stop();
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  #pump(): void {
    this.#lanes.up.pump();
    this.#lanes.down.pump();
  }
}
