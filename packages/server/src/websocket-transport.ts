/**
 * Frames over a WebSocket (PROTOCOL.md §5). It outlives what it carries: superseded, it stands by for a while, and the
 * client may attach it again.
 */
import {
  CloseCode,
  DLE,
  escapeControl,
  escapeText,
  formatAnswer,
  parseRequest,
  unescapeText,
  violation,
  type AnswerFrame,
  type AttachFrame,
  type SessionFrame,
} from '@holdfast/protocol';
import type { ServerTransport, TransportOwner } from './transport.ts';
import type { Visit } from './visits.ts';

/** The part of `ws`'s WebSocket that is used. */
export interface Wire {
  /** Whom it carries for: the listeners are the same ones for all, so that no wire has its own. */
  transport?: WebSocketTransport;
  readonly bufferedAmount: number;
  send(
    data: string | Uint8Array,
    options: { readonly binary: boolean },
    callback?: (error?: Error) => void,
  ): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  /** Nothing is read until {@link resume}: the network holds the client back. */
  pause(): void;
  resume(): void;
  on(event: 'message', listener: (this: Wire, data: Buffer, isBinary: boolean) => void): unknown;
  on(event: 'close', listener: (this: Wire) => void): unknown;
  on(event: 'error', listener: (this: Wire, error: Error & { readonly code?: string }) => void): unknown;
}

/** Who opened a WebSocket, and is asked what to do with the claims that come on it. */
export interface Claimant {
  attach(transport: WebSocketTransport, frame: AttachFrame): void;
}

/** Bytes that wait in the socket before the session keeps the rest. */
const HIGH_WATER = 1024 * 1024;
/** What `ws` calls a message beyond `maxPayload`, and one whose length is no number. */
const TOO_LONG = /^WS_ERR_UNSUPPORTED_(MESSAGE|DATA_PAYLOAD)_LENGTH$/;
const ESCAPE = DLE.charCodeAt(0);

export class WebSocketTransport implements ServerTransport {
  readonly name = 'websocket';
  readonly batches = false;
  readonly pinged = true;
  readonly isOpen = true;
  /** Goes on as long as it carries no session. */
  readonly visit: Visit;
  readonly #wire: Wire;
  readonly #claimant: Claimant;
  #isOver = false;
  #owner: TransportOwner | undefined;
  /** The session that it carries, or carried last. */
  #id = '';
  /** The number of the last message, implicit on the wire. */
  #seq = 0;

  constructor(wire: Wire, visit: Visit, claimant: Claimant) {
    this.#wire = wire;
    this.#claimant = claimant;
    this.visit = visit;
    this.#standBy();
    wire.transport = this;
    wire.on('message', onMessage);
    wire.on('close', onClose);
    wire.on('error', onError);
  }

  get writable(): boolean {
    return this.#wire.bufferedAmount < HIGH_WATER;
  }

  get buffered(): number {
    return this.#wire.bufferedAmount;
  }

  /** Carries a session from now on, whose last message was `received`. */
  carry(id: string, owner: TransportOwner, received: number): void {
    if (this.#id !== id) this.#owner?.lost();
    this.#id = id;
    this.#owner = owner;
    this.#seq = received;
  }

  send(frame: SessionFrame | AnswerFrame): void {
    if (frame.type !== 'data') this.#write(escapeControl(formatAnswer(frame)), TEXT);
    else if (frame.binary) this.#write(frame.data, BINARY);
    else this.#write(escaped(frame.data), TEXT);
  }

  /** What may cross the mark calls back when it is written; a header has 14 bytes at most, a character of UTF-8 three a unit. */
  #write(data: string | Uint8Array, options: { readonly binary: boolean }): void {
    const full = this.#wire.bufferedAmount + data.length * 3 + 14 >= HIGH_WATER;
    this.#wire.send(data, options, full ? this.#whenWritten() : undefined);
  }

  /** Whether it can carry a session no more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** One that is behind with what it was sent would hear of it too late, and keep all of that here. */
  supersede(): void {
    this.#release();
    if (this.writable) this.send({ type: 'superseded' });
    else this.terminate();
  }

  /** There is no room for its session: it may come back, with others that are told the same, but not all at once. */
  turnAway(delay: number): void {
    this.send({ type: 'go-away', delay, spread: delay });
    this.close();
  }

  /** Reads no further as long as an attach is being decided about. */
  pause(): void {
    this.#wire.pause();
  }

  resume(): void {
    this.#wire.resume();
  }

  /** Answers an attach that does not hold. */
  answer(type: 'superseded' | 'gone'): void {
    if (!this.#owner) this.#release();
    this.send({ type });
  }

  refuse(code: number, reason: string): void {
    this.send({ type: 'refused', code, reason });
    this.close();
  }

  close(): void {
    this.#owner = undefined;
    this.#wire.close(CloseCode.normal);
  }

  terminate(): void {
    this.#owner = undefined;
    this.#wire.terminate();
  }

  /** Ends, and the session that it carries is told. */
  drop(): void {
    const owner = this.#owner;
    this.terminate();
    owner?.lost();
  }

  #release(): void {
    this.#owner = undefined;
    if (this.visit.enter()) this.terminate();
    else this.#standBy();
  }

  /** Waits to be attached, but not for ever. */
  #standBy(): void {
    this.visit.awaits(() => {
      this.terminate();
    });
  }

  #whenWritten(): () => void {
    return () => {
      if (this.writable) this.#owner?.writable();
    };
  }

  /** The connection is over. @internal */
  closed(): void {
    this.#isOver = true;
    this.visit.leave();
    const owner = this.#owner;
    this.#owner = undefined;
    owner?.lost();
  }

  /** `ws` closes after each error: what it refuses to read has no other consequence here. @internal */
  failed(code = ''): void {
    if (TOO_LONG.test(code)) this.#owner?.violation(violation('message too long', CloseCode.tooBig));
  }

  /** A message has come. @internal */
  receive(data: Buffer, isBinary: boolean): void {
    this.#owner?.heard();
    if (isBinary || data[0] !== ESCAPE) {
      this.#owner?.frame({ type: 'data', seq: ++this.#seq, data, binary: isBinary });
      return;
    }
    if (data[1] === ESCAPE) {
      this.#owner?.frame({ type: 'data', seq: ++this.#seq, data: data.subarray(1), binary: false });
      return;
    }
    const message = unescapeText(data.toString());
    const frame = 'control' in message ? parseRequest(message.control) : undefined;
    switch (frame?.type) {
      case undefined:
        if (this.#owner) this.#owner.violation(violation('malformed control frame'));
        else this.refuse(CloseCode.protocolError, 'malformed control frame');
        return;
      case 'attach':
        // Who asks and does not listen to the answers would have them all kept here.
        if (this.writable) this.#claimant.attach(this, frame);
        else this.terminate();
        return;
      case 'close':
        this.#owner?.frame({ ...frame, seq: ++this.#seq });
        return;
      case 'ack':
      case 'allow':
      case 'ping':
      case 'pong':
        this.#owner?.frame(frame);
        return;
      // The others belong to HTTP, or to a later version.
      default:
    }
  }
}

function onMessage(this: Wire, data: Buffer, isBinary: boolean): void {
  this.transport?.receive(data, isBinary);
}

function onClose(this: Wire): void {
  this.transport?.closed();
}

function onError(this: Wire, { code }: { readonly code?: string }): void {
  this.transport?.failed(code);
}

const TEXT = { binary: false };
const BINARY = { binary: true };

/** A text message with its escape, if it needs one. */
function escaped(data: string | Uint8Array): string | Uint8Array {
  if (typeof data === 'string') return escapeText(data);
  return data[0] === ESCAPE ? Buffer.concat([Buffer.of(ESCAPE), data]) : data;
}
