/**
 * What is said in a session, as the application counts it: it opens, messages go out and come in, it ends. A session lost by
 * the server is followed by another one. What carries all this is `connection.ts`'s; here a transport is only somebody who
 * takes frames.
 *
 * Messages are reported in order, and an end behind all of them. A close is the last message of a direction: once the
 * server has it, all is said.
 */
import {
  CloseCode,
  Inbox,
  LAZY_ACK_DELAY,
  Session,
  UNBOUNDED,
  type AckFrame,
  type AllowFrame,
  type AttachFrame,
  type CloseFrame,
  type DataFrame,
  type DrainFrame,
  type Outbox,
  type WelcomeFrame,
} from '@holdfast/protocol';
import { SocketConnection } from './socket-connection.ts';
import type { Transport } from './transport.ts';
import { isAsked } from './url.ts';

const NEVER_SENT = 'ack of what was never sent';

export abstract class Conversation extends SocketConnection {
  readonly session = new Session(this.env.randomId(), {
    maxBuffered: this.options.queue ?? UNBOUNDED,
    receiveWindow: this.options.receiveWindow,
    // A server waits for no acknowledgement.
    ackDelay: LAZY_ACK_DELAY,
  });
  /** Messages that the application has not taken, and the end behind them. */
  readonly #inbox = new Inbox((frame) => {
    this.session.taken(frame.data.length);
    this.owner.message(frame);
  });
  #goodbye: (() => void) | undefined;

  /** Nothing more to send: looks at what will be due. */
  protected abstract arm(): void;
  /** The server has had the last word, and asks to come back in so many ms. */
  protected abstract leave(delay: number): void;
  /** It has ended. */
  protected abstract over(): void;

  get outbox(): Outbox {
    return this.session.outbox;
  }

  /** Reports no more messages, nor an end that comes behind them, until {@link resume}. */
  pause(): void {
    this.#inbox.isPaused = true;
  }

  /** Reports what has arrived meanwhile, and lets the server go on. */
  resume(): void {
    this.#inbox.isPaused = false;
    this.#read();
  }

  fail(code: number = CloseCode.abnormal, reason = ''): void {
    this.#finish(code, reason, true);
  }

  /** What a transport attaches with. One that stands by claims nothing. */
  protected attachment(auth: string, standby: boolean): AttachFrame {
    return {
      type: 'attach',
      id: this.session.id,
      attempt: standby ? 0 : ++this.session.attempt,
      received: this.phase.name === 'opening' ? 'new' : this.session.received,
      auth,
      protocols: this.protocols,
      allow: this.session.takeAllowance(),
    };
  }

  /**
   * Lets what waits ride along with an attach. Until a welcome has come, a client does not know whether an earlier attach began
   * a session, on a server that has forgotten it since: what rode along with it would arrive twice (PROTOCOL.md §4.7).
   */
  protected ride(transport: Transport): void {
    if (!this.options.resend && this.phase.name === 'opening') return;
    this.expire();
    this.session.outbox.rewind(this.session.outbox.acknowledged);
    this.session.pump(transport, this.env.now());
  }

  /** Whether the chosen subprotocol is one that was asked for. A session that is known has its subprotocol already. */
  protected agrees({ protocol }: WelcomeFrame): boolean {
    return this.phase.name !== 'opening' || isAsked(protocol, this.protocols);
  }

  /**
   * Goes on, on a transport that was welcomed. Gives what is wrong with the welcome.
   *
   * @param told what its attach said that was received
   */
  protected goOn(welcome: WelcomeFrame, told: number, { batches }: Transport): string | undefined {
    if (!this.session.resume(welcome.received, told, welcome.allow, batches)) return NEVER_SENT;
    if (this.phase.name === 'opening') {
      this.phase = { name: 'open' };
      this.owner.opened(welcome.protocol);
    }
    this.owner.changed();
    this.#acknowledged();
    return undefined;
  }

  /** The server has lost the session: another one begins. */
  protected renew(): void {
    if (this.phase.name === 'closing') {
      this.fail();
      return;
    }
    const welcomedBefore = this.phase.name === 'open';
    this.phase = { name: 'opening' };
    const unacknowledged = this.session.renew(this.env.randomId(), this.options.resend);
    if (welcomedBefore) this.owner.sessionLost(unacknowledged);
  }

  /** Takes what the server says in the session. Gives what is wrong with it. */
  protected hear(frame: DataFrame | CloseFrame | AckFrame | AllowFrame | DrainFrame): string | undefined {
    const now = this.env.now();
    switch (frame.type) {
      case 'data':
      case 'close':
        return this.#arrived(frame, now);
      case 'ack':
        if (!this.session.acknowledge(frame.received, now)) return NEVER_SENT;
        this.#acknowledged();
        break;
      case 'allow':
        this.session.allow(frame.total);
        this.pump();
        break;
      case 'drain':
        // What is sent from now on waits for the next session.
        if (this.phase.name === 'open') this.session.outbox.end({ code: CloseCode.moved, reason: '' });
        this.pump();
    }
    return undefined;
  }

  #arrived(frame: DataFrame | CloseFrame, now: number): string | undefined {
    const size = frame.type === 'data' ? frame.data.length : undefined;
    const arrival = this.session.arrive(frame.seq, size, now);
    if (arrival === 'duplicate') return undefined;
    if (arrival !== 'new') return arrival === 'gap' ? 'a message is missing' : 'more than was allowed';
    if (frame.type === 'data') {
      this.#inbox.push(frame);
      this.#read();
    } else {
      this.session.ackDueAt = now;
      this.pump();
      if (frame.code === CloseCode.moved) this.#move(Number(frame.reason) || 0);
      else this.#finish(frame.code, frame.reason, false);
    }
    return undefined;
  }

  /** Each end has all that the other sent in this session. What was not sent is for the next one. */
  #move(delay: number): void {
    const { phase } = this;
    const { outbox } = this.session;
    outbox.acknowledgeAll();
    if (phase.name === 'closing' && outbox.length === 1) this.#finish(phase.code, phase.reason, false);
    else if (!this.options.link.retryDelay) this.#finish(CloseCode.goingAway, '', false);
    else {
      this.leave(delay);
      this.renew();
    }
  }

  #read(): void {
    this.#inbox.flow();
    if (this.#inbox.isEmpty) this.#goodbye?.();
    if (this.session.ackDueAt <= this.env.now() || this.session.allowanceDue) this.pump();
    else this.arm();
  }

  /** The server has some of what was sent; and if that is our close, which is the last message, all is said. */
  #acknowledged(): void {
    const { phase } = this;
    this.owner.acknowledged?.();
    if (phase.name === 'closing' && this.session.outbox.length === 0)
      this.#finish(phase.code, phase.reason, false);
    this.pump();
  }

  #finish(code: number, reason: string, failed: boolean): void {
    if (this.phase.name === 'closed') return;
    this.phase = { name: 'closed' };
    this.over();
    this.#goodbye = () => {
      this.#goodbye = undefined;
      this.owner.closed(code, reason, failed);
    };
    this.#read();
  }
}
