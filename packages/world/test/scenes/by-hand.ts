/**
 * A client by hand, on a clock that is told what time it is: it says what it wants over WebSockets and requests of its
 * own, against the real endpoint, and sees what that answers. Here a client may do what no client of ours does.
 */
import type { IncomingMessage } from 'node:http';
import {
  BatchReader,
  BatchWriter,
  concat,
  controlRecord,
  DLE,
  formatAnswer,
  parseAnswer,
} from '@holdfast/protocol';
import type { HoldfastServerOptions } from '@holdfast/server';
import { Endpoint } from '../../../server/src/endpoint.ts';
import type { Reply } from '../../../server/src/exchange.ts';
import { resolveOptions } from '../../../server/src/options.ts';
import type { HoldfastServerSocket } from '../../../server/src/socket.ts';
import type { Wire } from '../../../server/src/websocket-transport.ts';
import { VirtualClock } from '../../src/index.ts';

export const ID = 'a-session-of-22-chars_';

const request = { url: '/live', headers: {}, socket: {} } as unknown as IncomingMessage;

export class ByHand {
  readonly clock = new VirtualClock();
  readonly endpoint: Endpoint;
  /** The server's sockets, in the order of their sessions. */
  readonly accepted: HoldfastServerSocket[] = [];
  /** What they received, all together. */
  readonly received: string[] = [];
  /** How they ended. */
  readonly ends: unknown[] = [];
  /** Called for each session that begins. */
  onSession: () => void = () => undefined;

  constructor(options: HoldfastServerOptions = {}) {
    this.endpoint = new Endpoint(
      resolveOptions({ noServer: true, ...options, environment: this.clock }),
      () => undefined,
    );
  }

  /** The socket of the session that began last. */
  get peer(): HoldfastServerSocket {
    const peer = this.accepted.at(-1);
    if (!peer) throw new Error('no session has begun');
    return peer;
  }

  /** A WebSocket whose handshake claims the session; what it heard so far includes the answer. */
  upgrade(attempt = 1, received: number | 'new' = 'new', allow?: number, id = ID): HandWire {
    const wire = new HandWire();
    const offer = ['holdfast.1', `holdfast.attach.${id}.${attempt}.${received}.-`];
    if (allow !== undefined) offer.push(`holdfast.allow.${allow}`);
    this.endpoint.connect(wire, offer, request, this.#onConnection);
    return wire;
  }

  /** So many clients, each with a session of its own on a WebSocket. */
  crowd(clients: number): HandWire[] {
    const begun = this.accepted.length;
    return Array.from({ length: clients }, (_, i) =>
      this.upgrade(1, 'new', undefined, `${ID.slice(0, -5)}${10_000 + begun + i}`),
    );
  }

  /** A request: lines are control frames, bytes are what they are. */
  post(...records: (string | Uint8Array)[]): HandReply {
    const reply = new HandReply();
    const body = concat(
      records.map((record) => (typeof record === 'string' ? controlRecord(record) : record)),
    );
    const readBody = (_limit: number, done: (body: Uint8Array) => void): void => {
      done(body);
    };
    this.endpoint.exchange({ request, reply, readBody }, this.#onConnection);
    this.clock.run(0);
    return reply;
  }

  /** A session that began over HTTP, and how its attach was answered. */
  attach(attempt = 1, received: number | 'new' = 'new', ...records: (string | Uint8Array)[]): HandReply {
    return this.post(`attach ${ID} ${attempt} ${received} -`, ...records);
  }

  poll(number: number, mode = 'poll', hold = 20_000, ...records: string[]): HandReply {
    return this.post(`poll ${ID} 1 ${number} ${hold} ${mode}`, ...records);
  }

  send(...records: (string | Uint8Array)[]): HandReply {
    return this.post(`send ${ID} 1`, ...records);
  }

  readonly #onConnection = (socket: HoldfastServerSocket): void => {
    this.accepted.push(socket);
    socket.on('message', (data) => this.received.push(String(data)));
    socket.on('close', (code) => this.ends.push(code));
    this.onSession();
  };
}

/** Messages as records, the first one with this number. */
export function batch(seq: number, ...texts: string[]): Uint8Array {
  const writer = new BatchWriter();
  texts.forEach((data, i) => {
    writer.add({ type: 'data', seq: seq + i, data, binary: false });
  });
  return writer.cut(Infinity).bytes;
}

/** A text cut into batches of so many bytes. */
export function parts(seq: number, text: string, bytes: number): Uint8Array[] {
  const writer = new BatchWriter();
  writer.add({ type: 'data', seq, data: text, binary: false });
  return Array.from({ length: Math.ceil(text.length / bytes) }, () => writer.cut(bytes).bytes);
}

/** The server's end of a WebSocket: what the test says arrives, and what is sent is heard. */
export class HandWire implements Wire {
  /** Bytes that wait in it, as the test says. */
  bufferedAmount = 0;
  /** What was sent; ␐ is the escape that begins a control frame. */
  readonly heard: string[] = [];
  isClosed = false;
  /** Whether the server reads no further. */
  isPaused = false;
  readonly #listeners = new Map<string, (...args: never[]) => void>();
  #written: (() => void)[] = [];

  on(event: string, listener: (...args: never[]) => void): this {
    this.#listeners.set(event, listener.bind(this));
    return this;
  }

  send(data: string | Uint8Array, _options: object, callback?: () => void): void {
    const text = typeof data === 'string' ? data : Buffer.from(data).toString();
    this.heard.push(text.startsWith(DLE) ? `␐${text.slice(1)}` : text);
    if (callback) this.#written.push(callback);
  }

  close(): void {
    this.isClosed = true;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  terminate(): void {
    this.close();
  }

  /** The client sends a text as it is. */
  bring(text: string | Uint8Array): void {
    this.#tell('message', Buffer.from(text as string), typeof text !== 'string');
  }

  /** The client sends a control frame. */
  say(line: string): void {
    this.bring(`${DLE}${line}`);
  }

  /** What waited is on the network, but for so many bytes. */
  drain(left = 0): void {
    this.bufferedAmount = left;
    for (const written of this.#written.splice(0)) written();
  }

  /** Something is wrong with the connection. */
  fail(code: string): void {
    this.#tell('error', Object.assign(new Error('it failed'), { code }));
  }

  /** The connection is over. */
  break(): void {
    this.isClosed = true;
    this.#tell('close');
  }

  #tell(event: string, ...args: unknown[]): void {
    this.#listeners.get(event)?.(...(args as never[]));
  }
}

const isLast = (item: { readonly type: string; readonly more?: boolean }): boolean =>
  item.type === 'piece' && !item.more;

/** A response, as the client sees it. */
export class HandReply implements Reply {
  buffered = 0;
  status = 0;
  ended = false;
  #bytes: Uint8Array[] = [];
  #onDrain: (() => void)[] = [];
  #onClose: (() => void)[] = [];

  /** Control frames as lines, messages as `number: text`. */
  get lines(): string[] {
    return new BatchReader(parseAnswer, Infinity).push(concat(this.#bytes)).map((item) => {
      if (item.type === 'piece') return `${item.seq}: ${Buffer.from(item.bytes).toString()}`;
      if (item.type === 'violation') return item.reason;
      if (item.type !== 'welcome') return formatAnswer(item).trim();
      return `welcome ${item.received}${item.offset ? ` and ${item.offset} bytes` : ''}`;
    });
  }

  /** How many messages it brought, or their last parts. */
  get messages(): number {
    return new BatchReader(parseAnswer, Infinity).push(concat(this.#bytes)).filter(isLast).length;
  }

  /** What was written, as it is. */
  get text(): string {
    return Buffer.concat(this.#bytes).toString();
  }

  write(bytes: Uint8Array): void {
    this.status = 200;
    this.#bytes.push(bytes);
  }

  end(bytes?: Uint8Array): void {
    this.status = 200;
    if (bytes) this.#bytes.push(bytes);
    this.close();
  }

  fail(status: number): void {
    this.status = status;
    this.close();
  }

  onDrain(callback: () => void): void {
    this.#onDrain.push(callback);
  }

  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  /** All that waited is on the network. */
  drain(): void {
    this.buffered = 0;
    for (const drained of this.#onDrain) drained();
  }

  /** It is over, whoever ended it. */
  close(): void {
    if (this.ended) return;
    this.ended = true;
    for (const closed of this.#onClose) closed();
  }
}
