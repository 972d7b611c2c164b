/** What must hold at every step of a storm, whatever the weather. */
import type { HoldfastSocket } from '@holdfast/client';
import type { Connection } from '../../client/src/connection.ts';
import type { Step } from '../../client/src/environment.ts';
import { deadline, dialsOf } from '../../client/src/link.ts';
import { behind } from './behind.ts';
import type { Plan } from './plan.ts';
import { eventInWords, isImpossible, stateInWords, stateNames } from './state-table.ts';
import type { World } from './world.ts';

/** Bytes of messages that HTTP may have taken and not passed on: a batch that may come back, another, and its last message. */
const MAX_TAKEN = 2 * 512 * 1024 + 256 * 1024;
/** The same for the server: a WebSocket's high water and its last message. */
const MAX_TAKEN_BY_SERVER = 1024 * 1024 + 256 * 1024;

export class Invariants {
  readonly #world: World;
  readonly #socket: HoldfastSocket;
  readonly #plan: Plan;
  /** The page's connection, once it has begun. */
  connection: Connection | undefined;
  #expectedTimer = false;

  constructor(world: World, socket: HoldfastSocket, plan: Plan) {
    this.#world = world;
    this.#socket = socket;
    this.#plan = plan;
  }

  /** A step of the client's life is known, and has its deadline. */
  step(connection: Connection, { before, event, after, facts }: Step): void {
    this.connection = connection;
    const cause = { state: stateInWords(before.link), event: eventInWords(event, before, facts) };
    if (after !== before && isImpossible(cause)) throw new Error(`${cause.event} while ${cause.state}`);
    const { link } = after;
    const state = stateInWords(link);
    if (link.name !== 'closed' && !stateNames.includes(state))
      throw new Error(`the table has no state ${state}`);
    const kinds = dialsOf(link).map(({ kind }) => kind);
    if (kinds.length > 2 || new Set(kinds).size < kinds.length) throw new Error(`two of a kind: ${state}`);
    const mayWait = link.name === 'closed' || (link.name === 'waiting' && link.retryAt === Infinity);
    this.#expectedTimer = !mayWait;
    if (!mayWait && deadline(after, facts) === Infinity) throw new Error(`no deadline in ${state}`);
  }

  /** After everything that happens. */
  check(): void {
    const { network, accepted, machine } = this.#world;
    const { queue, maxBuffered } = this.#plan;
    const [misuse] = network.misuses;
    if (misuse) throw new Error(misuse);
    const { connection } = this;
    if (!connection) return;
    const { outbox } = connection.session;
    // The close takes a place of its own.
    if (outbox.length > queue.maxMessages + 1)
      throw new Error(`${outbox.length} messages in the client's queue`);
    const taken = connection.buffered - outbox.unsentBytes;
    if (connection.transport !== 'websocket' && taken > MAX_TAKEN)
      throw new Error(`the client's transport has taken ${taken} bytes`);
    if (this.#expectedTimer && machine.timers === 0) throw new Error('no timer is set');
    // The last words of HTTP, and what is under way beside them, have a timeout each; and there is a pause before the next.
    if (this.#socket.readyState === 3 && machine.timers > 5)
      throw new Error(`${machine.timers} timers after close`);
    const carriers = new Set<object>();
    for (const peer of accepted) {
      const { transport, session } = behind(peer);
      if (!transport) continue;
      if (carriers.has(transport)) throw new Error('a transport carries two sessions');
      carriers.add(transport);
      if (transport.buffered > MAX_TAKEN_BY_SERVER)
        throw new Error(`the server's transport has taken ${transport.buffered} bytes`);
      const kept = session.outbox.length;
      if (kept > maxBuffered + 1) throw new Error(`the server keeps ${kept} messages`);
    }
  }
}
