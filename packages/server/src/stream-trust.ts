/**
 * Whether a client sees an answer grow (PROTOCOL.md §6.3): probes find out, with more and more time between them, and what is
 * streamed is asked about as long as nobody says that it arrives. All that is known here is numbers and instants.
 */
import type { PollFrame } from '@holdfast/protocol';
import type { Asked, Questions } from './questions.ts';
import { Appointment, type Scheduler } from './scheduler.ts';

/**
 * Whether what is streamed arrives is asked after so long, in ms; each answer makes it five times as long, up to the other one:
 * before that, a client of ours acknowledges without being asked.
 */
const ASK_AFTER = 250;
const MAX_ASK_AFTER = 6000;
/**
 * That is answered in this time, in ms; else something holds the response back. Or else the client is slow: each time it is
 * given twice as long, up to the other one.
 */
const PATIENCE = 1250;
const MAX_PATIENCE = 8000;
/** In so many steps, each of which takes a turn of the event loop at least: a server that is slow waits longer. */
const PATIENCE_STEPS = 4;
/** Beside that, a ms for so many bytes. */
const SLOW_BYTES_PER_MS = 32;
/** A probe stays open behind its data for three round trips, within these bounds, in ms. */
const MIN_PROBE = 300;
const MAX_PROBE = 2000;
/** The time before a path that held responses back is probed again, and its longest, in ms. */
const PROBE_AGAIN = 2500;
const MAX_PROBE_AGAIN = 300_000;

/** What answers a poll: `batch` ends with what it brings, `probe` finds out, `stream` stays open. */
export type Mode = 'batch' | 'probe' | 'stream';

/** What doubts ask of those who write. */
export interface Doubted {
  /** Asks the client whether what was streamed arrives. */
  ask(): void;
  /** Ends the open response. */
  endResponse(): void;
}

/** It rings when what was streamed is doubted: a session has no alarm of its own for that. */
export class StreamTrust extends Appointment implements Asked {
  readonly #scheduler: Scheduler;
  readonly #questions: Questions;
  readonly #doubted: Doubted;
  #mode: Mode = 'batch';
  #streams = false;
  #probeAt = 0;
  #probeAgain = PROBE_AGAIN;
  #probeTime = MIN_PROBE;
  /** The number of the last message written to a response. */
  #streamed = 0;
  /** Bytes written to streams since the client had everything. */
  #streamedBytes = 0;
  /** The last message that the client acknowledged. */
  #confirmed = 0;
  /** How long a client may be silent about what is streamed before it is asked, in ms. */
  #askAfter = ASK_AFTER;
  /** Steps of patience since the client was asked. */
  #doubts = 0;
  #patience = PATIENCE;

  /** @param questions those of the whole server */
  constructor(scheduler: Scheduler, questions: Questions, doubted: Doubted) {
    super();
    this.#scheduler = scheduler;
    this.#questions = questions;
    this.#doubted = doubted;
  }

  /** How the last poll is answered. */
  get mode(): Mode {
    return this.#mode;
  }

  /** Whether responses arrive while they grow, as far as is known. */
  get streams(): boolean {
    return this.#streams;
  }

  /** How long a probe stays open behind its data, in ms. */
  get probeTime(): number {
    return this.#probeTime;
  }

  /** Whether the client has acknowledged all that was written. */
  get hasArrived(): boolean {
    return this.#streamed <= this.#confirmed;
  }

  /** @param roundTrip in ms */
  measured(roundTrip: number): void {
    this.#probeTime = Math.min(MAX_PROBE, Math.max(MIN_PROBE, 3 * roundTrip));
  }

  /** A new poll has come: gives how it is answered. */
  begin(frame: PollFrame, now: number): Mode {
    // What is on the way may be another one this time.
    this.#askAfter = ASK_AFTER;
    return (this.#mode = this.#nextMode(frame, now));
  }

  /** The client saw the beginning of a response that has no end yet: nothing holds responses back. */
  prove(): void {
    this.#mode = 'stream';
    this.#streams = true;
  }

  /** Messages up to this number, and so many bytes, were written to the open response. */
  wrote(seq: number, bytes: number): void {
    this.#streamed = Math.max(this.#streamed, seq);
    if (this.#mode !== 'stream') return;
    this.#streamedBytes += bytes;
    this.#doubtLater();
  }

  /** The client has everything up to `received`. Gives whether that is new. */
  acknowledged(received: number): boolean {
    if (received <= this.#confirmed) return false;
    this.#confirmed = received;
    if (received >= this.#streamed) this.#streamedBytes = 0;
    this.#arrives();
    return true;
  }

  /** The client has answered the question, or another one. */
  answered(): void {
    if (this.#doubts === 0) return;
    this.#arrives();
  }

  /** Nothing is written any more. */
  end(): void {
    this.#scheduler.cancel(this);
    this.#questions.drop(this);
  }

  ring(): void {
    if (this.#doubts === 0) this.#questions.add(this);
    // Between its steps a server that could not run reads what has come meanwhile.
    else if (this.#doubts === PATIENCE_STEPS) this.#distrust();
    else this.#wait();
  }

  /** It is this client's turn. */
  ask(): void {
    this.#doubted.ask();
    this.#wait();
  }

  #nextMode(frame: PollFrame, now: number): Mode {
    if (frame.mode === 'poll') return 'batch';
    if (this.#streams) return 'stream';
    if (now < this.#probeAt) return 'batch';
    this.#probeAt = now + this.#probeAgain;
    this.#probeAgain = Math.min(MAX_PROBE_AGAIN, this.#probeAgain * 2);
    return 'probe';
  }

  /** What was streamed does not arrive: the end of the response sets it free, and the next ones end with what they bring. */
  #distrust(): void {
    this.#streams = false;
    this.#doubts = 0;
    this.#questions.drop(this);
    this.#patience = Math.min(MAX_PATIENCE, 2 * this.#patience);
    this.#probeAt = this.#scheduler.now() + this.#probeAgain;
    this.#doubted.endResponse();
  }

  /**
   * What was streamed arrives. If that was asked, by a pong or by the acknowledgement that comes before it: the better it is
   * known, the more rarely it is asked.
   */
  #arrives(): void {
    if (this.#doubts > 0) this.#askAfter = Math.min(MAX_ASK_AFTER, 5 * this.#askAfter);
    this.#doubts = 0;
    this.end();
    this.#doubtLater();
  }

  /** Only whole messages can be acknowledged. */
  #doubtLater(): void {
    if (this.#mode !== 'stream' || this.hasArrived || this.at < Infinity) return;
    this.#scheduler.set(this, this.#scheduler.now() + this.#askAfter);
  }

  /** Large messages take their time on a slow link, and the question behind them with them. */
  #wait(): void {
    this.#doubts++;
    const patience = this.#patience + this.#streamedBytes / SLOW_BYTES_PER_MS + this.#questions.patience;
    this.#scheduler.set(this, this.#scheduler.now() + patience / PATIENCE_STEPS);
  }
}
