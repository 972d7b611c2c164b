/** A herd: very many clients of one server that lose it at once, and when each of them tries to come back. */
import { move, returnSpread } from '../../server/src/draining.ts';
import { World } from './world.ts';

/**
 * `moved`: sent away by a server that drains. `cut`: all connections break, and the server is there. `refused`: they
 * break, and for some seconds whoever comes is answered 503 with `Retry-After`.
 */
export type Calamity = 'moved' | 'cut' | 'refused';

/** How long `refused` lasts, in ms. */
const REFUSED_FOR = 5000;
/** All are back by then, in ms. */
const LONGEST = 60_000;
const LOOK_INTERVAL = 50;

export interface Herd {
  /** When each try of a client began, in ms after the calamity, in order. */
  readonly tries: readonly number[];
  /** When all clients were back, in ms after it, to the next 50. */
  readonly backAfter: number;
}

/** Runs a calamity with so many clients, each with its default options. */
export function herd(calamity: Calamity, clients: number, seed = 1): Herd {
  const world = new World(seed);
  world.weather = { latency: 20, jitter: 20 };
  const { clock, network, random } = world;
  const tries: number[] = [];
  let calamityAt = Infinity;
  const lasts = new WeakMap<object, number>();
  world.onStep = (connection, { before, after }) => {
    // A try is a round: WebSocket, and HTTP beside it where that fails.
    if (after.memory.rounds <= before.memory.rounds && !isFirst(before.link.name, after.link.name)) return;
    const now = clock.now();
    if (now < calamityAt || lasts.get(connection) === now) return;
    lasts.set(connection, now);
    tries.push(now - calamityAt);
  };
  const sockets = Array.from({ length: clients }, () => {
    clock.run(2);
    return world.client();
  });
  const gather = (): void => {
    const until = clock.now() + LONGEST;
    // Looked at now and then: to ask all of them costs time.
    while (!sockets.every(({ state }) => state.name === 'open')) {
      if (clock.now() > until) throw new Error(`not all are back within ${LONGEST} ms`);
      clock.run(LOOK_INTERVAL);
    }
  };
  gather();
  // All have been asked whether they are there, and told how many they are.
  clock.run(40_000);

  calamityAt = clock.now();
  if (calamity === 'moved') {
    const here = world.accepted.filter((socket) => world.isHere(socket));
    world.host.endpoint.drain();
    const leaving = world.host;
    move(here, { delay: 500, spread: returnSpread(clients) }, random.next);
    // What comes back finds another server; what is still under way, its own.
    clock.run(450);
    world.startServer();
    if (here.some(({ readyState }) => readyState < 3)) throw new Error('not drained in time');
    leaving.machine.die();
  } else {
    network.cut();
    if (calamity === 'refused') {
      world.host.endpoint.close();
      clock.run(REFUSED_FOR);
      world.startServer();
    }
  }
  gather();
  return { tries: tries.sort((a, b) => a - b), backAfter: clock.now() - calamityAt };
}

const isFirst = (before: string, after: string): boolean => before !== 'connecting' && after === 'connecting';

/** The most tries in any so many ms. */
export function peak(tries: readonly number[], within: number): number {
  let most = 0;
  for (let from = 0, to = 0; to < tries.length; to++) {
    while ((tries[to] as number) - (tries[from] as number) >= within) from++;
    most = Math.max(most, to - from + 1);
  }
  return most;
}

/** Tries by the bin that they fall into. */
export function histogram(tries: readonly number[], bin: number): number[] {
  const counts = new Array<number>(Math.floor((tries.at(-1) ?? 0) / bin) + 1).fill(0);
  for (const at of tries) {
    const i = Math.floor(at / bin);
    counts[i] = (counts[i] as number) + 1;
  }
  return counts;
}
