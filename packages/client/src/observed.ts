/**
 * What a connection has observed of its server and of the way there: what the server said of itself, when something was
 * heard last, how long an answer takes. It decides nothing: `step` does, by these facts.
 */
import type { Session } from '@holdfast/protocol';
import type { Environment } from './environment.ts';
import type { Facts } from './link.ts';
import type { Transport } from './transport.ts';

/** While messages are sent, the round trip is measured this often, in ms. */
const PING_INTERVAL = 10_000;
/** What a server says of its heartbeat before it has said anything, in ms. */
const HEARTBEAT = 25_000;

export class Observed {
  /** The round trip that was measured last, in ms. */
  latency: number | undefined;
  /** Over how many ms clients come back that are cut all at once, as the server said behind its last welcome. */
  spread = 0;
  readonly #env: Environment;
  #heartbeat = HEARTBEAT;
  #heardAt = 0;
  #heardBytes = 0;
  #pings = 0;
  /** The last ping has no pong yet. */
  #isAsking = false;
  #pingedAt = -Infinity;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Another transport carries the session, of a server with this heartbeat in ms: it is measured anew. */
  begin(heartbeat: number): void {
    this.#heardAt = this.#env.now();
    this.#heartbeat = heartbeat;
    this.#pingedAt = -Infinity;
    this.spread = 0;
  }

  /** So many bytes came on the transport that carries the session. */
  heard(bytes: number): void {
    this.#heardAt = this.#env.now();
    this.#heardBytes += bytes;
  }

  /** Asks for an answer. */
  ping(transport: Transport): void {
    this.#pingedAt = this.#env.now();
    this.#isAsking = true;
    transport.send({ type: 'ping', id: ++this.#pings });
  }

  /** The same, if the last time is long ago. */
  pingAgain(transport: Transport): void {
    if (this.#env.now() - this.#pingedAt >= PING_INTERVAL) this.ping(transport);
  }

  /** An answer. Over HTTP it may come once more, and later (PROTOCOL.md §6.2.2). */
  pong(id: number): void {
    if (id !== this.#pings || !this.#isAsking) return;
    this.#isAsking = false;
    this.latency = this.#env.now() - this.#pingedAt;
  }

  /** @param current the transport that carries the session */
  facts({ outbox, owedSince }: Session, current: Transport | undefined): Facts {
    return {
      now: this.#env.now(),
      heardAt: this.#heardAt,
      heardBytes: this.#heardBytes,
      heartbeat: this.#heartbeat,
      owedSince,
      owedBytes: outbox.bytes - outbox.unsentBytes,
      latency: this.latency,
      offline: !this.#env.page.online(),
      midway: current?.isMidway ?? false,
      spread: this.spread,
    };
  }
}
