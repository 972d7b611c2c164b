/**
 * A storm is a seed: a page and a server talk while the weather changes at random, and then it clears. At every step all
 * that is promised must hold, and in the end everything must be there, over the best transport.
 */
import type { TransportName } from '@holdfast/client';
import type { Connection } from '../../client/src/connection.ts';
import type { Step } from '../../client/src/environment.ts';
import { Acts } from './acts.ts';
import type { Coverage } from './coverage.ts';
import { Invariants } from './invariants.ts';
import { inWords, planOf, type Plan } from './plan.ts';
import { stateInWords } from './state-table.ts';
import { Talk } from './talk.ts';
import { transcribe } from './transcript.ts';
import { fair } from './weather.ts';
import { World } from './world.ts';

/** From clear weather until the socket is open, in ms at most: a longest pause, and a round of connecting. */
export const OPEN_WITHIN = 45_000;
/** The same where WebSocket fails, until HTTP carries the session. */
export const OVER_HTTP_WITHIN = 60_000;
/** Until everything has arrived: messages may lie behind a request that is lost, or behind a slow one. */
export const SETTLED_WITHIN = 60_000;
/**
 * The same where that is HTTP on a long way: bodies that were cut to 2 KiB go one by one, 200 kB in 80 s, and more than one
 * such message may wait.
 */
export const SETTLED_OVER_HTTP_WITHIN = 300_000;
/** Until it is on its best transport: the longest pause between two tries to upgrade. */
export const BEST_WITHIN = 130_000;
/** A close in a storm takes this long at most on either side, beyond the resume window. */
const CLOSED_WITHIN = 120_000;

export interface StormOptions {
  /** Counts what was reached. */
  readonly coverage?: Coverage;
  /** Notes what happens, down to the frames. */
  readonly note?: (line: string) => void;
  /** Does something to the world before it begins: for tests of the storms themselves. */
  readonly sabotage?: (world: World) => void;
}

/** Runs the storm of a seed. Gives the messages that arrived; throws when a promise is broken. */
export const storm = (seed: number, options?: StormOptions): number => new Storm(planOf(seed), options).run();

/** Runs a plan. */
export const runPlan = (plan: Plan, options?: StormOptions): number => new Storm(plan, options).run();

class Storm {
  readonly #plan: Plan;
  readonly #coverage: Coverage | undefined;
  readonly #world: World;
  readonly #talk: Talk;
  readonly #invariants: Invariants;
  readonly #note: (line: string) => void;
  readonly #acts: Acts;

  constructor(plan: Plan, { coverage, note, sabotage }: StormOptions = {}) {
    const { resumeWindow, maxBuffered, transports, fallbackDelay, queue, promised, retries } = plan;
    this.#plan = plan;
    this.#coverage = coverage;
    const world = new World(plan.seed, {
      resumeWindow,
      maxBuffered: { maxMessages: maxBuffered },
      // A few large messages fill it.
      receiveWindow: 1024 * 1024,
    });
    this.#world = world;
    this.#note = (line) => {
      note?.(`${world.clock.now().toFixed(0).padStart(8)} ms  ${line}`);
    };
    const sessionLost = promised === 'discard' ? promised : 'resend';
    if (note) transcribe(world, this.#note);
    world.onStep = (connection, step) => {
      this.#stepped(connection, step);
    };
    const socket = world.client({
      transports,
      fallbackDelay,
      queue,
      sessionLost,
      auth: () => world.token(),
      ...(retries < Infinity && { reconnect: retries > 0 && ((rounds) => rounds <= retries && 100) }),
    });
    this.#talk = new Talk(world, socket, promised, this.#note);
    const invariants = new Invariants(world, socket, plan);
    this.#invariants = invariants;
    this.#acts = new Acts(world, this.#talk, {
      state: () => invariants.connection && stateInWords(invariants.connection.link),
      check: () => {
        this.#check();
      },
    });
    sabotage?.(world);
  }

  run(): number {
    const { ops, end } = this.#plan;
    const { clock } = this.#world;
    for (const op of ops) {
      this.#note(`## ${inWords(op)}`);
      this.#acts.do(op);
      this.#acts.pass(0);
    }
    const early = end.when === 'storm';
    if (early) this.#close();
    if (!early && !this.#isOver) this.#limp();
    const clearedAt = clock.now();
    this.#clear();
    if (!early && !this.#isOver) {
      this.#recover(clearedAt);
      this.#close();
    }
    this.#ending();
    const { heardUp, sentDown } = this.#talk.books;
    return heardUp + sentDown.reduce((sum, count) => sum + count, 0);
  }

  #stepped(connection: Connection, step: Step): void {
    this.#coverage?.count(step);
    // The first step is taken inside the socket's constructor.
    if (step.event.type === 'start') return;
    const { outbox } = connection.session;
    if (step.effects.some((effect) => effect.do === 'renew') && connection.phase.name !== 'closing')
      this.#talk.losing(outbox.acknowledged, outbox.unacknowledged, connection.phase.name === 'open');
    this.#talk.watch(() => {
      this.#invariants.step(connection, step);
    });
  }

  /** A network in which only WebSocket fails is no obstacle. */
  #limp(): void {
    const { limps } = this.#plan;
    if (!limps) return;
    const { clock } = this.#world;
    const since = clock.now();
    this.#clear(limps);
    // A WebSocket that is open would stay so.
    this.#world.network.cut();
    const { socket } = this.#talk;
    this.#until(OVER_HTTP_WITHIN, 'over HTTP', () => /polling|streaming/.test(socket.transport ?? ''));
    this.#coverage?.took('over HTTP', clock.now() - since);
    for (let i = 0; i < 10; i++) {
      this.#talk.sendUp();
      this.#talk.sendDown();
      this.#acts.pass(10);
    }
    this.#until(SETTLED_OVER_HTTP_WITHIN, 'settled over HTTP', () => this.#isSettled);
  }

  get #isSettled(): boolean {
    return this.#talk.books.isSettled(this.#world.accepted.length - 1);
  }

  #clear(but?: Plan['limps']): void {
    this.#note(but ? `## the weather clears, but for ${JSON.stringify(but)}` : '## the weather clears');
    const world = this.#world;
    world.network.weather = { ...fair, ...but };
    world.network.speak();
    world.machine.throttle(0);
    this.#acts.do({ do: 'read' });
    if (this.#acts.mustWake || this.#plan.wakes) world.page('wake');
  }

  /** In a calm everything is as it should be, after a time that is stated. */
  #recover(clearedAt: number): void {
    const { clock } = this.#world;
    const { socket } = this.#talk;
    const { transports } = this.#plan;
    const streams = transports.includes('streaming');
    const best =
      transports[0] === 'websocket'
        ? ['websocket']
        : transports.filter((name) => name !== 'polling' || !streams);
    const isBest = (): boolean => best.includes(socket.transport as TransportName);
    this.#until(OPEN_WITHIN, 'open', () => socket.state.name === 'open');
    this.#coverage?.took('open', clock.now() - clearedAt);
    for (let i = 0; i < 10 && !this.#isOver; i++) {
      this.#talk.sendUp();
      this.#talk.sendDown();
      this.#acts.pass(10);
    }
    this.#until(SETTLED_WITHIN, 'settled', () => this.#isSettled);
    this.#coverage?.took('settled', clock.now() - clearedAt);
    this.#until(BEST_WITHIN, `over ${best.join(' or ')}`, isBest);
    this.#coverage?.took('best', clock.now() - clearedAt);
    // A request that set out in bad weather may meet its end yet.
    this.#acts.pass(60_000);
    this.#until(BEST_WITHIN, `over ${best.join(' or ')} again`, isBest);
    let changes = 0;
    socket.addEventListener('transportchange', () => changes++);
    for (let i = 0; i < 20; i++) {
      this.#talk.sendUp();
      this.#talk.sendDown();
      this.#acts.pass(i * 300);
    }
    if (changes > 0 && !this.#isOver) throw new Error(`${changes} changes of transport in a calm`);
  }

  #close(): void {
    const { by, code } = this.#plan.end;
    this.#note(`## the ${by} ${by === 'page' ? 'ends' : `closes with ${code}`}`);
    const here = this.#world.accepted.filter((peer) => this.#world.isHere(peer));
    if (by === 'page') {
      this.#world.page('end');
      // Nothing of it runs any more; what it said last is on its way.
      this.#world.machine.die();
    } else if (by === 'client' || here.length === 0) this.#talk.socket.close(code);
    else for (const peer of here) peer.close(code);
  }

  /** Both ends close, and nothing is left. */
  #ending(): void {
    const world = this.#world;
    const { clock, network, machine, host } = world;
    const { socket, books, closed } = this.#talk;
    const { end, resumeWindow, promised } = this.#plan;
    const isOver = (): boolean =>
      socket.readyState === 3 && world.accepted.every((peer) => peer.readyState === 3 || !world.isHere(peer));
    // What is under way may still begin a session, of which nobody will hear.
    this.#acts.pass(CLOSED_WITHIN);
    this.#until(resumeWindow + CLOSED_WITHIN, 'closed', isOver);
    this.#acts.pass(CLOSED_WITHIN);
    if (closed.client?.wasClean && end.by === 'client' && closed.client.code === end.code) {
      if (promised !== 'bounds' && promised !== 'discard' && books.reached < books.sentUp)
        throw new Error(`closed in order, with ${books.open}`);
    }
    if (network.connections > 0) throw new Error(`${network.connections} connections left`);
    if (machine.timers > 0) throw new Error(`${machine.timers} timers left on the client`);
    if (host.machine.timers > 0) throw new Error(`${host.machine.timers} timers left on the server`);
    if (clock.pending > 0) throw new Error(`${clock.pending} things are left to happen`);
  }

  /** Ended before its time: by a bound that is there to end it. */
  get #isOver(): boolean {
    return this.#talk.socket.readyState > 1;
  }

  #until(limit: number, what: string, holds: () => boolean): void {
    const { clock } = this.#world;
    const until = clock.now() + limit;
    this.#check();
    while (!holds() && !(this.#isOver && what !== 'closed')) {
      if (!clock.step(until)) throw new Error(`not ${what} within ${limit} ms: ${this.#talk.books.open}`);
      this.#check();
    }
  }

  #check(): void {
    const { connection } = this.#invariants;
    if (connection) this.#talk.begins(connection.session.id);
    this.#invariants.check();
    this.#talk.check();
  }
}
