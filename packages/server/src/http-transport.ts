/**
 * Frames over the HTTP requests of one attach (PROTOCOL.md §6): batches come in as bodies and are taken in their order; what
 * goes down is the business of the polls.
 */
import {
  concat,
  controlRecord,
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
import type { Reply } from './exchange.ts';
import type { Histogram } from './histogram.ts';
import { HttpPolls } from './http-polls.ts';
import { gather } from './parts.ts';
import type { Questions } from './questions.ts';
import type { Scheduler } from './scheduler.ts';
import type { ServerTransport, TransportName, TransportOwner } from './transport.ts';

export type RequestItem = Item<RequestFrame>;

/** Batches that may wait for one that they overtook. */
const MAX_HELD = 4;

interface Held {
  readonly items: readonly RequestItem[];
  readonly reply: Reply;
  /** Whether nobody waits for its answer any more. */
  readonly isLeft: () => boolean;
}

export class HttpTransport implements ServerTransport {
  readonly batches = true;
  readonly pinged = false;

  readonly #assembler: Assembler;
  readonly #polls: HttpPolls;
  #owner: TransportOwner | undefined;
  #held: Held[] = [];

  constructor(
    scheduler: Scheduler,
    defer: (callback: () => void) => void,
    assembler: Assembler,
    roundTrips: Histogram,
    questions: Questions,
  ) {
    this.#assembler = assembler;
    this.#polls = new HttpPolls(scheduler, defer, roundTrips, questions);
  }

  get name(): TransportName {
    return this.#polls.streams ? 'streaming' : 'polling';
  }

  get isOpen(): boolean {
    return this.#polls.isOpen;
  }

  get writable(): boolean {
    return this.#polls.writable;
  }

  get buffered(): number {
    return this.#polls.buffered;
  }

  send(frame: SessionFrame | AnswerFrame): void {
    this.#polls.send(frame);
  }

  /** Carries a session from now on. */
  carry(owner: TransportOwner): void {
    this.#owner = owner;
    this.#polls.carry(owner);
  }

  /** The attach, or its repetition. */
  answerAttach(reply: Reply): void {
    this.#polls.answerAttach(reply);
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
    const news = this.#polls.news();
    // Even if what came ended the session: its last acknowledgement is due as well.
    const ack = owner?.takeAck() ?? { type: 'ack', received: owner?.received() ?? 0 };
    reply.end(concat([controlRecord(formatCommon(ack)), ...lines, ...news, this.#polls.preview()]));
    const held = this.#held;
    this.#held = [];
    for (const late of held) this.receive(late.items, late.reply);
  }

  poll(frame: PollFrame, items: readonly RequestItem[], reply: Reply): void {
    this.take(items);
    this.#polls.poll(frame, reply);
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
    this.#polls.deliver();
    this.terminate();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#polls.terminate();
    for (const { reply } of this.#held) reply.fail(409, 'the session has moved on');
    this.#held = [];
  }

  /** Takes frames in order. Gives the lines that answer them at once. */
  take(items: readonly RequestItem[]): Uint8Array[] {
    const lines: Uint8Array[] = [];
    this.#owner?.heard();
    for (const item of items) {
      // Each frame may end the session, and this transport with it.
      if (!this.#owner) break;
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
          lines.push(...this.#polls.seen(item.number));
          break;
        case 'ack':
          this.#polls.acknowledged(item.received);
          this.#owner.frame(item);
          break;
        case 'pong':
          if (item.id === 0) this.#polls.answered();
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
}
