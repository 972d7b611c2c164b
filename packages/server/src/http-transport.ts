/**
 * Frames over the HTTP requests of one attach (PROTOCOL.md §6): batches come in as bodies, go out as the answers to
 * polls. An answer ends with what it brings until the client has shown that it sees an answer grow; then it streams.
 */
import {
  BatchWriter,
  concat,
  controlRecord,
  formatAnswer,
  formatCommon,
  isBefore,
  violation,
  type AnswerFrame,
  type Assembler,
  type CloseFrame,
  type Item,
  type Piece,
  type PollFrame,
  type RequestFrame,
  type SessionFrame,
} from '@holdfast/protocol';
import { Downlink } from './downlink.ts';
import type { Reply } from './exchange.ts';
import type { Histogram } from './histogram.ts';
import { gather } from './parts.ts';
import { Alarm, type Scheduler } from './scheduler.ts';
import type { ServerTransport, TransportName, TransportOwner } from './transport.ts';

export type RequestItem = Item<RequestFrame>;

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
/** Batches that may wait for one that they overtook. */
const MAX_HELD = 4;
/** The first poll comes in this time, in ms, or is missed. */
const FIRST_POLL = 1000;
/** How long a poll may be held, whatever the client asks for, in ms. */
const MAX_HOLD = 60_000;
/** Whether what is streamed arrives is asked after so long, in ms; each answer makes it four times as long, up to the other one. */
const ASK_AFTER = 250;
const MAX_ASK_AFTER = 4000;
/**
 * That is answered in this time, in ms; else something holds the response back. Or else the client is slow: each time it is
 * given twice as long, up to the other one.
 */
const PATIENCE = 1250;
const MAX_PATIENCE = 8000;
const PATIENCE_STEPS = 2;
/** Beside that, a ms for so many bytes. */
const SLOW_BYTES_PER_MS = 32;
/** A probe stays open behind its data for three round trips, within these bounds, in ms. */
const MIN_PROBE = 300;
const MAX_PROBE = 2000;
/** The time before a path that held responses back is probed again, and its longest, in ms. */
const PROBE_AGAIN = 2500;
const MAX_PROBE_AGAIN = 300_000;

const NOTHING = new Uint8Array();

/** What answers a poll: `batch` ends with what it brings, `probe` finds out, `stream` stays open. */
type Mode = 'batch' | 'probe' | 'stream';

interface Held {
  readonly items: readonly RequestItem[];
  readonly reply: Reply;
  /** Whether nobody waits for its answer any more. */
  readonly isLeft: () => boolean;
}

export class HttpTransport implements ServerTransport {
  readonly batches = true;
  readonly pinged = false;

  readonly #scheduler: Scheduler;
  readonly #defer: (callback: () => void) => void;
  readonly #assembler: Assembler;
  readonly #roundTrips: Histogram;
  readonly #endAlarm = new Alarm(() => {
    this.#endDownlink();
  });
  readonly #doubt = new Alarm(() => {
    this.#doubts++;
    // In steps: a server that could not run for so long reads between them what has come meanwhile.
    if (this.#doubts > PATIENCE_STEPS) this.#distrust();
    else this.#ask();
  });
  readonly #lateAlarm = new Alarm(() => {
    this.#isAnswered = false;
    this.#flush();
  });
  readonly #attachedAt: number;
  #owner: TransportOwner | undefined;
  #downlink: Downlink;
  #mode: Mode = 'batch';
  #streams = false;
  #probeAt = 0;
  #probeAgain = PROBE_AGAIN;
  #roundTrip = 0;
  #holdUntil = Infinity;
  #writer = new BatchWriter();
  /** Lines for the next answer to a poll, ahead of the session's frames. */
  #lines: Uint8Array[] = [];
  /** What an answer that ends with what it brings begins with: it goes with the rest, in one write. */
  #head: Uint8Array[] = [];
  #flushing = false;
  #isPreviewing = false;
  /** All that the open poll is to bring stood in the answer to a batch. */
  #isAnswered = false;
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
  #held: Held[] = [];

  constructor(
    scheduler: Scheduler,
    defer: (callback: () => void) => void,
    assembler: Assembler,
    roundTrips: Histogram,
  ) {
    this.#scheduler = scheduler;
    this.#defer = defer;
    this.#assembler = assembler;
    this.#roundTrips = roundTrips;
    this.#attachedAt = scheduler.now();
    this.#downlink = new Downlink(0, this.#drained, this.#left);
  }

  get name(): TransportName {
    return this.#streams ? 'streaming' : 'polling';
  }

  get isOpen(): boolean {
    return this.#downlink.isOpen || this.#downlink.takesTheRest();
  }

  get writable(): boolean {
    const atOnce = this.#mode === 'batch' ? MAX_BATCH : HIGH_WATER;
    const room = this.#isPreviewing ? PREVIEW : this.#downlink.isOpen ? atOnce : 0;
    return this.#writer.pending < room && this.#downlink.buffered < HIGH_WATER;
  }

  get buffered(): number {
    return this.#writer.pending + this.#downlink.buffered;
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

  /** Carries a session from now on. */
  carry(owner: TransportOwner): void {
    this.#owner = owner;
  }

  /** The attach, or its repetition: answered like a poll that ends with what it brings. */
  answerAttach(reply: Reply): void {
    if (this.#downlink.number === 0) this.#downlink.join(reply);
    else reply.fail(409, 'too late to repeat this attach');
  }

  /** A body with frames: answered once they are taken, so that the answer acknowledges them. */
  receive(items: readonly RequestItem[], reply: Reply): void {
    const first = items.find(
      (item): item is Piece | CloseFrame => item.type === 'piece' || item.type === 'close',
    );
    const start = first && { seq: first.seq, offset: first.type === 'piece' ? first.offset : 0 };
    if (start && isBefore(this.#assembler.position, start)) {
      // Who sends one again, since no answer came in time, has left the one before.
      if (this.#held.length === MAX_HELD) this.#held = this.#held.filter(({ isLeft }) => !isLeft());
      if (this.#held.length < MAX_HELD) {
        let isLeft = false;
        reply.onClose(() => (isLeft = true));
        this.#held.push({ items, reply, isLeft: () => isLeft });
      } else reply.fail(409, 'too many batches ahead of a missing one');
      return;
    }
    const owner = this.#owner;
    const lines = this.take(items);
    const { number, ended } = this.#downlink;
    // A client that still waits for that response, or thinks that the next poll is here, would wait in vain. The first one has a little time.
    const isLate = number > 0 || this.#scheduler.now() - this.#attachedAt > FIRST_POLL;
    if (ended && isLate) lines.push(controlRecord(formatAnswer({ type: 'ended', number })));
    // As long as nobody knows whether the open response is seen, what it brings goes here too: only what is new is taken.
    if (this.#mode === 'probe' && this.#owner) lines.push(this.#flush());
    // Even if what came ended the session: its last acknowledgement is due as well.
    const ack = owner?.takeAck() ?? { type: 'ack', received: owner?.received() ?? 0 };
    reply.end(concat([controlRecord(formatCommon(ack)), ...lines, this.#preview()]));
    const held = this.#held;
    this.#held = [];
    for (const late of held) this.receive(late.items, late.reply);
  }

  poll(frame: PollFrame, items: readonly RequestItem[], reply: Reply): void {
    this.take(items);
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
      this.#scheduler.set(this.#endAlarm, Math.min(this.#endAlarm.at, holdUntil));
      this.#owner.writable();
      this.#flushSoon();
      return;
    }
    if (frame.number !== this.#downlink.number + 1) {
      reply.fail(409, 'a poll out of turn');
      return;
    }
    if (frame.number === 1) {
      this.#roundTrip = now - this.#attachedAt;
      this.#roundTrips.add(this.#roundTrip);
    }
    this.#endDownlink();
    this.#downlink = new Downlink(frame.number, this.#drained, this.#left);
    this.#mode = this.#nextMode(frame, now);
    // What is on the way may be another one this time.
    this.#askAfter = ASK_AFTER;
    this.#downlink.join(reply);
    const head = controlRecord(formatAnswer({ type: this.#mode, number: frame.number }));
    if (this.#mode === 'batch') this.#head = [head];
    else this.#downlink.write(head);
    this.#holdUntil = holdUntil;
    this.#scheduler.cancel(this.#endAlarm);
    this.#scheduler.set(this.#endAlarm, this.#holdUntil);
    this.#owner.writable();
    this.#flushSoon();
  }

  supersede(): void {
    this.send({ type: 'superseded' });
    this.close();
  }

  refuse(code: number, reason: string): void {
    this.send({ type: 'refused', code, reason });
    this.close();
  }

  close(): void {
    this.#owner = undefined;
    this.#isAnswered = false;
    this.#flush();
    this.terminate();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#endDownlink();
    this.#scheduler.cancel(this.#endAlarm);
    this.#scheduler.cancel(this.#lateAlarm);
    this.#scheduler.cancel(this.#doubt);
    for (const { reply } of this.#held) reply.fail(409, 'the session has moved on');
    this.#held = [];
  }

  /** Takes frames in order. Gives the lines that answer them at once. */
  take(items: readonly RequestItem[]): Uint8Array[] {
    const lines: Uint8Array[] = [];
    for (const item of items) {
      // Each frame may end the session, and this transport with it.
      if (!this.#owner) break;
      this.#owner.heard();
      switch (item.type) {
        case 'violation':
          this.#owner.violation(item);
          break;
        case 'piece':
        case 'close': {
          const frame = this.#assembler.take(item);
          if (!frame) gather(this.#assembler.parts);
          if (frame?.type === 'violation') this.#owner.violation(frame);
          else if (frame) this.#owner.frame(frame);
          break;
        }
        case 'seen':
          // Seen twice by the client of a repeated poll, it is answered twice.
          if (item.number === this.#downlink.number && this.#downlink.isOpen && this.#mode !== 'batch') {
            this.#trust();
            lines.push(controlRecord(formatAnswer({ type: 'stream', number: item.number })));
          }
          break;
        case 'ack':
          this.#acknowledged(item.received);
          this.#owner.frame(item);
          break;
        case 'pong':
          if (item.id === 0) this.#answered();
          this.#owner.frame(item);
          break;
        case 'allow':
        case 'ping':
          this.#owner.frame(item);
          break;
        default:
          this.#owner.violation(violation(`${item.type} inside a body`));
      }
    }
    return lines;
  }

  #nextMode(frame: PollFrame, now: number): Mode {
    if (frame.mode === 'poll') return 'batch';
    if (this.#streams) return 'stream';
    if (now < this.#probeAt) return 'batch';
    this.#probeAt = now + this.#probeAgain;
    this.#probeAgain = Math.min(MAX_PROBE_AGAIN, this.#probeAgain * 2);
    return 'probe';
  }

  /** The client saw the beginning of a response that has no end yet: nothing holds responses back. */
  #trust(): void {
    this.#mode = 'stream';
    this.#streams = true;
    this.#scheduler.set(this.#endAlarm, this.#holdUntil);
  }

  /** What was streamed does not arrive: the end of the response sets it free, and the next ones end with what they bring. */
  #distrust(): void {
    this.#streams = false;
    this.#doubts = 0;
    this.#patience = Math.min(MAX_PATIENCE, 2 * this.#patience);
    this.#probeAt = this.#scheduler.now() + this.#probeAgain;
    this.#endDownlink();
  }

  /** The client has everything up to `received`. */
  #acknowledged(received: number): void {
    if (received <= this.#confirmed) return;
    this.#forget(received);
    this.#confirmed = received;
    if (received >= this.#streamed) this.#streamedBytes = 0;
    this.#arrives();
  }

  /** What an answer to a batch has brought need not be brought by a poll. */
  #forget(received: number): void {
    if (this.#writer.isEmpty) return;
    this.#writer.confirm({ seq: received + 1, offset: 0 });
    this.#writer.rewind([]);
  }

  #answered(): void {
    if (this.#doubts === 0) return;
    this.#arrives();
  }

  /**
   * What was streamed arrives. If that was asked, by a pong or by the acknowledgement that comes before it: the better it is
   * known, the more rarely it is asked.
   */
  #arrives(): void {
    if (this.#doubts > 0) this.#askAfter = Math.min(MAX_ASK_AFTER, 4 * this.#askAfter);
    this.#doubts = 0;
    this.#scheduler.cancel(this.#doubt);
    this.#doubtLater();
  }

  /** Only whole messages can be acknowledged. Clients that came one after the other are not asked all at once. */
  #doubtLater(): void {
    if (this.#mode !== 'stream' || this.#streamed <= this.#confirmed || this.#doubt.at < Infinity) return;
    const spread = (this.#attachedAt % ASK_AFTER) / ASK_AFTER;
    this.#scheduler.set(this.#doubt, this.#scheduler.now() + this.#askAfter * (1 + spread));
  }

  /** Large messages take their time on a slow link, and the question behind them with them. */
  #ask(): void {
    if (this.#doubts === 1) this.send({ type: 'ping', id: 0 });
    const patience = this.#patience + this.#streamedBytes / SLOW_BYTES_PER_MS;
    this.#scheduler.set(this.#doubt, this.#scheduler.now() + patience / PATIENCE_STEPS);
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
    if (this.#flushing) return;
    this.#flushing = true;
    this.#defer(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  /** Writes what there is to the open response. Gives the frames. */
  #flush(): Uint8Array {
    const downlink = this.#downlink;
    if (!downlink.isOpen || (this.#writer.isEmpty && this.#lines.length === 0)) return NOTHING;
    if (this.#isAnswered) return NOTHING;
    // What a probe brings stands in the answers to bodies as well.
    const batch = this.#writer.cut(MAX_BATCH, [], this.#mode === 'stream' ? downlink : undefined);
    this.#writer.confirm(batch.end);
    const pieces = [...this.#lines, batch.bytes];
    this.#lines = [];
    if (this.#mode === 'batch') this.#endDownlink(pieces);
    else downlink.write(concat(pieces));
    // A probe ends by time alone: one that had ended by what it brought would look like one that was held back.
    if (this.#mode === 'stream' && downlink.size >= MAX_STREAM) this.#endDownlink();
    else if (this.#mode === 'probe') {
      const patience = Math.min(MAX_PROBE, Math.max(MIN_PROBE, 3 * this.#roundTrip));
      this.#scheduler.set(this.#endAlarm, Math.min(this.#endAlarm.at, this.#scheduler.now() + patience));
    }
    this.#streamed = Math.max(this.#streamed, batch.end.seq - 1);
    if (this.#mode === 'stream') {
      this.#streamedBytes += batch.bytes.length;
      this.#doubtLater();
    }
    if (!this.#writer.isEmpty) this.#flushSoon();
    this.#owner?.writable();
    return batch.bytes;
  }

  /**
   * What the next poll will bring, for an answer that goes before it: over a long way a poll is often not here. It is not taken
   * for sent: that answer may be lost, or overtake the one to the last poll.
   */
  #preview(): Uint8Array {
    if (!this.#owner || (this.#downlink.isOpen && !this.#mayAnswer)) return NOTHING;
    this.#isPreviewing = true;
    this.#owner.wantsMessages();
    this.#isPreviewing = false;
    const { isEmpty } = this.#writer;
    if (isEmpty) return NOTHING;
    const { bytes, lines } = this.#writer.cut(PREVIEW);
    this.#isAnswered = this.#downlink.isOpen && this.#writer.isEmpty;
    this.#writer.rewind(lines);
    if (this.#isAnswered) this.#scheduler.set(this.#lateAlarm, this.#scheduler.now() + ANSWER_PATIENCE);
    return bytes;
  }

  /** Whether the answer to a batch may bring what the open poll would: the client has all that is before it, so it takes that. */
  get #mayAnswer(): boolean {
    if (this.#mode !== 'batch') return false;
    return this.#streamed <= this.#confirmed && this.#lines.length === 0 && this.#writer.pending <= ANSWER;
  }

  #endDownlink(pieces: readonly Uint8Array[] = []): void {
    const bytes = concat([...this.#head, ...pieces]);
    this.#head = [];
    this.#downlink.end(bytes);
  }
}
