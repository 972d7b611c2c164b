/**
 * The lifetime of a session, as the application counts it: it is open until either end has said its last word, or the server
 * goes away, or nobody is waited for any longer. What its client hears of the end, whenever it comes back, is settled here.
 *
 * It is itself the appointment at which the session is looked at: one that is idle has no object more for that.
 */
import { CloseCode, Session, type CloseFrame, type GoAwayFrame, type Goodbye } from '@holdfast/protocol';
import { surface } from './ask.ts';
import { peerError } from './errors.ts';
import type { SocketEvents } from './face.ts';
import type { Host, Verdict } from './host.ts';
import type { Holder } from './identity.ts';
import { Moving } from './moving.ts';
import { Appointment } from './scheduler.ts';
import type { HoldfastServerSocket } from './socket.ts';
import type { Ends } from './stats.ts';
import type { ServerTransport } from './transport.ts';

const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** How the session of a client that has moved ends, for the application. */
const LEFT = { code: CloseCode.goingAway, reason: '' };

export abstract class Lifetime extends Appointment {
  /** Whom it reports to: what the application holds. */
  abstract readonly socket: HoldfastServerSocket;
  readonly session: Session;
  /** Whose the session is: who it began with. */
  readonly holder: Holder;
  /** Who takes its frames; undefined while the client is away. */
  transport: ServerTransport | undefined;
  protected readonly host: Host;
  /** What comes behind all messages: the end of the session, until the application is told. */
  protected goodbye: (() => void) | undefined;
  #state: typeof OPEN | typeof CLOSING | typeof CLOSED = OPEN;
  /** The deadline is for a client that is there; one that is away has the resume window. */
  #closing: { readonly code: number; readonly reason: string; deadline: number } | undefined;
  #moving: Moving | undefined;

  constructor(host: Host, id: string, holder: Holder) {
    super();
    this.host = host;
    this.holder = holder;
    this.session = new Session(id, host);
  }

  /** Sends what can be sent. */
  protected abstract pump(): void;
  /** Gives the application what it takes, and the goodbye behind it. */
  protected abstract read(): void;
  /** Nothing more is said. Behind an end in order all has arrived. */
  protected abstract over(isClean: boolean): void;

  get readyState(): 1 | 2 | 3 {
    return this.#state === CLOSED && this.goodbye ? CLOSING : this.#state;
  }

  /** Whether the application may go on to speak. */
  get isOpen(): boolean {
    return this.#state === OPEN;
  }

  get id(): string {
    return this.session.id;
  }

  /** Messages that are kept until the client acknowledges them, without the goodbye, which has the last place. */
  get keptMessages(): number {
    return Math.max(0, this.session.outbox.length - Number(this.#state === CLOSING));
  }

  /** Ends behind what was sent. */
  close(goodbye: Goodbye): void {
    this.#state = CLOSING;
    this.#closing = { ...goodbye, deadline: this.host.scheduler.now() + this.host.closeTimeout };
    this.session.outbox.push({ content: goodbye, size: 0, expiresAt: Infinity });
    this.pump();
    this.arm();
  }

  /** Ends at once, without a word. */
  terminate(): void {
    if (this.#state === CLOSED) return;
    this.transport?.terminate();
    this.#end('terminated', CloseCode.abnormal, '', 'gone', this.host.defer);
  }

  /**
   * The server will go away. The session ends when each end has all that the other one sent; then the client begins
   * another, so many ms later.
   */
  move(returnsAfter: number): void {
    if (this.#state !== OPEN || this.#moving) return;
    this.#moving = new Moving(returnsAfter);
    this.transport?.send({ type: 'drain' });
  }

  /** The server goes away: the client is asked to come back, and the session ends here. */
  leave(frame: GoAwayFrame): void {
    if (this.#state === CLOSED) return;
    const { transport } = this;
    transport?.send(frame);
    transport?.close();
    this.#end('left', CloseCode.goingAway, '', 'gone', this.host.defer);
  }

  /** When it has to be looked at, if nothing happens before. */
  protected get dueAt(): number {
    return Math.min(
      (this.transport && this.#closing?.deadline) ?? Infinity,
      (this.#state === OPEN && this.#moving?.dueAt) || Infinity,
    );
  }

  /** Nothing more to do: looks at what will be due. */
  protected arm(): void {
    if (this.#state !== CLOSED) this.host.scheduler.set(this, this.dueAt);
  }

  protected get isOver(): boolean {
    return this.#state === CLOSED;
  }

  /** Whether a client that is there has had its time to confirm a close. */
  protected isOverdue(now: number): boolean {
    return this.transport !== undefined && this.#closing !== undefined && now >= this.#closing.deadline;
  }

  /** Says the last word, if it is due. */
  protected speak(now: number): void {
    if (this.#state === OPEN && this.#moving && now >= this.#moving.dueAt)
      this.close({ code: CloseCode.moved, reason: this.#moving.reason });
  }

  /** The application said something. */
  protected spoke(): void {
    this.#moving?.spoke(this.host.scheduler.now());
  }

  /** A client is there, or there again: what it is to know of the end. */
  protected remind(transport: ServerTransport): void {
    if (this.#moving) transport.send({ type: 'drain' });
  }

  /** A client that is there again has all of its time to confirm a close. */
  protected extend(): void {
    if (this.#closing) this.#closing.deadline = this.host.scheduler.now() + this.host.closeTimeout;
  }

  /** The client has said its last word. */
  protected heardClose({ code, reason }: CloseFrame): void {
    if (this.#moving && code === CloseCode.moved) {
      this.goodbye = () => {
        this.goodbye = undefined;
        this.#moving?.heardAll(this.host.scheduler.now());
        this.arm();
      };
      this.read();
      return;
    }
    this.transport?.close();
    this.#end('closed', code, reason, { received: this.session.received });
  }

  /** The client has acknowledged something. If that is our close, which is the last message, all is said. */
  protected confirmClose(): void {
    const closing = this.#closing;
    if (!closing || this.session.outbox.length > 0 || this.#state === CLOSED) return;
    this.transport?.close();
    const isMoved = closing.code === CloseCode.moved;
    const { code, reason } = isMoved ? LEFT : closing;
    this.#end(isMoved ? 'drained' : 'closed', code, reason, { received: this.session.received });
  }

  /** The session cannot go on: the client is told why, now or when it comes back. */
  protected fail(code: number, reason: string, tellWhen = atOnce): void {
    if (this.#state === CLOSED) return;
    this.transport?.refuse(code, reason);
    const how = code === CloseCode.slowReader ? 'slow' : 'failed';
    this.#end(how, code, reason, { code, reason }, tellWhen, peerError(code, reason));
  }

  /** The client is waited for no longer. If it comes back, it hears of a close that it missed. */
  protected forget(): void {
    this.transport?.terminate();
    const { code, reason } = this.#closing ?? {};
    const verdict = code === undefined || code === CloseCode.moved ? 'gone' : { code, reason: reason ?? '' };
    this.#end('expired', CloseCode.abnormal, '', verdict);
  }

  /** An application's exception is its own: it surfaces as one, and leaves the session in order. */
  protected tell<E extends keyof SocketEvents>(event: E, ...args: SocketEvents[E]): void {
    try {
      (this.socket.emit as (event: string, ...args: unknown[]) => boolean)(event, ...args);
    } catch (error) {
      surface(error);
    }
  }

  /** @param tellWhen what the application asked for itself it hears of later, as in `ws` */
  #end(
    how: keyof Ends,
    code: number,
    reason: string,
    verdict: Verdict,
    tellWhen = atOnce,
    error?: Error,
  ): void {
    const { host, socket } = this;
    host.counters.ended(how, code, this.keptMessages);
    this.#state = CLOSED;
    this.transport = undefined;
    host.scheduler.cancel(this);
    const isClean = typeof verdict === 'object' && 'received' in verdict;
    // What a CloseEvent of `ws` calls clean.
    Object.assign(socket, { _closeFrameReceived: isClean, _closeFrameSent: isClean });
    this.over(isClean);
    host.ended(this, verdict);
    this.goodbye = () => {
      this.goodbye = undefined;
      // Nothing on the wire ends a process: an error that nobody listens for is not thrown.
      if (error && socket.listenerCount('error') > 0) this.tell('error', error);
      this.tell('close', code, Buffer.from(reason));
    };
    tellWhen(() => {
      this.read();
    });
  }
}

const atOnce = (act: () => void): void => {
  act();
};
