/**
 * What an application holds on the server: the face of `ws`'s WebSocket over a session. The session goes from transport
 * to transport; the socket stays.
 */
import { isUtf8 } from 'node:buffer';
import {
  Assembler,
  CloseCode,
  Inbox,
  isCloseCode,
  Session,
  violation,
  type AckFrame,
  type AttachFrame,
  type CloseFrame,
  type DataFrame,
  type GoAwayFrame,
  type Goodbye,
  type OutboxBounds,
  type Violation,
} from '@holdfast/protocol';
import { surface } from './ask.ts';
import { shaped, textOf, type Data } from './data.ts';
import { peerError } from './errors.ts';
import type { Holder } from './identity.ts';
import {
  WebSocketBase,
  type PingCallback,
  type SendCallback,
  type SendOptions,
  type ServerSocket,
  type SocketEvents,
} from './face.ts';
import { RoundTrip } from './histogram.ts';
import { Moving } from './moving.ts';
import { pingBytes, Pings, readPing } from './pings.ts';
import { Appointment, type Scheduler } from './scheduler.ts';
import { Sending, type Copies } from './sending.ts';
import type { Counters, Ends } from './stats.ts';
import type { IncomingFrame, ServerTransport, TransportName, TransportOwner } from './transport.ts';

/** What a socket needs of the server it belongs to. */
export interface SocketHost {
  readonly scheduler: Scheduler;
  readonly heartbeat: number;
  readonly resumeWindow: number;
  readonly maxPayload: number;
  readonly maxBuffered: OutboxBounds;
  /** How much of that may be sent and not acknowledged. */
  readonly maxInFlight: OutboxBounds;
  readonly receiveWindow: number;
  /** How long a close waits to be confirmed by a client that is there, in ms. */
  readonly closeTimeout: number;
  readonly copies: Copies;
  readonly counters: Counters;
  /** Over how many ms clients come back that are cut all at once; 0 for at once. */
  readonly spread: number;
  /** Runs a callback when the present turn of the event loop is done. */
  readonly defer: (callback: () => void) => void;
  /** The session is over. `verdict` answers a client that comes back for it. */
  ended(socket: HoldfastServerSocket, verdict: Verdict): void;
}

/** What a client hears that attaches to a session which is over: nothing but that it is gone, why, or that all arrived. */
export type Verdict =
  'gone' | { readonly code: number; readonly reason: string } | { readonly received: number };

/** A client that is pinged and does not answer in this time is gone, in ms. */
const PONG_TIMEOUT = 10_000;
/** Pings that wait to be answered, of a client that does not read; the oldest makes room. */
const MAX_UNANSWERED = 64;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** How the session of a client that has moved ends, for the application. */
const LEFT = { code: CloseCode.goingAway, reason: '' };

const NAMES = { [OPEN]: 'OPEN', [CLOSING]: 'CLOSING', [CLOSED]: 'CLOSED' };

/**
 * A client's session, as a WebSocket of `ws`: what that says of events, constants and `binaryType` is inherited, and what
 * touches the connection is replaced.
 */
export class HoldfastServerSocket extends WebSocketBase implements ServerSocket {
  /** The subprotocol that was chosen, or ''. */
  override readonly protocol: string;
  /** The token that the client came with last (its option `auth`). */
  auth = '';
  /** Who the client is, as the server's `authenticate` said when it came last. */
  override identity: unknown;
  readonly #holder: Holder;
  readonly #host: SocketHost;
  readonly #session: Session;
  #assembler: Assembler | undefined;
  #state: typeof OPEN | typeof CLOSING | typeof CLOSED = OPEN;
  /** Made when the application sends its first message. */
  #sending: Sending | undefined;
  #pings: Pings | undefined;
  readonly #roundTrip: RoundTrip;
  /** The client's pings whose pongs wait for room. */
  #unanswered: number[] = [];
  #transport: ServerTransport | undefined;
  /** When the client was heard last, or its transport lost. */
  #heardAt: number;
  #pingedAt = -Infinity;
  /** The last acknowledged message when the client was asked for an acknowledgement, on this transport. */
  #askedBehind = -1;
  /** The deadline is for a client that is there; one that is away has the resume window. */
  #closing: { readonly code: number; readonly reason: string; deadline: number } | undefined;
  #moving: Moving | undefined;
  readonly #inbox = new Inbox(({ data, binary }) => {
    this.#session.taken(data.length);
    this.#tell('message', this.#shaped(asBuffer(data as Uint8Array), binary), binary);
  });
  /** The end of the session, until the application is told. */
  #goodbye: (() => void) | undefined;

  static readonly #Review = class extends Appointment {
    readonly #socket: HoldfastServerSocket;

    constructor(socket: HoldfastServerSocket) {
      super();
      this.#socket = socket;
    }

    ring(): void {
      this.#socket.#review();
    }
  };

  /** What comes from a transport that does not carry the session any more is of no interest. */
  static readonly #Owner = class implements TransportOwner {
    readonly #socket: HoldfastServerSocket;
    readonly #carrier: ServerTransport;

    constructor(socket: HoldfastServerSocket, carrier: ServerTransport) {
      this.#socket = socket;
      this.#carrier = carrier;
    }

    get #carries(): boolean {
      return this.#socket.#transport === this.#carrier;
    }

    frame(frame: IncomingFrame): void {
      if (this.#carries) this.#socket.#receive(frame);
    }

    violation({ code, reason }: Violation): void {
      if (this.#carries) this.#socket.#fail(code, reason);
    }

    heard(): void {
      if (this.#carries) this.#socket.#heard();
    }

    writable(): void {
      if (!this.#carries) return;
      this.#socket.#pump();
      // What a full transport was not given yet may be due later.
      this.#socket.#set();
    }

    wantsMessages(): void {
      if (this.#carries) this.#socket.#session.pump(this.#carrier, this.#socket.#host.scheduler.now());
    }

    takeAck(): AckFrame | undefined {
      return this.#socket.#session.takeAck();
    }

    received(): number {
      return this.#socket.#session.received;
    }

    lost(): void {
      if (this.#carries) this.#socket.#lose();
    }
  };

  readonly #alarm = new HoldfastServerSocket.#Review(this);

  /** @internal */
  constructor(host: SocketHost, id: string, protocol: string, holder: Holder) {
    super(null, undefined, {});
    this.#host = host;
    this.protocol = protocol;
    this.#holder = holder;
    this.#session = new Session(id, host.maxBuffered, host.receiveWindow, host.maxInFlight);
    this.#roundTrip = new RoundTrip(host.counters.roundTrips);
    this.#heardAt = host.scheduler.now();
  }

  override get readyState(): 1 | 2 | 3 {
    return this.#state === CLOSED && this.#goodbye ? CLOSING : this.#state;
  }

  /** The transport that carries the session; undefined while the client is away. */
  get transport(): TransportName | undefined {
    return this.#transport?.name;
  }

  /** Bytes that are not on the network yet. */
  override get bufferedAmount(): number {
    return this.#session.outbox.unsentBytes + (this.#transport?.buffered ?? 0);
  }

  /**
   * Sends a message: now, or when the client is back. A client that takes too little for too long is closed with 3950.
   * Bytes may be used again at once.
   *
   * @param callback called when the message is on its way, or with an error if it will never be
   * @throws TypeError for what has no bytes
   */
  override send(data: Data, options?: SendOptions | SendCallback, callback?: SendCallback): void {
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    if (this.#state === OPEN) {
      this.#sending ??= this.#newSending();
      this.#sending.send(data, options ?? {}, callback);
      this.#moving?.spoke(this.#host.scheduler.now());
    } else {
      this.#host.counters.dropped.late++;
      this.#refuseLate(callback);
    }
  }

  /** Ends the session behind what was sent. `'close'` comes when the client has confirmed it. */
  override close(code?: number, reason: string | Buffer = ''): void {
    if (this.#state !== OPEN) return;
    if (code !== undefined && !maySay(code))
      throw new TypeError('First argument must be a valid error code number');
    const text = code === undefined ? '' : textOf(reason);
    if (Buffer.byteLength(text) > 123) throw new RangeError('The message must not be greater than 123 bytes');
    this.#say({ code: code ?? CloseCode.noStatus, reason: text });
  }

  /** Ends the session at once, without a word: a client that comes back begins a new one. */
  override terminate(): void {
    if (this.#state === CLOSED) return;
    this.#transport?.terminate();
    this.#end('terminated', CloseCode.abnormal, '', 'gone', this.#host.defer);
  }

  /**
   * Asks the client for a sign of life. `'pong'` brings the data back; a client that is away is asked when it returns.
   *
   * @throws RangeError for more than 125 bytes
   */
  override ping(data?: unknown, mask?: boolean | PingCallback, callback?: PingCallback): void {
    const [said, done] = readPing(data, mask, callback);
    if (this.#state !== OPEN) {
      this.#refuseLate(done);
      return;
    }
    this.#pings ??= new Pings();
    const id = this.#pings.add(pingBytes(said));
    this.#transport?.send({ type: 'ping', id });
    if (done) process.nextTick(done);
  }

  /**
   * Nothing: no page can see a pong that it did not ask for, and those that were asked for are sent.
   *
   * @throws RangeError for more than 125 bytes
   */
  override pong(data?: unknown, mask?: boolean | PingCallback, callback?: PingCallback): void {
    const [said, done] = readPing(data, mask, callback);
    if (this.#state !== OPEN) {
      this.#refuseLate(done);
      return;
    }
    pingBytes(said);
    if (done) process.nextTick(done);
  }

  /** Whether {@link pause} was called, and {@link resume} not since. */
  override get isPaused(): boolean {
    return this.#inbox.isPaused;
  }

  /**
   * Emits no more `'message'`, nor a `'close'` that comes behind them, until {@link resume}. The client goes on sending
   * until it has sent the server's `receiveWindow`, and then waits: that is the back-pressure, on every transport.
   */
  override pause(): void {
    if (this.#state !== CLOSED) this.#inbox.isPaused = true;
  }

  /** Emits what has arrived meanwhile, from the next turn of the event loop on, and lets the client go on. */
  override resume(): void {
    this.#inbox.isPaused = false;
    this.#host.defer(() => {
      this.#read();
    });
  }

  /** The attempt that holds the session. @internal */
  get attempt(): number {
    return this.#session.attempt;
  }

  /** @internal */
  get id(): string {
    return this.#session.id;
  }

  /** Whose the session is: who it began with. @internal */
  get holder(): Holder {
    return this.#holder;
  }

  /** The last message received. @internal */
  get received(): number {
    return this.#session.received;
  }

  /** Puts together what comes over HTTP: the part of a message that one transport brought is there for the next. @internal */
  get assembler(): Assembler {
    if (this.#assembler?.position.seq !== this.received + 1)
      this.#assembler = new Assembler(this.received, this.#host.maxPayload);
    return this.#assembler;
  }

  /** What the client had acknowledged. @internal */
  get acknowledged(): number {
    return this.#session.outbox.acknowledged;
  }

  /** Messages that are kept until the client acknowledges them. @internal */
  get kept(): number {
    return this.#session.outbox.length;
  }

  /** Without the goodbye, which has the last place. @internal */
  get keptMessages(): number {
    return Math.max(0, this.kept - Number(this.#state === CLOSING));
  }

  /** Their bytes. @internal */
  get keptBytes(): number {
    return this.#session.outbox.bytes;
  }

  /** @internal */
  get carrier(): ServerTransport | undefined {
    return this.#transport;
  }

  /** Puts another transport under the session; false if the client claims what cannot be. @internal */
  attach(transport: ServerTransport, frame: AttachFrame, identity: unknown): boolean {
    const before = this.#transport;
    const received = frame.received === 'new' ? 0 : frame.received;
    const { counters } = this.#host;
    if (!this.#session.resume(received, this.received, frame.allow, transport.batches)) {
      counters.attaches.gone++;
      return false;
    }
    const { attempt, outbox } = this.#session;
    counters.attached(attempt === 0, before !== undefined && before !== transport, outbox.unacknowledged);
    this.#session.attempt = frame.attempt;
    this.#askedBehind = -1;
    this.#transport = transport;
    // A pong proves the transport that it comes on.
    this.#unanswered = [];
    if (this.#closing) this.#closing.deadline = this.#host.scheduler.now() + this.#host.closeTimeout;
    this.identity = identity;
    this.auth = frame.auth;
    this.#heard();
    if (before !== transport) before?.supersede();
    return true;
  }

  /** Tells the client that the session is its, and all that it missed. @internal */
  welcome(): void {
    if (!this.#transport) return;
    const { heartbeat, maxPayload } = this.#host;
    const { batches, pinged } = this.#transport;
    this.#roundTrip.asked(pinged ? 'ping' : undefined, this.#host.scheduler.now());
    this.#transport.send({
      type: 'welcome',
      received: this.received,
      // A WebSocket brings whole messages.
      offset: (batches && this.assembler.position.offset) || undefined,
      protocol: this.protocol,
      heartbeat,
      maxPayload,
      allow: this.#session.takeAllowance(),
      // Over HTTP there is a request for each batch, and nothing else says whose it is.
      key: batches ? this.#holder.key || undefined : undefined,
    });
    if (this.#moving) this.#transport.send({ type: 'drain' });
    this.tellSpread();
    this.#tell('transport', this.transport);
    this.#pump();
    for (const id of this.#pings?.waiting ?? []) this.#transport.send({ type: 'ping', id });
    this.#set();
  }

  /** Tells the client for how long it would come back with many others. @internal */
  tellSpread(): void {
    const number = this.#host.spread;
    if (number > 0) this.#transport?.send({ type: 'spread', number });
  }

  /** Whom a transport reports to. @internal */
  owner(carrier: ServerTransport): TransportOwner {
    return new HoldfastServerSocket.#Owner(this, carrier);
  }

  /**
   * The server will go away. The session ends when each end has all that the other one sent; then the client begins
   * another, so many ms later. @internal
   */
  move(returnsAfter: number): void {
    if (this.#state !== OPEN || this.#moving) return;
    this.#moving = new Moving(returnsAfter);
    this.#transport?.send({ type: 'drain' });
  }

  /** The server goes away: the client is asked to come back, and the session ends here. @internal */
  leave(frame: GoAwayFrame): void {
    if (this.#state === CLOSED) return;
    const transport = this.#transport;
    transport?.send(frame);
    transport?.close();
    this.#end('left', CloseCode.goingAway, '', 'gone', this.#host.defer);
  }

  #lose(): void {
    this.#transport = undefined;
    this.#heard();
    this.#set();
    this.#tell('transport', undefined);
  }

  /** The last that is sent. */
  #say(goodbye: Goodbye): void {
    this.#state = CLOSING;
    this.#closing = { ...goodbye, deadline: this.#host.scheduler.now() + this.#host.closeTimeout };
    this.#session.outbox.push({ content: goodbye, size: 0, expiresAt: Infinity });
    this.#pump();
    this.#set();
  }

  #newSending(): Sending {
    const { copies, counters, defer } = this.#host;
    return new Sending({
      outbox: this.#session.outbox,
      copies,
      counters,
      pump: () => {
        this.#pump();
        this.#askForAck();
      },
      fail: (code, reason) => {
        this.#fail(code, reason, defer);
      },
    });
  }

  #refuseLate(callback: SendCallback | undefined): void {
    const state = this.readyState;
    if (callback)
      process.nextTick(callback, new Error(`WebSocket is not open: readyState ${state} (${NAMES[state]})`));
  }

  #receive(frame: IncomingFrame): void {
    switch (frame.type) {
      case 'data':
      case 'close':
        this.#arrived(frame);
        return;
      case 'ack':
        if (!this.#session.acknowledge(frame.received, this.#host.scheduler.now())) {
          this.#fail(CloseCode.protocolError, 'an acknowledgement of what was never sent');
          return;
        }
        this.#confirmClose();
        // What waits for acknowledgements goes now.
        if (this.#session.outbox.ready) this.#pump();
        return;
      case 'ping':
        this.#roundTrip.heard('ping', this.#host.scheduler.now());
        if (this.#unanswered.push(frame.id) > MAX_UNANSWERED) this.#unanswered.shift();
        this.#answerPings();
        this.#tell('ping', Buffer.alloc(0));
        return;
      case 'allow':
        this.#session.allow(frame.total);
        this.#pump();
        return;
      case 'pong': {
        if (frame.id === 0) this.#roundTrip.heard('pong', this.#host.scheduler.now());
        const said = this.#pings?.answered(frame.id);
        if (said) this.#tell('pong', said);
      }
    }
  }

  #arrived(frame: DataFrame | CloseFrame): void {
    // Its transport has just been heard.
    const now = this.#heardAt;
    const wasAckDue = this.#session.ackDueAt < Infinity;
    const size = frame.type === 'data' ? frame.data.length : undefined;
    const arrival = this.#session.arrive(frame.seq, size, now);
    if (arrival === 'gap') this.#violate(violation('a message is missing'));
    if (arrival === 'excess')
      this.#violate(violation('more than there is room for', CloseCode.policyViolation));
    if (arrival !== 'new') return;
    if (frame.type === 'close') {
      this.#session.ackDueAt = now;
      this.#pump();
      if (this.#moving && frame.code === CloseCode.moved) {
        this.#goodbye = () => {
          this.#goodbye = undefined;
          this.#moving?.heardAll(this.#host.scheduler.now());
          this.#set();
        };
        this.#read();
        return;
      }
      this.#transport?.close();
      this.#end('closed', frame.code, frame.reason, { received: this.received });
      return;
    }
    if (frame.data.length > this.#host.maxPayload)
      this.#violate(violation('message too long', CloseCode.tooBig));
    else if (!frame.binary && !isUtf8(frame.data as Buffer))
      this.#violate(violation('text that is not UTF-8', CloseCode.invalidData));
    else {
      const { received } = this.#host.counters;
      received.messages++;
      received.bytes += frame.data.length;
      // What waits keeps no more than itself: it may be a small part of what it came in.
      this.#inbox.push(this.#inbox.isPaused ? { ...frame, data: Buffer.from(frame.data as Buffer) } : frame);
      this.#acknowledge(now, wasAckDue);
    }
  }

  /** Gives the application what it takes, and the end behind it. */
  #read(): void {
    this.#inbox.flow();
    if (this.#inbox.isEmpty) this.#goodbye?.();
    this.#acknowledge(this.#host.scheduler.now(), false);
  }

  /** Sends what is due, now or when it will be. */
  #acknowledge(now: number, isSet: boolean): void {
    if (this.#session.ackDueAt <= now || this.#session.allowanceDue) this.#pump();
    else if (!isSet) this.#set();
  }

  #violate({ code, reason }: Violation): void {
    this.#fail(code, reason);
  }

  #confirmClose(): void {
    const closing = this.#closing;
    if (!closing || this.#session.outbox.length > 0 || this.#state === CLOSED) return;
    this.#transport?.close();
    const isMoved = closing.code === CloseCode.moved;
    const { code, reason } = isMoved ? LEFT : closing;
    this.#end(isMoved ? 'drained' : 'closed', code, reason, { received: this.received });
  }

  /** Bytes come as the application wants them, which it has to know: the type says Buffer, as it is by default. */
  #shaped(data: Buffer, isBinary: boolean): Buffer {
    return isBinary ? (shaped(data, this.binaryType) as Buffer) : data;
  }

  /** The session cannot go on: the client is told why, now or when it comes back. */
  #fail(code: number, reason: string, tellWhen = atOnce): void {
    if (this.#state === CLOSED) return;
    this.#transport?.refuse(code, reason);
    const how = code === CloseCode.slowReader ? 'slow' : 'failed';
    this.#end(how, code, reason, { code, reason }, tellWhen, peerError(code, reason));
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
    this.#host.counters.ended(how, code, this.keptMessages);
    this.#state = CLOSED;
    this.#transport = undefined;
    this.#pings = undefined;
    this.#sending?.end();
    this.#host.scheduler.cancel(this.#alarm);
    const isClean = typeof verdict === 'object' && 'received' in verdict;
    // What a CloseEvent of `ws` calls clean.
    Object.assign(this, { _closeFrameReceived: isClean, _closeFrameSent: isClean });
    this.#host.ended(this, verdict);
    this.#goodbye = () => {
      this.#goodbye = undefined;
      // Nothing on the wire ends a process: an error that nobody listens for is not thrown.
      if (error && this.listenerCount('error') > 0) this.#tell('error', error);
      this.#tell('close', code, Buffer.from(reason));
    };
    // Behind an end in order all is here, and may wait to be read. After any other end nothing is worth waiting for.
    if (!isClean) this.#inbox.isPaused = false;
    tellWhen(() => {
      this.#read();
    });
  }

  /** The client is waited for no longer. If it comes back, it hears of a close that it missed. */
  #forget(): void {
    this.#transport?.terminate();
    const { code, reason } = this.#closing ?? {};
    const verdict = code === undefined || code === CloseCode.moved ? 'gone' : { code, reason: reason ?? '' };
    this.#end('expired', CloseCode.abnormal, '', verdict);
  }

  #pump(): void {
    if (!this.#transport) return;
    this.#answerPings();
    this.#session.pump(this.#transport, this.#host.scheduler.now());
  }

  /** A client has its own time to acknowledge what it has: it is asked before it is taken for too slow a reader. */
  #askForAck(): void {
    const { acknowledged, length, bytes } = this.#session.outbox;
    const { maxMessages, maxBytes } = this.#host.maxBuffered;
    if (length < maxMessages / 2 && bytes < maxBytes / 2) return;
    if (this.#askedBehind === acknowledged || !this.#transport?.writable) return;
    this.#askedBehind = acknowledged;
    this.#transport.send({ type: 'ping', id: 0 });
  }

  #answerPings(): void {
    while (this.#unanswered.length > 0 && this.#transport?.writable)
      this.#transport.send({ type: 'pong', id: this.#unanswered.shift() as number });
  }

  #ping(): void {
    this.#pingedAt = this.#host.scheduler.now();
    this.#roundTrip.asked('pong', this.#pingedAt);
    this.#transport?.send({ type: 'ping', id: 0 });
  }

  #heard(): void {
    this.#heardAt = this.#host.scheduler.now();
  }

  /** When the socket has to be looked at, if nothing happens before. */
  #dueAt(): number {
    const { heartbeat, resumeWindow } = this.#host;
    const heartbeatAt =
      this.#heardAt + (this.#pingedAt > this.#heardAt ? heartbeat + PONG_TIMEOUT : heartbeat);
    return Math.min(
      this.#transport?.pinged ? heartbeatAt : this.#heardAt + resumeWindow,
      // A transport that is full asks for more itself.
      this.#transport?.writable ? this.#session.ackDueAt : Infinity,
      (this.#transport && this.#closing?.deadline) ?? Infinity,
      (this.#state === OPEN && this.#moving?.dueAt) || Infinity,
    );
  }

  #set(): void {
    if (this.#state !== CLOSED) this.#host.scheduler.set(this.#alarm, this.#dueAt());
  }

  #review(): void {
    const now = this.#host.scheduler.now();
    const { heartbeat, resumeWindow } = this.#host;
    if (this.#transport && this.#closing && now >= this.#closing.deadline) {
      this.#forget();
      return;
    }
    if (this.#state === OPEN && this.#moving && now >= this.#moving.dueAt)
      this.#say({ code: CloseCode.moved, reason: this.#moving.reason });
    if (!this.#transport?.pinged) {
      // Who waits for an answer is there.
      if (this.#transport?.isOpen) this.#heard();
      if (now >= this.#heardAt + resumeWindow) {
        this.#forget();
        return;
      }
    } else if (now >= this.#heardAt + heartbeat + PONG_TIMEOUT) {
      const silent = this.#transport;
      this.#transport = undefined;
      // The resume window begins here.
      this.#heard();
      silent.terminate();
      this.#tell('transport', undefined);
    } else if (now >= this.#heardAt + heartbeat && this.#pingedAt <= this.#heardAt) this.#ping();
    if (this.#session.ackDueAt <= now) this.#pump();
    this.#set();
  }

  /** An application's exception is its own: it surfaces as one, and leaves the session in order. */
  #tell<E extends keyof SocketEvents>(event: E, ...args: SocketEvents[E]): void {
    try {
      (this.emit as (event: string, ...args: unknown[]) => boolean)(event, ...args);
    } catch (error) {
      surface(error);
    }
  }
}

const asBuffer = (data: Uint8Array): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Whether an application may close with a code: 1005 says that there was none. */
const maySay = (code: unknown): boolean =>
  typeof code === 'number' && code !== CloseCode.noStatus && isCloseCode(code);

const atOnce = (act: () => void): void => {
  act();
};
