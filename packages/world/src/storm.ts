/**
 * A storm is a seed: a page and a server talk while the weather changes at random, and then it clears. At every step all
 * that arrives must be next in order, and once it is calm everything must be there, over the best transport.
 */
import type { TransportName } from '@holdfast/client';
import { Conversation } from './conversation.ts';
import type { Random } from './random.ts';
import { fair, type Weather } from './weather.ts';
import { World } from './world.ts';

const TRANSPORTS: readonly [readonly TransportName[], ...(readonly TransportName[])[]] = [
  ['websocket', 'streaming', 'polling'],
  ['websocket', 'streaming', 'polling'],
  ['websocket'],
  ['streaming', 'polling'],
  ['polling'],
  ['streaming'],
  ['websocket', 'polling'],
];
/** How long it may take from clear weather to the best transport, in ms: the longest pause between two tries to upgrade. */
const CALM = 200_000;

/** Lines of history that a failure shows. */
const LINES = 60;

/** What happened, in words, for the one who reads a failure. */
export interface StormReport {
  readonly history: readonly string[];
  readonly messages: number;
}

/** Runs the storm of a seed; throws with its history when a promise is broken. */
export function storm(seed: number): StormReport {
  const world = new World(seed, { resumeWindow: 10 * 60_000 });
  const { random } = world;
  const transports = random.pick(TRANSPORTS);
  const history = [`transports ${transports.join(', ')}`];
  const note = (line: string): void => void history.push(`${world.clock.now().toFixed(0)} ms: ${line}`);
  try {
    const socket = world.client({ transports, fallbackDelay: random.pick([0, 50, 300]) });
    const talk = new Conversation(world, socket);
    socket.addEventListener('transportchange', ({ transport }) => note(`over ${transport ?? 'nothing'}`));
    socket.addEventListener('close', ({ code, reason }) => {
      if (code !== 1000) talk.mishap ??= new Error(`closed with ${code} ${reason}`);
    });
    for (let i = random.between(3, 20); i > 0; i--) {
      change(world, random, note);
      const pace = random.pick([0, 1, 10, 100]);
      talk.run(random.between(0, 30), pace);
      talk.pass(random.pick([0, 0, 10, 1000, 10_000]));
    }
    note('the weather clears');
    world.network.weather = fair;
    world.network.speak();
    world.page('wake');
    talk.run(10, 10);
    talk.settle(60_000);
    const best = transports[0];
    world.clock.runUntil(
      () => socket.transport === best,
      CALM,
      () => talk.check(),
    );
    // A request that set out in bad weather may meet its end yet.
    talk.pass(60_000);
    world.clock.runUntil(
      () => socket.transport === best,
      CALM,
      () => talk.check(),
    );
    let changes = 0;
    socket.addEventListener('transportchange', () => changes++);
    talk.run(100, 100);
    talk.pass(60_000);
    if (changes > 0) throw new Error(`${changes} changes of transport in a calm`);
    note('closing');
    socket.close(1000);
    talk.pass(60_000);
    if (socket.readyState !== 3) throw new Error('not closed');
    if (world.accepted.length !== 1) throw new Error(`${world.accepted.length} sessions`);
    if (world.accepted[0]?.readyState !== 3) throw new Error('not closed on the server');
    if (world.network.connections > 0) throw new Error(`${world.network.connections} connections left`);
    if (world.clock.pending > 0)
      throw new Error(
        `${world.clock.pending} timers left ${world.machine.timers} ${world.host.machine.timers}`,
      );
    return { history, messages: talk.up.received + talk.down.received };
  } catch (error) {
    throw new Error(`storm ${seed}: ${String(error)}\n  ${history.slice(-LINES).join('\n  ')}`, {
      cause: error,
    });
  }
}

/** One change of the weather. */
function change(world: World, random: Random, note: (line: string) => void): void {
  const turn = (change: Partial<Weather>): void => {
    note(JSON.stringify(change, (_, value: unknown) => (value === Infinity ? 'all' : value)));
    world.weather = change;
  };
  switch (random.between(0, 11)) {
    case 0:
    case 1:
      note('cut');
      world.network.cut();
      break;
    case 2: {
      const direction = random.pick(['up', 'down', 'both'] as const);
      note(`silent ${direction}`);
      world.network.silence(direction);
      break;
    }
    case 3:
      note('no longer silent');
      world.network.speak();
      break;
    case 4:
      turn({ upgrade: random.pick(['pass', 'refuse', 'swallow', 'mute', 'mute-up'] as const) });
      break;
    case 5:
      turn({ hold: random.pick([0, 0, 1024, 4096, Infinity]) });
      break;
    case 6:
      turn({ doubled: random.pick([0, 0.3, 1]) });
      break;
    case 7:
      turn({ unanswered: random.pick([0, 0.1, 0.3]), busy: random.pick([0, 0.1]) });
      break;
    case 8:
      turn({ latency: random.pick([0, 5, 50, 400]), jitter: random.pick([0, 10, 200]) });
      break;
    case 9:
      turn({ maxRequestTime: random.pick([Infinity, 500, 5000]), maxBody: random.pick([Infinity, 4096]) });
      break;
    case 10: {
      const what = random.pick(['wake', 'sleep'] as const);
      note(`the page: ${what}`);
      world.page(what);
      break;
    }
    default:
      note('the weather clears');
      world.network.weather = fair;
      world.network.speak();
  }
}
