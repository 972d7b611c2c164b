/**
 * The moves of a connection's life: what a step can do to a state. Each gives the next state and notes its effects.
 * Which move answers which event is written in `step.ts`.
 */
import { SLOW_BYTES_PER_MS, type Dial, type Effect, type Facts, type Kind } from './link.ts';
import type { Life, Link, LinkOptions, Memory } from './link.ts';

/** A round of connecting takes no longer, in ms. */
export const CONNECT_TIMEOUT = 10_000;
/** A new WebSocket's first ping has at least this long, in ms, before HTTP starts beside it. */
const MIN_PROOF = 300;
/** A ping is answered in this time at the latest, in ms; on a slow link in a few round trips, but no later than that. */
export const PROBE_TIMEOUT = 2000;
const MAX_PROBE_TIMEOUT = 10_000;
/** Where other things come meanwhile it has this long, in ms, and more for each byte of them, up to this. */
const QUEUE_TIME = 8000;
const MAX_QUEUE_TIME = 30_000;
/** While the browser says that it is offline, it is tried this often all the same, in ms: browsers are wrong at times, and a server may be near. */
export const OFFLINE_DELAY = 30_000;
/** After a page woke up, a live link answers in this time, in ms: a person is looking at it. */
export const WAKE_TIMEOUT = 1000;
/** A transport that lived so long shows that the server can be reached: the next loss begins a new count. */
export const STABLE_AFTER = 1000;
/** A WebSocket that dies before this age dies young. */
export const YOUNG = 5000;
/** A WebSocket that reaches this age makes up for earlier setbacks. */
const MATURE = 30_000;
/** A try to come back to WebSocket takes no longer, in ms: nobody waits for it, but the next one does. */
const UPGRADE_TIMEOUT = 5000;
/** The first try to come back to WebSocket, and the longest time between two. */
const UPGRADE_DELAY = 2000;
const MAX_UPGRADE_DELAY = 120_000;

/** One step's worth of moves. */
export class Turn {
  readonly effects: Effect[] = [];
  memory: Memory;
  readonly #facts: Facts;
  readonly #options: LinkOptions;

  constructor(memory: Memory, facts: Facts, options: LinkOptions) {
    this.memory = memory;
    this.#facts = facts;
    this.#options = options;
  }

  /** The next state, complete. */
  to(link: Link): Life {
    return { link, memory: this.memory };
  }

  /** Notes what has to be done to a transport. */
  tell(what: 'attach' | 'adopt' | 'ping', dial: Dial): void {
    this.effects.push({ do: what, dial });
  }

  drop(...dials: readonly (Dial | undefined)[]): void {
    for (const dial of dials) if (dial) this.effects.push({ do: 'drop', dial });
  }

  dial(kind: Kind, standby = false): Dial {
    const dial = { id: this.memory.dialled + 1, kind };
    this.memory = { ...this.memory, dialled: dial.id };
    this.effects.push({ do: 'dial', dial, standby });
    return dial;
  }

  /** WebSocket failed where HTTP did not: it is not the first choice for a while. */
  setBack(): void {
    this.memory = { ...this.memory, setbacks: this.memory.setbacks + 1 };
  }

  /** The kind to use beside or instead of this one. */
  other(kind: Kind): Kind | undefined {
    return this.#options.kinds.find((k) => k !== kind);
  }

  /** Whether WebSocket is better than what HTTP can give. */
  get upgrades(): boolean {
    return this.#options.kinds[0] === 'websocket' && this.#options.kinds.length > 1;
  }

  /** A new round. After setbacks HTTP goes first: it is not made to wait for what failed before. */
  connect(): Life {
    const first = this.memory.setbacks > 0 && this.upgrades ? 'http' : (this.#options.kinds[0] as Kind);
    // What cannot get through counts for nothing.
    this.memory = { ...this.memory, rounds: this.memory.rounds + Number(!this.#facts.offline) };
    return this.connecting([this.dial(first)], this.other(first) ? this.#options.fallbackDelay : Infinity);
  }

  connecting(dials: readonly Dial[], hedgeDelay = Infinity): Life {
    const { now } = this.#facts;
    return this.to({ name: 'connecting', dials, hedgeAt: now + hedgeDelay, deadline: now + CONNECT_TIMEOUT });
  }

  /** The other kind starts beside those on their way. */
  hedge(link: Link & { name: 'connecting' }, dials: readonly Dial[]): Life {
    const kind = this.other((link.dials[0] as Dial).kind);
    return this.to({ ...link, dials: kind ? [...dials, this.dial(kind)] : dials, hedgeAt: Infinity });
  }

  /** This round failed: until the next one, at least so many ms. */
  wait(atLeast = 0): Life {
    if (this.#facts.offline) return this.rest(Math.max(atLeast, OFFLINE_DELAY));
    const delay = this.#options.retryDelay?.(this.memory.rounds);
    return delay === undefined ? this.giveUp() : this.rest(Math.max(atLeast, delay));
  }

  /** The transport that carried the session is no more; `others` are on their way already. */
  lose(current: Dial, since: number, ...others: readonly Dial[]): Life {
    const age = this.#facts.now - since;
    const diedYoung = current.kind === 'websocket' && age < YOUNG && this.upgrades;
    if (diedYoung) this.setBack();
    else if (current.kind === 'websocket' && age >= MATURE) this.memory = { ...this.memory, setbacks: 0 };
    if (age >= STABLE_AFTER) this.memory = { ...this.memory, rounds: 0 };
    // HTTP does not wait for what a WebSocket did, once.
    const rounds = diedYoung ? 1 : 0;
    if (others.length > 0)
      return this.connecting(others, this.other((others[0] as Dial).kind) ? 0 : Infinity);
    if (this.memory.rounds > rounds || this.#facts.offline || !this.#options.retryDelay) return this.wait();
    const { spread } = this.#facts;
    // At once, but for one of very many.
    return spread ? this.rest(this.#options.random() * spread) : this.connect();
  }

  /** Welcomed on a WebSocket. An answer may take as long as the welcome did. */
  welcomed(current: Dial, link: Link & { name: 'connecting' }): Life {
    this.tell('adopt', current);
    return this.to({ name: 'untried', current, since: this.#facts.now, patience: this.took(link) });
  }

  /** A ping asks for the proof that what we send arrives: with what is sent first, or when nothing comes. */
  ask(link: Link & { name: 'untried' }): Life {
    const { current, since, patience } = link;
    const { now } = this.#facts;
    // Where nothing was sent for a while, as with any link.
    const least = now - since < STABLE_AFTER ? patience : Math.max(PROBE_TIMEOUT, patience);
    if (!this.other(current.kind)) return this.probe(current, since, Math.max(PROBE_TIMEOUT, patience));
    this.tell('ping', current);
    return this.to({ name: 'unproven', current, since, hedge: undefined, deadline: now + least });
  }

  /** Still no proof: HTTP starts beside it. */
  doubt(link: Link & { name: 'unproven' }): Life {
    return this.to({ ...link, hedge: this.dial('http'), deadline: this.#facts.now + CONNECT_TIMEOUT });
  }

  /** `current` carries the session, and both directions are proven. */
  open(current: Dial, since = this.#facts.now): Life {
    const { now } = this.#facts;
    const delay = Math.min(MAX_UPGRADE_DELAY, UPGRADE_DELAY * 2 ** Math.max(0, this.memory.setbacks - 1));
    const upgradeAt =
      this.upgrades && current.kind === 'http' ? now + delay * (0.5 + this.#options.random() / 2) : Infinity;
    return this.to({ name: 'open', current, since, upgradeAt });
  }

  /** @param least how long an answer may take on any link, in ms */
  probe(current: Dial, since: number, least = PROBE_TIMEOUT): Life {
    this.tell('ping', current);
    const { now } = this.#facts;
    return this.asked(current, since, now + this.#patience(least));
  }

  /** A ping is out: it is answered by then. */
  asked(current: Dial, since: number, deadline: number): Life {
    const { now, heardBytes } = this.#facts;
    return this.to({ name: 'probing', current, since, askedAt: now, askedBytes: heardBytes, deadline });
  }

  /** No answer, though something else came: it may wait behind that, and gets more time for each byte of it. */
  waitLonger(link: Link & { name: 'probing' }): Life | undefined {
    const { now, heardAt, heardBytes } = this.#facts;
    if (heardAt <= link.askedAt) return undefined;
    const deadline = link.askedAt + patienceBehind(heardBytes - link.askedBytes);
    return now < deadline ? this.to({ ...link, deadline }) : undefined;
  }

  #patience(least = PROBE_TIMEOUT): number {
    const { latency, owedBytes } = this.#facts;
    return patience(latency, least) + owedBytes / SLOW_BYTES_PER_MS;
  }

  /** Waits without a fault of the network's; a connection that may not come back ends here. */
  rest(ms: number): Life {
    if (!this.#options.retryDelay) return this.giveUp();
    return this.to({ name: 'waiting', retryAt: this.#facts.now + ms });
  }

  giveUp(): Life {
    this.effects.push({ do: 'give-up' });
    return this.to({ name: 'closed' });
  }

  /** `candidate` stands by, or will: nothing changes for `current` until it claims the session. */
  upgrade(current: Dial, candidate: Dial, since: number): Life {
    const deadline = this.#facts.now + UPGRADE_TIMEOUT;
    return this.to({ name: 'upgrading', current, candidate, since, deadline });
  }

  claim({ current, candidate, since }: Link & { name: 'upgrading' | 'claiming' }): Life {
    this.tell('attach', candidate);
    return this.to({
      name: 'claiming',
      current,
      candidate,
      since,
      deadline: this.#facts.now + this.#patience(),
    });
  }

  /** The transport does not hold the session: it attaches again, and so does a new one of its kind if it cannot. */
  reattach(dial: Dial, ...others: readonly Dial[]): Life {
    if (dial.kind === 'websocket') {
      this.tell('attach', dial);
      return this.connecting([{ ...dial, answered: true }, ...others]);
    }
    this.drop(dial);
    return this.connecting([this.dial('http'), ...others]);
  }

  /** Nothing shows yet that what we send on this WebSocket arrives: HTTP starts beside it in so many ms. */
  inDoubt({ link }: Life, patience: number): Life {
    const isAlone =
      link.name === 'connecting' && link.dials.length === 1 && link.dials[0]?.kind === 'websocket';
    if (!isAlone || !this.other('websocket')) return this.to(link);
    return this.to({ ...link, hedgeAt: this.#facts.now + patience });
  }

  /** As long as this round took so far, in ms, within bounds: an answer takes no longer. */
  took({ deadline }: Link & { name: 'connecting' }): number {
    const took = this.#facts.now - (deadline - CONNECT_TIMEOUT);
    return Math.min(CONNECT_TIMEOUT, Math.max(MIN_PROOF, this.#options.fallbackDelay, took));
  }

  /** The server has lost the session: a new one begins on the same transport. */
  renew(dial: Dial, ...others: readonly (Dial | undefined)[]): Life {
    this.drop(...others);
    if (!this.#options.retryDelay) {
      this.drop(dial);
      return this.giveUp();
    }
    this.effects.push({ do: 'renew' });
    return this.reattach(dial);
  }
}

/** How long an answer may take on a link that has answered before. */
export const patience = (latency = 0, least: number): number =>
  // A machine that slept measures its sleep as well.
  Math.min(MAX_PROBE_TIMEOUT, Math.max(least, 3 * latency));

/** The same where other things came meanwhile, so many bytes. */
export const patienceBehind = (bytes: number): number =>
  Math.min(MAX_QUEUE_TIME, QUEUE_TIME + bytes / SLOW_BYTES_PER_MS);
