/**
 * What an application holds on the server: the face of `ws`'s WebSocket over a session. The session goes from transport
 * to transport; the socket stays.
 */
import { EventEmitter } from 'node:events';
import { isUtf8 } from 'node:buffer';
import {
  CloseCode,
  Inbox,
  isCloseCode,
  Session,
  violation,
  type AttachFrame,
  type CloseFrame,
  type DataFrame,
  type GoAwayFrame,
  type OutboxBounds,
  type Violation,
} from '@holdfast/protocol';
import { surface } from './ask.ts';
import { Alarm, type Scheduler } from './scheduler.ts';
import type { IncomingFrame, ServerTransport, TransportName, TransportOwner } from './transport.ts';

/** What `send` takes. Anything with bytes is sent as it is: it must not be changed until the callback. */
export type Data = string | Buffer | ArrayBuffer | ArrayBufferView | Buffer[];

export type SendCallback = (error?: Error) => void;

/** What a socket needs of the server it belongs to. */
export interface SocketHost {
  readonly scheduler: Scheduler;
  readonly heartbeat: number;
  readonly resumeWindow: number;
  readonly maxPayload: number;
  readonly maxBuffered: OutboxBounds;
  readonly receiveWindow: number;
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
/** A close that the client does not confirm in this time ends as 1006 here, in ms: as in `ws`. */
const CLOSE_TIMEOUT = 30_000;
const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** What every client's socket has, Holdfast's or a plain WebSocket's (which is one of `ws`). */
export interface ServerSocket extends EventEmitter<SocketEvents> {
  readonly readyState: number;
  readonly OPEN: number;
  readonly protocol: string;
  readonly bufferedAmount: number;
  send(data: Data, callback?: SendCallback): void;
  send(data: Data, options: { readonly binary?: boolean | undefined }, callback?: SendCallback): void;
  close(code?: number, reason?: string | Buffer): void;
  terminate(): void;
  ping(): void;
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

interface SocketEvents {
  message: [data: Buffer, isBinary: boolean];
  close: [code: number, reason: Buffer];
  error: [error: Error];
  ping: [data: Buffer];
  pong: [data: Buffer];
  /** Another transport carries the session, or none does at the moment. */
  transport: [transport: TransportName | undefined];
}

export class HoldfastServerSocket extends EventEmitter<SocketEvents> implements ServerSocket {
  static readonly CONNECTING = CONNECTING;
  static readonly OPEN = OPEN;
  static readonly CLOSING = CLOSING;
  static readonly CLOSED = CLOSED;
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = CLOSING;
  readonly CLOSED = CLOSED;
  /** The subprotocol that was chosen, or ''. */
  readonly protocol: string;
  /** The token that the client came with last (its option `auth`). */
  auth = '';
  readonly #host: SocketHost;
  readonly #session: Session;
  readonly #alarm = new Alarm(() => {
    this.#review();
  });
  #state: typeof OPEN | typeof CLOSING | typeof CLOSED = OPEN;
  #transport: ServerTransport | undefined;
  /** When the client was heard last, or its transport lost. */
  #heardAt: number;
  #pingedAt = -Infinity;
  /** The deadline is for a client that is there; one that is away has the resume window. */
  #closing: { readonly code: number; readonly reason: string; deadline: number } | undefined;
  readonly #inbox = new Inbox(({ data, binary }) => {
    this.#session.taken(data.length);
    this.#tell('message', asBuffer(data as Uint8Array), binary);
  });
  /** The end of the session, until the application is told. */
  #goodbye: { readonly code: number; readonly reason: string } | undefined;

  /** @internal */
  constructor(host: SocketHost, id: string, protocol: string) {
    super();
    this.#host = host;
    this.protocol = protocol;
    this.#session = new Session(id, host.maxBuffered, host.receiveWindow);
    this.#heardAt = host.scheduler.now();
  }

  get readyState(): 1 | 2 | 3 {
    return this.#goodbye ? CLOSING : this.#state;
  }

  /** The transport that carries the session; undefined while the client is away. */
  get transport(): TransportName | undefined {
    return this.#transport?.name;
  }

  /** Always '': compression belongs to transports. */
  get extensions(): string {
    return '';
  }

  /** Bytes that are not on the network yet. */
  get bufferedAmount(): number {
    return this.#session.outbox.unsentBytes + (this.#transport?.buffered ?? 0);
  }

  /**
   * Sends a message: now, or when the client is back. A client that takes too little for too long is closed with 3950.
   *
   * @param options `binary` tells whether bytes are binary or UTF-8 text; by default what is not a string is binary
   * @param callback called when the message is on its way, or with an error if it will never be
   */
  send(
    data: Data,
    options?: { readonly binary?: boolean | undefined } | SendCallback,
    callback?: SendCallback,
  ): void {
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    if (this.#state !== OPEN) {
      const error = new Error(
        `the socket is ${this.#state === CLOSING ? 'closing' : 'closed'}: nothing can be sent`,
      );
      if (callback) process.nextTick(callback, error);
      return;
    }
    const content = typeof data === 'string' ? data : toBytes(data);
    const binary = options?.binary ?? typeof data !== 'string';
    const size = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
    const { outbox } = this.#session;
    if (!outbox.fits(size)) {
      if (callback) process.nextTick(callback, new Error('the client is too slow: its buffer is full'));
      this.#fail(CloseCode.slowReader, 'too slow a reader');
      return;
    }
    const entry = { content: { data: content, binary }, size, expiresAt: Infinity };
    outbox.push(
      callback
        ? {
            ...entry,
            onSent: () => {
              process.nextTick(callback);
            },
          }
        : entry,
    );
    this.#pump();
  }

  /** Ends the session behind what was sent. `'close'` comes when the client has confirmed it. */
  close(code?: number, reason: string | Buffer = ''): void {
    if (code !== undefined && !isCloseCode(code))
      throw new TypeError(`${code} is not a close code that can be sent`);
    const text = String(reason);
    if (Buffer.byteLength(text) > 123) throw new RangeError('the close reason is longer than 123 bytes');
    if (this.#state !== OPEN) return;
    this.#state = CLOSING;
    const goodbye = { code: code ?? CloseCode.noStatus, reason: text };
    this.#closing = { ...goodbye, deadline: this.#host.scheduler.now() + CLOSE_TIMEOUT };
    this.#session.outbox.push({ content: goodbye, size: 0, expiresAt: Infinity });
    this.#pump();
  }

  /** Ends the session at once, without a word: a client that comes back begins a new one. */
  terminate(): void {
    if (this.#state === CLOSED) return;
    this.#transport?.terminate();
    this.#end(CloseCode.abnormal, '', 'gone');
  }

  /** Asks the client for a sign of life; `'pong'` tells of it. */
  ping(_data?: unknown, _mask?: unknown, callback?: SendCallback): void {
    this.#ping();
    if (callback) process.nextTick(callback);
  }

  /** Whether {@link pause} was called, and {@link resume} not since. */
  get isPaused(): boolean {
    return this.#inbox.isPaused;
  }

  /**
   * Emits no more `'message'`, nor a `'close'` that comes behind them, until {@link resume}. The client goes on sending
   * until it has sent the server's `receiveWindow`, and then waits: that is the back-pressure, on every transport.
   */
  pause(): void {
    if (this.#state !== CLOSED) this.#inbox.isPaused = true;
  }

  /** Emits what has arrived meanwhile, from the next turn of the event loop on, and lets the client go on. */
  resume(): void {
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

  /** The last message received. @internal */
  get received(): number {
    return this.#session.received;
  }

  /** What the client had acknowledged. @internal */
  get acknowledged(): number {
    return this.#session.outbox.acknowledged;
  }

  /** Messages that are kept until the client acknowledges them. @internal */
  get kept(): number {
    return this.#session.outbox.length;
  }

  /** @internal */
  get carrier(): ServerTransport | undefined {
    return this.#transport;
  }

  /** Puts another transport under the session; false if the client claims what cannot be. @internal */
  attach(transport: ServerTransport, frame: AttachFrame): boolean {
    const before = this.#transport;
    const received = frame.received === 'new' ? 0 : frame.received;
    if (!this.#session.resume(received, this.received, frame.allow)) return false;
    this.#session.attempt = frame.attempt;
    this.#transport = transport;
    if (this.#closing) this.#closing.deadline = this.#host.scheduler.now() + CLOSE_TIMEOUT;
    this.auth = frame.auth;
    this.#heard();
    if (before !== transport) before?.supersede();
    return true;
  }

  /** Tells the client that the session is its, and all that it missed. @internal */
  welcome(): void {
    if (!this.#transport) return;
    const { heartbeat, maxPayload } = this.#host;
    this.#session.takeAck();
    this.#transport.send({
      type: 'welcome',
      received: this.received,
      protocol: this.protocol,
      heartbeat,
      maxPayload,
      allow: this.#session.takeAllowance(),
    });
    this.#tell('transport', this.transport);
    this.#pump();
    this.#set();
  }

  /** Whom a transport reports to: what comes from one that does not carry the session any more is of no interest. @internal */
  owner(carrier: ServerTransport): TransportOwner {
    const guarded =
      <A extends unknown[]>(act: (...args: A) => void) =>
      (...args: A): void => {
        if (this.#transport === carrier) act(...args);
      };
    return {
      frame: guarded((frame) => {
        this.#receive(frame);
      }),
      violation: guarded(({ code, reason }) => {
        this.#fail(code, reason);
      }),
      heard: guarded(() => {
        this.#heard();
      }),
      writable: guarded(() => {
        this.#pump();
      }),
      takeAck: () => this.#session.takeAck(),
      received: () => this.#session.received,
      lost: guarded(() => {
        this.#transport = undefined;
        this.#heard();
        this.#set();
        this.#tell('transport', undefined);
      }),
    };
  }

  /** The server goes away: the client is asked to come back, and the session ends here. @internal */
  leave(frame: GoAwayFrame): void {
    if (this.#state === CLOSED) return;
    const transport = this.#transport;
    transport?.send(frame);
    transport?.close();
    this.#end(CloseCode.goingAway, '', 'gone');
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
        return;
      case 'ping':
        this.#transport?.send({ type: 'pong', id: frame.id });
        return;
      case 'allow':
        this.#session.allow(frame.total);
        this.#pump();
        return;
      case 'pong':
        this.#tell('pong', Buffer.alloc(0));
    }
  }

  #arrived(frame: DataFrame | CloseFrame): void {
    const now = this.#host.scheduler.now();
    const size = frame.type === 'data' ? frame.data.length : undefined;
    const arrival = this.#session.arrive(frame.seq, size, now);
    if (arrival === 'gap') this.#violate(violation('a message is missing'));
    if (arrival === 'excess')
      this.#violate(violation('more than there is room for', CloseCode.policyViolation));
    if (arrival !== 'new') return;
    if (frame.type === 'close') {
      this.#session.ackDueAt = now;
      this.#pump();
      this.#transport?.close();
      this.#end(frame.code, frame.reason, { received: this.received });
      return;
    }
    if (!frame.binary && !isUtf8(frame.data as Buffer))
      this.#violate(violation('text that is not UTF-8', CloseCode.invalidData));
    else {
      this.#inbox.push(frame);
      this.#read();
    }
  }

  /** Gives the application what it takes, and the end behind it. */
  #read(): void {
    this.#inbox.flow();
    if (this.#inbox.isEmpty && this.#goodbye) {
      const { code, reason } = this.#goodbye;
      this.#goodbye = undefined;
      this.#tell('close', code, Buffer.from(reason));
    }
    if (this.#session.ackDueAt <= this.#host.scheduler.now() || this.#session.allowanceDue) this.#pump();
    else this.#set();
  }

  #violate({ code, reason }: Violation): void {
    this.#fail(code, reason);
  }

  #confirmClose(): void {
    const closing = this.#closing;
    if (!closing || this.#session.outbox.length > 0 || this.#state === CLOSED) return;
    this.#transport?.close();
    this.#end(closing.code, closing.reason, { received: this.received });
  }

  /** The session cannot go on: the client is told why, now or when it comes back. */
  #fail(code: number, reason: string): void {
    if (this.#state === CLOSED) return;
    this.#transport?.refuse(code, reason);
    this.#end(code, reason, { code, reason });
  }

  #end(code: number, reason: string, verdict: Verdict): void {
    this.#state = CLOSED;
    this.#transport = undefined;
    this.#host.scheduler.cancel(this.#alarm);
    this.#host.ended(this, verdict);
    this.#goodbye = { code, reason };
    // Behind an end in order all is here, and may wait to be read. After any other end nothing is worth waiting for.
    if (verdict === 'gone' || 'code' in verdict) this.#inbox.isPaused = false;
    this.#read();
  }

  /** The client is waited for no longer. If it comes back, it hears of a close that it missed. */
  #forget(): void {
    this.#transport?.terminate();
    const { code, reason } = this.#closing ?? {};
    const verdict = code === undefined ? 'gone' : { code, reason: reason ?? '' };
    this.#end(CloseCode.abnormal, '', verdict);
  }

  #pump(): void {
    if (!this.#transport) return;
    this.#session.pump(this.#transport, this.#host.scheduler.now());
    this.#set();
  }

  #ping(): void {
    this.#pingedAt = this.#host.scheduler.now();
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

function toBytes(data: Exclude<Data, string>): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return ArrayBuffer.isView(data)
    ? asBuffer(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
    : Buffer.from(data);
}
