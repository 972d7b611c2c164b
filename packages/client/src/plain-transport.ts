/**
 * A WebSocket to a server that knows nothing of Holdfast, seen as a server that forgets its clients: each connection is a
 * session of its own, and messages travel as they are. What was handed over and never answered for is counted, so that
 * nothing is lost in silence.
 */
import { CloseCode, type AttachFrame, type DataFrame, type SessionFrame } from '@holdfast/protocol';
import type { OpenWebSocket } from './carriers.ts';
import { asError, type WebSocketClass, type WebSocketLike } from './environment.ts';
import type { Transport, TransportOwner } from './transport.ts';

/** How a plain server is asked whether it is there. */
export interface PlainOptions {
  /**
   * What asks the server's application for an answer. Left out: silence means nothing, since a page cannot send the
   * WebSocket's own ping.
   */
  readonly ping?: string | Uint8Array | (() => string | Uint8Array);
  /** Whether a message is the answer: then the application does not get it. Left out: any message is one, and it does. */
  readonly isPong?: (data: string | ArrayBuffer) => boolean;
  /** The longest silence before a ping, in ms. @default 25000 */
  readonly pingInterval?: number;
}

/** What a plain transport needs besides. */
export interface PlainSettings extends PlainOptions {
  readonly now: () => number;
  /** Whether a close in order that the server began is followed by another connection. */
  readonly reconnects: boolean;
}

/** Messages that are counted although the browser has sent them: the network may still lose them. So many, and so many bytes. */
const MAX_UNSURE = 1024;
const MAX_UNSURE_BYTES = 1024 * 1024;
/** What left so many ms before anything came is taken as arrived. */
const ROUND_TRIP = 1000;
const PING_INTERVAL = 25_000;
/** The longest wait for an answer that can never be given. */
const NEVER = Number.MAX_SAFE_INTEGER;

export class PlainTransport implements Transport {
  readonly name = 'websocket';
  readonly batches = false;
  readonly #class: WebSocketClass;
  readonly #url: string;
  readonly #settings: PlainSettings;
  #owner: TransportOwner | undefined;
  #socket: WebSocketLike | undefined;
  #isOpen = false;
  #isNew = true;
  #received = 0;
  /** Messages that were handed over: the bytes up to and including each, and when. */
  #unsure: { readonly seq: number; readonly end: number; readonly at: number }[] = [];
  /** Bytes that were handed over. */
  #handed = 0;
  /** The number of the last message before the ping that is out, and its id. */
  #asked: { readonly id: number; readonly seq: number } | undefined;
  #lastSeq = 0;
  /** The number of our close. */
  #closeSeq = 0;

  constructor(webSocket: WebSocketClass, url: string, settings: PlainSettings, owner: TransportOwner) {
    this.#class = webSocket;
    this.#url = url;
    this.#settings = settings;
    this.#owner = owner;
  }

  get writable(): boolean {
    return this.#isOpen && this.#isNew;
  }

  get buffered(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  attach(frame: AttachFrame): void {
    this.#isNew = frame.received === 'new';
    if (this.#socket) {
      this.#welcome();
      return;
    }
    try {
      const socket = new this.#class(this.#url, [...frame.protocols]);
      this.#socket = socket;
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        this.#isOpen = true;
        this.#welcome();
      };
      socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
        this.#receive(data);
      };
      socket.onclose = ({ code, reason, wasClean }: CloseEvent) => {
        this.#closed(code, reason, wasClean);
      };
      socket.onerror = () => {
        // WebKitGTK 2.50 fires no close after the error that a blocked port gives; WPE 2.38 crashes if it is closed then.
        if (this.#isOpen) return;
        this.#socket = undefined;
        this.#closed(CloseCode.abnormal, '', false);
      };
    } catch (error) {
      this.#lose(String(error));
    }
  }

  send(frame: SessionFrame): void {
    switch (frame.type) {
      case 'data':
        this.#hand(frame);
        return;
      case 'close':
        this.#closeSeq = frame.seq;
        if (frame.code === CloseCode.noStatus) this.#socket?.close();
        else this.#socket?.close(frame.code, frame.reason);
        return;
      case 'ping':
        this.#ping(frame.id);
        return;
      // The others are for a server that knows what they mean.
      default:
    }
  }

  close(): void {
    this.terminate();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#socket?.close();
  }

  /** An open connection is a new session, whoever comes; one who wants another back is told that it is gone. */
  #welcome(): void {
    const { ping, pingInterval = PING_INTERVAL } = this.#settings;
    if (!this.#isOpen) return;
    this.#owner?.frame(
      this.#isNew
        ? {
            type: 'welcome',
            received: 0,
            protocol: this.#socket?.protocol ?? '',
            heartbeat: ping === undefined ? NEVER : pingInterval,
            maxPayload: Infinity,
          }
        : { type: 'gone' },
    );
  }

  #hand({ seq, data }: DataFrame): void {
    const before = this.buffered;
    this.#socket?.send(data as never);
    this.#handed += this.buffered - before;
    this.#lastSeq = seq;
    this.#unsure.push({ seq, end: this.#handed, at: this.#settings.now() });
    const [first] = this.#unsure;
    if (this.#unsure.length > MAX_UNSURE || this.#handed - (first?.end ?? 0) > MAX_UNSURE_BYTES)
      this.#answered(({ end }) => end <= (first?.end ?? 0));
  }

  #ping(id: number): void {
    const { ping } = this.#settings;
    // Without a ping the question answers itself, and says nothing about the round trip.
    if (ping === undefined) this.#owner?.frame({ type: 'pong', id: NEVER });
    else {
      this.#asked = { id, seq: this.#lastSeq };
      const data = typeof ping === 'function' ? surfacing(ping) : ping;
      const before = this.buffered;
      if (data !== undefined) this.#socket?.send(data as never);
      this.#handed += this.buffered - before;
    }
  }

  #receive(data: string | ArrayBuffer): void {
    const { isPong, now } = this.#settings;
    const binary = typeof data !== 'string';
    this.#owner?.heard(binary ? data.byteLength : data.length);
    const answers = isPong ? surfacing(() => isPong(data)) : true;
    if (answers && this.#asked) {
      const { id, seq } = this.#asked;
      this.#asked = undefined;
      this.#answered((message) => message.seq <= seq);
      this.#owner?.frame({ type: 'pong', id });
    } else if (this.#settings.ping === undefined) {
      this.#answered(({ at }) => at <= now() - ROUND_TRIP);
    }
    if (isPong && answers) return;
    const content = binary ? { data: new Uint8Array(data), binary } : { data, binary };
    this.#owner?.frame({ type: 'data', seq: ++this.#received, ...content });
  }

  /** As far as can be known, these have arrived: they have left the browser, and something came since. */
  #answered(
    which: (message: { readonly seq: number; readonly end: number; readonly at: number }) => boolean,
  ): void {
    const gone = this.#handed - this.buffered;
    let received = 0;
    for (let next; (next = this.#unsure[0]) && next.end <= gone && which(next); this.#unsure.shift())
      received = next.seq;
    if (received > 0) this.#owner?.frame({ type: 'ack', received });
  }

  #closed(code: number, reason: string, wasClean: boolean): void {
    if (wasClean && this.#closeSeq > 0) this.#owner?.frame({ type: 'ack', received: this.#closeSeq });
    else if (wasClean && (code === CloseCode.normal || !this.#settings.reconnects))
      this.#owner?.frame({ type: 'close', seq: ++this.#received, code, reason });
    else this.#lose(`closed with ${code} ${reason}`, { code, reason, wasClean });
  }

  #lose(
    reason: string,
    ended?: { readonly code: number; readonly reason: string; readonly wasClean: boolean },
  ): void {
    const owner = this.#owner;
    // What the browser still had was never sent.
    const gone = this.#handed - this.buffered;
    const unsent = this.#unsure.find(({ end }) => end > gone);
    this.terminate();
    owner?.lost({ reason, ended, unsentFrom: unsent?.seq });
  }
}

/** Calls the application. What it throws is its own: it surfaces as such, and nothing stops for it. */
function surfacing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    void Promise.reject(asError(error));
    return undefined;
  }
}

export const openPlain: OpenWebSocket = ({ WebSocket, now }, { plain, link }, url, owner) => {
  const settings = { ...plain, now, reconnects: link.retryDelay !== undefined };
  return new PlainTransport(WebSocket as WebSocketClass, url, settings, owner);
};
