/**
 * What is said in a session, within its lifetime (`lifetime.ts`): messages go out and come in, and what was asked is answered.
 * Whether the client is there, and how it is reached, is `connection.ts`'s; here a transport is only somebody who takes frames.
 */
import { isUtf8 } from 'node:buffer';
import {
  Assembler,
  CloseCode,
  Inbox,
  type AckFrame,
  type AllowFrame,
  type AttachFrame,
  type CloseFrame,
  type DataFrame,
} from '@holdfast/protocol';
import { shaped, type Data } from './data.ts';
import type { SendCallback, SendOptions } from './face.ts';
import { Lifetime } from './lifetime.ts';
import { Pings } from './pings.ts';
import { Sending } from './sending.ts';
import type { ServerTransport } from './transport.ts';

export abstract class Conversation extends Lifetime {
  #assembler: Assembler | undefined;
  /** Made when the application sends its first message. */
  #sending: Sending | undefined;
  #pings: Pings | undefined;
  /** The last acknowledged message when the client was asked for an acknowledgement, on this transport. */
  #askedBehind = -1;
  /** Made when the application pauses: until then it has each message as it comes. */
  #inbox: Inbox | undefined;

  /** Bytes that are not on the network yet. */
  get buffered(): number {
    return this.session.outbox.unsentBytes + (this.transport?.buffered ?? 0);
  }

  /** Puts together what comes over HTTP: the part of a message that one transport brought is there for the next. */
  get assembler(): Assembler {
    const { received } = this.session;
    if (this.#assembler?.position.seq !== received + 1)
      this.#assembler = new Assembler(received, this.host.maxPayload);
    return this.#assembler;
  }

  /** Whether a message is taken, or comes too late. @throws TypeError for what has no bytes */
  send(data: Data, options: SendOptions, callback: SendCallback | undefined): boolean {
    if (this.isOpen) {
      this.#sending ??= this.#newSending();
      this.#sending.send(data, options, callback);
      this.spoke();
      return true;
    }
    this.host.counters.dropped.late++;
    return false;
  }

  /** Asks for a pong, which brings back what is said. */
  ping(said: Buffer): void {
    this.#pings ??= new Pings();
    const id = this.#pings.add(said);
    this.transport?.send({ type: 'ping', id });
  }

  get isPaused(): boolean {
    return this.#inbox?.isPaused ?? false;
  }

  pause(): void {
    if (this.isOver) return;
    this.#inbox ??= new Inbox((frame) => {
      this.#give(frame);
    });
    this.#inbox.isPaused = true;
  }

  resume(): void {
    if (this.#inbox) this.#inbox.isPaused = false;
    this.host.defer(() => {
      this.read();
    });
  }

  /** Goes on, on a transport that attached; false if its client claims what cannot be. */
  protected goOn(transport: ServerTransport, frame: AttachFrame): boolean {
    const { session, transport: before } = this;
    const received = frame.received === 'new' ? 0 : frame.received;
    const { counters } = this.host;
    if (!session.resume(received, session.received, frame.allow, transport.batches)) {
      counters.attaches.gone++;
      return false;
    }
    const { attempt, outbox } = session;
    counters.attached(attempt === 0, before !== undefined && before !== transport, outbox.unacknowledged);
    session.attempt = frame.attempt;
    this.#askedBehind = -1;
    this.transport = transport;
    this.extend();
    return true;
  }

  /** Asks again what was not answered. */
  protected askAgain(transport: ServerTransport): void {
    for (const id of this.#pings?.waiting ?? []) transport.send({ type: 'ping', id });
  }

  /** A pong has come. */
  protected answered(id: number): void {
    const said = this.#pings?.answered(id);
    if (said) this.tell('pong', said);
  }

  /** Takes what the client says in the session. @param heardAt when it was heard, in ms */
  protected hear(frame: DataFrame | CloseFrame | AckFrame | AllowFrame, heardAt: number): void {
    switch (frame.type) {
      case 'data':
      case 'close':
        this.#arrived(frame, heardAt);
        return;
      case 'ack':
        if (!this.session.acknowledge(frame.received, this.host.scheduler.now())) {
          this.fail(CloseCode.protocolError, 'an acknowledgement of what was never sent');
          return;
        }
        this.confirmClose();
        // What waits for acknowledgements goes now.
        if (this.session.outbox.ready) this.pump();
        return;
      case 'allow':
        this.session.allow(frame.total);
        this.pump();
    }
  }

  protected read(): void {
    this.#inbox?.flow();
    if (this.#inbox?.isEmpty ?? true) this.goodbye?.();
    this.#acknowledge(this.host.scheduler.now(), false);
  }

  protected over(isClean: boolean): void {
    this.#pings = undefined;
    this.#sending?.end();
    // Behind an end in order all is here, and may wait to be read. After any other end nothing is worth waiting for.
    if (!isClean && this.#inbox) this.#inbox.isPaused = false;
  }

  protected override get dueAt(): number {
    // A transport that is full asks for more itself.
    return Math.min(super.dueAt, this.transport?.writable ? this.session.ackDueAt : Infinity);
  }

  protected override speak(now: number): void {
    super.speak(now);
    if (this.session.ackDueAt <= now) this.pump();
  }

  /** The application has another message. */
  #give({ data, binary }: DataFrame): void {
    this.session.taken(data.length);
    this.tell('message', this.#shaped(asBuffer(data as Uint8Array), binary), binary);
  }

  #newSending(): Sending {
    const { copies, counters, defer } = this.host;
    return new Sending({
      outbox: this.session.outbox,
      copies,
      counters,
      pump: () => {
        this.pump();
        this.#askForAck();
      },
      fail: (code, reason) => {
        this.fail(code, reason, defer);
      },
    });
  }

  /** A client has its own time to acknowledge what it has: it is asked before it is taken for too slow a reader. */
  #askForAck(): void {
    const { acknowledged, length, bytes } = this.session.outbox;
    const { maxMessages, maxBytes } = this.host.maxBuffered;
    if (length < maxMessages / 2 && bytes < maxBytes / 2) return;
    if (this.#askedBehind === acknowledged || !this.transport?.writable) return;
    this.#askedBehind = acknowledged;
    this.transport.send({ type: 'ping', id: 0 });
  }

  #arrived(frame: DataFrame | CloseFrame, now: number): void {
    const { session } = this;
    const wasAckDue = session.ackDueAt < Infinity;
    const size = frame.type === 'data' ? frame.data.length : undefined;
    const arrival = session.arrive(frame.seq, size, now);
    if (arrival === 'gap') this.fail(CloseCode.protocolError, 'a message is missing');
    if (arrival === 'excess') this.fail(CloseCode.policyViolation, 'more than there is room for');
    if (arrival !== 'new') return;
    if (frame.type === 'close') {
      session.ackDueAt = now;
      this.pump();
      this.heardClose(frame);
      return;
    }
    if (frame.data.length > this.host.maxPayload) this.fail(CloseCode.tooBig, 'message too long');
    else if (!frame.binary && !isUtf8(frame.data as Buffer))
      this.fail(CloseCode.invalidData, 'text that is not UTF-8');
    else {
      const { received } = this.host.counters;
      received.messages++;
      received.bytes += frame.data.length;
      if (!this.#inbox) this.#give(frame);
      // What waits keeps no more than itself: it may be a small part of what it came in.
      else this.#inbox.push(this.isPaused ? { ...frame, data: Buffer.from(frame.data as Buffer) } : frame);
      this.#acknowledge(now, wasAckDue);
    }
  }

  /** Sends what is due, now or when it will be. */
  #acknowledge(now: number, isSet: boolean): void {
    if (this.session.ackDueAt <= now || this.session.allowanceDue) this.pump();
    else if (!isSet) this.arm();
  }

  /** Bytes come as the application wants them, which it has to know: the type says Buffer, as it is by default. */
  #shaped(data: Buffer, isBinary: boolean): Buffer {
    return isBinary ? (shaped(data, this.socket.binaryType) as Buffer) : data;
  }
}

const asBuffer = (data: Uint8Array): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
