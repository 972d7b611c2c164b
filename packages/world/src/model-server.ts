/**
 * The server of the model's traces, played by the real `Endpoint`: what a trace delivers is given to it as the bytes of a
 * WebSocket or a request, and what it does is told in the trace's words.
 */
import type { IncomingMessage } from 'node:http';
import {
  BatchReader,
  BatchWriter,
  concat,
  controlRecord,
  escapeControl,
  formatRequest,
  offerAttach,
  parseAnswer,
  unescapeText,
  type AnswerFrame,
  type AttachFrame,
  type CommonFrame,
  type SessionFrame,
} from '@holdfast/protocol';
import { Endpoint } from '../../server/src/endpoint.ts';
import type { Reply } from '../../server/src/exchange.ts';
import { resolveOptions } from '../../server/src/options.ts';
import type { HoldfastServerSocket } from '../../server/src/socket.ts';
import type { Wire } from '../../server/src/websocket-transport.ts';
import { VirtualClock } from './clock.ts';
import type { Upwards } from './model-trace.ts';

const request = { url: '/live', headers: {}, socket: {} } as unknown as IncomingMessage;
/** Who hears an answer that nobody hears. */
const NOBODY = 9;
/** Longer than any trace. */
const EVER = 1e9;
/** An acknowledgement is due after 500 ms; a server's calendar has days of 25. */
const ACK_DUE = 550;

export const sessionId = (session: number): string => `session-${session}-of-the-model-trace`;

type Tell = (frame: AnswerFrame | CommonFrame | { type: 'message'; content: string }) => void;

class TraceWire implements Wire {
  readonly bufferedAmount = 0;
  readonly #tell: Tell;
  readonly #listeners = new Map<string, (...args: never[]) => void>();
  isClosed = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  on(event: string, listener: (...args: never[]) => void): this {
    this.#listeners.set(event, listener.bind(this));
    return this;
  }

  send(data: string | Uint8Array): void {
    if (this.isClosed) return;
    const message = unescapeText(String(data));
    if ('text' in message) this.#tell({ type: 'message', content: message.text });
    else this.#tell(parseAnswer(message.control) as AnswerFrame);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Whoever is asked here answers at once. */
  pause(): void {
    throw new Error('nothing to wait for');
  }

  resume(): void {
    // It never waits.
  }

  terminate(): void {
    this.isClosed = true;
  }

  receive(data: string): void {
    if (!this.isClosed) this.#listeners.get('message')?.(...([Buffer.from(data), false] as never[]));
  }

  lost(): void {
    this.isClosed = true;
    this.#listeners.get('close')?.();
  }
}

class TraceReply implements Reply {
  readonly buffered = 0;
  readonly #tell: Tell;
  readonly #reader = new BatchReader(parseAnswer, Infinity);
  readonly #onClose: (() => void)[] = [];
  #isOver = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver) return;
    for (const item of this.#reader.push(bytes)) {
      if (item.type === 'piece')
        this.#tell({ type: 'message', content: new TextDecoder().decode(item.bytes) });
      else if (item.type !== 'violation') this.#tell(item);
    }
  }

  end(bytes?: Uint8Array): void {
    if (bytes) this.write(bytes);
    this.lost();
  }

  fail(): void {
    this.lost();
  }

  onDrain(): void {
    // A reply of a trace is never full.
  }

  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  /** Nobody hears it any more. */
  lost(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const callback of this.#onClose) callback();
  }
}

export class ServerReplay {
  readonly #clock = new VirtualClock();
  readonly #messages: number;
  #endpoint: Endpoint;
  #socket: HoldfastServerSocket | undefined;
  #said = 0;
  #wires = new Map<number, TraceWire>();
  #replies = new Map<number, TraceReply[]>();
  #outcome: string[] = [];

  /** @param messages how many messages the client sends: what has a higher number is its close */
  constructor(messages: number) {
    this.#messages = messages;
    this.#endpoint = this.#start();
  }

  /** What the server did since it was asked last, in the words of the trace. */
  outcome(): string[] {
    this.#clock.run(0);
    const outcome = this.#outcome;
    this.#outcome = [];
    return outcome;
  }

  /** Something arrived. */
  take(what: Upwards): void {
    if (what.via === 'WS') this.#takeFrame(what);
    else this.#takeRequest(what);
  }

  /** The application sends its next message. */
  send(): void {
    this.#socket?.send(String(++this.#said));
  }

  /** Time passes until an acknowledgement is due. */
  acknowledge(): void {
    this.#clock.run(ACK_DUE);
  }

  /** A WebSocket's end. */
  lose(slot: number): void {
    this.#wires.get(slot)?.lost();
    this.#wires.delete(slot);
  }

  /** Requests of a transport are over for whoever waited for them. */
  abort(slot: number): void {
    for (const reply of this.#replies.get(slot) ?? []) reply.lost();
    this.#replies.delete(slot);
  }

  /** The client begins another transport. */
  dial(slot: number): void {
    this.#muted.set(slot, { muted: false });
  }

  /** What is written to this WebSocket reaches nobody. */
  mute(slot: number): void {
    this.#tellOf(slot).muted = true;
  }

  /** A server without memory. */
  restart(): void {
    this.#endpoint = this.#start();
    for (const slot of [...this.#replies.keys()]) this.abort(slot);
    for (const wire of this.#wires.values()) wire.isClosed = true;
    this.#socket = undefined;
    this.#outcome = [];
  }

  /** The session has been without a client for too long. */
  expire(): void {
    this.#socket?.terminate();
    this.#clock.run(0);
    this.#outcome = [];
  }

  readonly #muted = new Map<number, { muted: boolean }>();

  #tellOf(slot: number): { muted: boolean } {
    const found = this.#muted.get(slot) ?? { muted: false };
    this.#muted.set(slot, found);
    return found;
  }

  #start(): Endpoint {
    const { now, setTimeout, clearTimeout, defer } = this.#clock;
    const environment = { now, setTimeout, clearTimeout, defer };
    const options = { noServer: true, resumeWindow: EVER, heartbeat: EVER, environment };
    const endpoint = new Endpoint(resolveOptions(options), () => undefined);
    // An acknowledgement that rides with a message is two steps of the model at once: here each is its own.
    return Object.assign(endpoint, { ackInterval: Infinity });
  }

  readonly #begin = (socket: HoldfastServerSocket): void => {
    this.#socket = socket;
    this.#said = 0;
    this.#outcome.push('begin');
    socket.on('message', (data) => this.#outcome.push(`deliver ${data.toString()}`));
    socket.on('close', (code) => {
      if (code === 1000) this.#outcome.push(`deliver ${this.#messages + 1}`);
    });
  };

  /** Notes what went out: verdicts, messages, and acknowledgements where they are an answer of their own. */
  #tell(name: string, state: { muted: boolean }, acks: boolean): Tell {
    return (frame) => {
      if (state.muted) return;
      if (frame.type === 'welcome') this.#outcome.push(`${name} welcome ${frame.received}`);
      else if (frame.type === 'superseded' || frame.type === 'gone')
        this.#outcome.push(`${name} ${frame.type}`);
      else if (frame.type === 'message') this.#outcome.push(`${name} data ${frame.content}`);
      else if (frame.type === 'ack' && acks) this.#outcome.push(`${name} ack ${frame.received}`);
    };
  }

  #attachFrame({ session, attempt, received }: Upwards): AttachFrame {
    return { type: 'attach', id: sessionId(session), attempt, received, auth: '', protocols: [] };
  }

  #takeFrame(what: Upwards): void {
    const { slot, type, content } = what;
    const known = this.#wires.get(slot);
    if (!known) {
      const wire = new TraceWire(this.#tell(String(slot), this.#tellOf(slot), true));
      this.#wires.set(slot, wire);
      this.#endpoint.connect(wire, offerAttach(this.#attachFrame(what)), request, this.#begin);
    } else if (type === 'ATTACH') known.receive(escapeControl(formatRequest(this.#attachFrame(what))));
    else if (type === 'ACK') known.receive(escapeControl(`ack ${String(what.received)}`));
    else if (type === 'PING') known.receive(escapeControl('ping 1'));
    else known.receive(content > this.#messages ? escapeControl('close 1000 ') : String(content));
  }

  #takeRequest(what: Upwards): void {
    const { slot, type, attempt, number, count, content } = what;
    // A ping over HTTP is answered through a poll: traces leave that out.
    if (type === 'PING') return;
    const id = sessionId(what.session);
    const writer = new BatchWriter();
    let head = controlRecord(formatRequest({ type: 'send', id, attempt }));
    if (type === 'ATTACH') head = controlRecord(formatRequest(this.#attachFrame(what)));
    if (type === 'POLL') {
      head = controlRecord(formatRequest({ type: 'poll', id, attempt, number, hold: 60_000, mode: 'poll' }));
      writer.add({ type: 'ack', received: what.received as number });
    } else for (let i = 0; i < count; i++) writer.add(this.#message(number + i, content + i));
    const body = concat([head, writer.cut(EVER).bytes]);
    const isHeard = what.reader !== NOBODY;
    const tell = this.#tell(String(slot), { muted: !isHeard }, type === 'SEND');
    const reply = new TraceReply((frame) => {
      // What the next poll brings as well: the model has no previews (PROTOCOL.md §6.2.2).
      if (type !== 'SEND' || frame.type !== 'message') tell(frame);
    });
    const readBody = (_limit: number, done: (body: Uint8Array) => void): void => {
      done(body);
    };
    this.#endpoint.exchange({ request, reply, readBody }, this.#begin);
    this.#clock.run(0);
    if (!isHeard) reply.lost();
    else this.#replies.set(slot, [...(this.#replies.get(slot) ?? []), reply]);
  }

  #message(seq: number, content: number): SessionFrame {
    return content > this.#messages
      ? { type: 'close', seq, code: 1000, reason: '' }
      : { type: 'data', seq, data: String(content), binary: false };
  }
}
