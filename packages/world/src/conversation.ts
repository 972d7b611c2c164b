/** A page and a server that talk: numbered messages both ways, at a steady pace, counted where they arrive. */
import type { HoldfastSocket } from '@holdfast/client';
import { Ledger } from './ledger.ts';
import type { World } from './world.ts';

export class Conversation {
  readonly up = new Ledger('client to server');
  readonly down = new Ledger('server to client');
  readonly socket: HoldfastSocket;
  readonly world: World;
  /** A mishap inside an event listener: listeners must not throw, so it is kept for the test. */
  mishap: Error | undefined;

  constructor(world: World, socket: HoldfastSocket) {
    this.world = world;
    this.socket = socket;
    world.onConnection = (peer) => {
      peer.on('message', (data) => {
        this.#watch(() => {
          this.up.take(String(data));
        });
      });
    };
    socket.onmessage = ({ data }) => {
      this.#watch(() => {
        this.down.take(data as string);
      });
    };
  }

  /** Both sides send `count` messages, one every `pace` ms. */
  run(count: number, pace: number, each?: () => void): void {
    for (let i = 0; i < count; i++) {
      this.socket.send(this.up.next());
      const peer = this.world.accepted.at(-1);
      if (peer) peer.send(this.down.next());
      this.pass(pace, each);
    }
  }

  /** Lets time pass. */
  pass(ms: number, each?: () => void): void {
    this.world.clock.run(ms, () => {
      this.check();
      each?.();
    });
    this.check();
  }

  /** Waits until all that was sent has arrived. */
  settle(limit = 30_000): void {
    this.world.clock.runUntil(() => this.mishap !== undefined || (this.up.isEven && this.down.isEven), limit);
    this.check();
  }

  check(): void {
    if (this.mishap) throw this.mishap;
  }

  #watch(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.mishap ??= error as Error;
    }
  }
}
