/** What happens in a storm, done: each op of a plan, in a world. */
import type { Op } from './plan.ts';
import type { Talk } from './talk.ts';
import { fair } from './weather.ts';
import type { World } from './world.ts';

/** What a storm lets its acts have. */
export interface Scene {
  /** The state of the page's connection, by its name in the table. */
  readonly state: () => string | undefined;
  /** After everything that happens. */
  readonly check: () => void;
}

export class Acts {
  /** The page was sent to sleep: it does not wake by itself. */
  mustWake = false;
  readonly #world: World;
  readonly #talk: Talk;
  readonly #scene: Scene;

  constructor(world: World, talk: Talk, scene: Scene) {
    this.#world = world;
    this.#talk = talk;
    this.#scene = scene;
  }

  /** One op. What it begins and must end by itself ends in it. */
  do(op: Op): void {
    const { network, machine } = this.#world;
    switch (op.do) {
      case 'talk':
        for (let i = 0; i < Math.max(op.up, op.down); i++) {
          const size = i < 2 ? op.size : undefined;
          if (i < op.up) this.#talk.sendUp(size);
          if (i < op.down) this.#talk.sendDown(size);
          this.pass(op.pace);
        }
        return;
      case 'pass':
        this.pass(op.ms);
        return;
      case 'await':
        this.#await(op.state, op.ms);
        return;
      case 'weather':
        this.#world.weather = op.change;
        return;
      case 'clear':
        network.weather = fair;
        network.speak();
        return;
      case 'speak':
      case 'forget':
        network[op.do]();
        return;
      case 'cut':
        network.cut(op.fraction);
        return;
      case 'silence':
        network.silence(op.direction);
        return;
      case 'throttle':
        machine.throttle(op.grain);
        return;
      case 'jump':
        machine.jump(op.ms);
        return;
      case 'pause':
        for (const peer of this.#world.accepted) peer.pause();
        return;
      case 'read':
        for (const peer of this.#world.accepted) peer.resume();
        return;
      case 'terminate':
        for (const peer of this.#world.accepted) if (this.#world.isHere(peer)) peer.terminate();
        return;
      case 'page':
        this.mustWake = op.what === 'sleep';
        this.#world.page(op.what);
        return;
      default:
        this.#outage(op);
    }
  }

  #await(state: string, ms: number): void {
    const { clock } = this.#world;
    const until = clock.now() + ms;
    while (this.#scene.state() !== state && clock.step(until)) this.#scene.check();
  }

  #outage(op: Extract<Op, { do: 'offline' | 'sleep' | 'unreachable' | 'restart' | 'drain' }>): void {
    const world = this.#world;
    switch (op.do) {
      case 'offline':
        world.online = false;
        world.network.cut();
        this.pass(op.ms);
        world.online = true;
        world.page('wake');
        return;
      case 'sleep':
        this.pass(0);
        if (op.told) world.page('sleep');
        world.machine.sleep();
        this.pass(op.ms);
        world.machine.wake(op.counted, op.timersFirst);
        if (op.told) world.page('wake');
        return;
      case 'unreachable':
        world.disconnectServer();
        this.pass(op.ms);
        world.reconnectServer();
        return;
      case 'restart':
        world.stopServer();
        this.pass(op.ms);
        world.startServer();
        return;
      case 'drain':
        world.drainServer(op.ms);
        this.pass(op.ms);
        world.stopServer();
        world.startServer();
    }
  }

  /** Lets time pass, in ms. */
  pass(ms: number): void {
    this.#world.clock.run(ms, this.#scene.check);
  }
}
