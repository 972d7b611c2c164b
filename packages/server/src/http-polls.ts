/**
 * What goes down over HTTP (PROTOCOL.md §6.3): the session's frames as answers to polls, one of which is open at a time. What
 * is said of them, and a preview of the next one, rides along in the answers to batches.
 */
import {
  BatchWriter,
  concat,
  controlRecord,
  formatAnswer,
  type AnswerFrame,
  type PollFrame,
  type SessionFrame,
} from '@holdfast/protocol';
import { Downlink } from './downlink.ts';
import type { Reply } from './exchange.ts';
import type { Histogram } from './histogram.ts';
import type { Questions } from './questions.ts';
import { Alarm, Appointment, type Scheduler } from './scheduler.ts';
import { StreamTrust, type Doubted } from './stream-trust.ts';
import type { TransportOwner } from './transport.ts';

/** Bytes of one answer that ends with what it brings. */
const MAX_BATCH = 1024 * 1024;
/** Bytes after which a stream is renewed: XMLHttpRequest keeps the whole of it. */
const MAX_STREAM = 8 * 1024 * 1024;
/** Bytes that wait in a response before the session keeps the rest. */
const HIGH_WATER = 256 * 1024;
/** The answer to a batch brings so many bytes of what the next poll will bring. */
const PREVIEW = 16 * 1024;
/** So many, though the poll is here: it need not bring them if they are acknowledged in this time, in ms, as they are by what is sent next. */
const ANSWER = 4 * 1024;
const ANSWER_PATIENCE = 1000;
/** The first poll comes in this time, in ms, or is missed. */
const FIRST_POLL = 1000;
/** How long a poll may be held, whatever the client asks for, in ms. */
const MAX_HOLD = 60_000;

const NOTHING = new Uint8Array();

/** It rings when the open response is to end: a session has no alarm of its own for that. */
export class HttpPolls extends Appointment implements Doubted {
  readonly #scheduler: Scheduler;
  readonly #defer: (callback: () => void) => void;
  readonly #roundTrips: Histogram;
  readonly #trust: StreamTrust;
  /** Made when the answer to a batch brings what the open poll was to bring. */
  #lateAlarm: Alarm | undefined;
  readonly #attachedAt: number;
  #owner: TransportOwner | undefined;
  #downlink: Downlink;
  #holdUntil = Infinity;
  #writer = new BatchWriter();
  /** Lines for the next answer to a poll, ahead of the session's frames. */
  #lines: Uint8Array[] = [];
  #flushing = false;
  #isPreviewing = false;
  /** All that the open poll is to bring stood in the answer to a batch. */
  #isAnswered = false;

  constructor(
    scheduler: Scheduler,
    defer: (callback: () => void) => void,
    roundTrips: Histogram,
    questions: Questions,
  ) {
    super();
    this.#scheduler = scheduler;
    this.#defer = defer;
    this.#roundTrips = roundTrips;
    this.#attachedAt = scheduler.now();
    this.#trust = new StreamTrust(scheduler, questions, this);
    this.#downlink = new Downlink(0, this.#drained, this.#left);
  }

  get streams(): boolean {
    return this.#trust.streams;
  }

  /** Whether somebody is there to take what goes down. */
  get isOpen(): boolean {
    return this.#downlink.isOpen || this.#downlink.takesTheRest();
  }

  get writable(): boolean {
    const atOnce = this.#trust.mode === 'batch' ? MAX_BATCH : HIGH_WATER;
    const room = this.#isPreviewing ? PREVIEW : this.#downlink.isOpen ? atOnce : 0;
    return this.#writer.pending < room && this.#downlink.buffered < HIGH_WATER;
  }

  get buffered(): number {
    return this.#writer.pending + this.#downlink.buffered;
  }

  carry(owner: TransportOwner): void {
    this.#owner = owner;
  }

  send(frame: SessionFrame | AnswerFrame): void {
    // The answer to the request that brought it says so.
    if (frame.type === 'ack') return;
    this.#isAnswered = false;
    switch (frame.type) {
      case 'data':
      case 'close':
      case 'allow':
      case 'ping':
      case 'pong':
        this.#writer.add(frame);
        break;
      default:
        this.#lines.push(controlRecord(formatAnswer(frame)));
    }
    this.#flushSoon();
  }

  /** The attach, or its repetition: answered like a poll that ends with what it brings. */
  answerAttach(reply: Reply): void {
    if (this.#downlink.number === 0) this.#downlink.join(reply);
    else reply.fail(409, 'too late to repeat this attach');
  }

  poll(frame: PollFrame, reply: Reply): void {
    if (!this.#owner) {
      reply.fail(409, 'the session has ended');
      return;
    }
    this.#isAnswered = false;
    const now = this.#scheduler.now();
    const holdUntil = now + Math.min(frame.hold, MAX_HOLD);
    if (frame.number === this.#downlink.number) {
      this.#downlink.join(reply);
      // Who repeats it may have learned meanwhile that it must be shorter.
      this.#holdUntil = Math.min(this.#holdUntil, holdUntil);
      this.#scheduler.set(this, Math.min(this.at, holdUntil));
      this.#owner.writable();
      this.#flushSoon();
      return;
    }
    if (frame.number !== this.#downlink.number + 1) {
      reply.fail(409, 'a poll out of turn');
      return;
    }
    if (frame.number === 1) {
      const roundTrip = now - this.#attachedAt;
      this.#trust.measured(roundTrip);
      this.#roundTrips.add(roundTrip);
    }
    this.endResponse();
    this.#downlink = new Downlink(frame.number, this.#drained, this.#left);
    const mode = this.#trust.begin(frame, now);
    this.#downlink.join(reply);
    if (mode !== 'batch')
      this.#downlink.write(controlRecord(formatAnswer({ type: mode, number: frame.number })));
    this.#holdUntil = holdUntil;
    this.#scheduler.set(this, this.#holdUntil);
    this.#owner.writable();
    this.#flushSoon();
  }

  /** The client saw the beginning of an answer. Gives what it is told of that. */
  seen(number: number): Uint8Array[] {
    // Seen twice by the client of a repeated poll, it is answered twice.
    if (number === this.#downlink.number && this.#downlink.isOpen && this.#trust.mode !== 'batch') {
      this.#trust.prove();
      this.#scheduler.set(this, this.#holdUntil);
      return [controlRecord(formatAnswer({ type: 'stream', number }))];
    }
    return [];
  }

  /** The client has everything up to `received`: what an answer to a batch has brought need not be brought by a poll. */
  acknowledged(received: number): void {
    if (!this.#trust.acknowledged(received) || this.#writer.isEmpty) return;
    this.#writer.confirm({ seq: received + 1, offset: 0 });
    this.#writer.rewind([]);
  }

  /** The client has the last question. */
  answered(): void {
    this.#trust.answered();
  }

  /** What the answer to a batch tells of the last poll, and what it brings of it. */
  news(): Uint8Array[] {
    const lines: Uint8Array[] = [];
    const { number, ended } = this.#downlink;
    // A client that still waits for that response, or thinks that the next poll is here, would wait in vain. The first one has a little time.
    const isLate = number > 0 || this.#scheduler.now() - this.#attachedAt > FIRST_POLL;
    if (ended && isLate) lines.push(controlRecord(formatAnswer({ type: 'ended', number })));
    // As long as nobody knows whether the open response is seen, what it brings goes here too: only what is new is taken.
    if (this.#trust.mode === 'probe' && this.#owner) lines.push(this.#flush());
    return lines;
  }

  /**
   * What the next poll will bring, for an answer that goes before it: over a long way a poll is often not here. It is not taken
   * for sent: that answer may be lost, or overtake the one to the last poll.
   */
  preview(): Uint8Array {
    if (!this.#owner || (this.#downlink.isOpen && !this.#mayAnswer)) return NOTHING;
    this.#isPreviewing = true;
    this.#owner.wantsMessages();
    this.#isPreviewing = false;
    const { isEmpty } = this.#writer;
    if (isEmpty) return NOTHING;
    const { bytes, lines } = this.#writer.cut(PREVIEW);
    this.#isAnswered = this.#downlink.isOpen && this.#writer.isEmpty;
    this.#writer.rewind(lines);
    if (!this.#isAnswered) return bytes;
    this.#lateAlarm ??= new Alarm(() => {
      this.#isAnswered = false;
      this.#flush();
    });
    this.#scheduler.set(this.#lateAlarm, this.#scheduler.now() + ANSWER_PATIENCE);
    return bytes;
  }

  ask(): void {
    this.send({ type: 'ping', id: 0 });
  }

  /** Ends the open response. */
  endResponse(): void {
    if (!this.#downlink.ended) this.#downlink.end(this.#head);
  }

  override ring(): void {
    this.endResponse();
  }

  /** Takes no more, and writes what it was given. */
  deliver(): void {
    this.#owner = undefined;
    this.#isAnswered = false;
    this.#flush();
  }

  terminate(): void {
    this.#owner = undefined;
    this.endResponse();
    this.#scheduler.cancel(this);
    if (this.#lateAlarm) this.#scheduler.cancel(this.#lateAlarm);
    this.#trust.end();
  }

  readonly #drained = (): void => {
    this.#owner?.writable();
    this.#flush();
  };

  /** Who waited for an answer was there as long as it waited. */
  readonly #left = (): void => {
    this.#owner?.heard();
  };

  /** What one turn of the event loop sends goes in one piece. */
  #flushSoon(): void {
    if (this.#flushing || this.#isEmpty) return;
    this.#flushing = true;
    this.#defer(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  /** Writes what there is to the open response. Gives the frames. */
  #flush(): Uint8Array {
    const downlink = this.#downlink;
    const { mode, probeTime } = this.#trust;
    if (!downlink.isOpen || this.#isEmpty) return NOTHING;
    if (this.#isAnswered) return NOTHING;
    const wasFull = !this.writable;
    const before = this.#lines.length > 0 ? concat([this.#head, ...this.#lines]) : this.#head;
    if (this.#lines.length > 0) this.#lines = [];
    // What a probe brings stands in the answers to bodies as well.
    const { bytes, end } = this.#writer.cut(MAX_BATCH, [before], mode === 'stream' ? downlink : undefined);
    this.#writer.confirm(end);
    if (mode === 'batch') downlink.end(bytes);
    else downlink.write(bytes);
    // A probe ends by time alone: one that had ended by what it brought would look like one that was held back.
    if (mode === 'stream' && downlink.size >= MAX_STREAM) this.endResponse();
    else if (mode === 'probe')
      this.#scheduler.set(this, Math.min(this.at, this.#scheduler.now() + probeTime));
    this.#trust.wrote(end.seq - 1, bytes.length - before.length);
    this.#flushSoon();
    // Where there was room all the time nothing waits for some.
    if (wasFull) this.#owner?.writable();
    // Only what a probe brings is wanted.
    return mode === 'probe' ? bytes.subarray(before.length) : NOTHING;
  }

  /** What the answer to the last poll begins with, if it ends with what it brings: it goes with the rest, in one write. */
  get #head(): Uint8Array {
    const { number } = this.#downlink;
    if (number === 0 || this.#trust.mode !== 'batch') return NOTHING;
    return controlRecord(formatAnswer({ type: 'batch', number }));
  }

  /** Whether there is nothing to write. */
  get #isEmpty(): boolean {
    return this.#writer.isEmpty && this.#lines.length === 0;
  }

  /** Whether the answer to a batch may bring what the open poll would: the client has all that is before it, so it takes that. */
  get #mayAnswer(): boolean {
    if (this.#trust.mode !== 'batch') return false;
    return this.#trust.hasArrived && this.#lines.length === 0 && this.#writer.pending <= ANSWER;
  }
}
