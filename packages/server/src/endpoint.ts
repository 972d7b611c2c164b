/**
 * Where clients arrive: every attach is decided here, whatever brought it, and every request finds its session here. The
 * highest attempt holds a session; that one integer decides each race (PROTOCOL.md §4).
 */
import type { IncomingMessage } from 'node:http';
import {
  BatchReader,
  CloseCode,
  controlRecord,
  formatAnswer,
  parseRequest,
  readOffer,
  type AnswerFrame,
  type AttachFrame,
  type PollFrame,
  type SendFrame,
} from '@holdfast/protocol';
import { surface } from './ask.ts';
import type { Exchange, Reply } from './exchange.ts';
import { isKey, isSame, newKey } from './identity.ts';
import { HttpTransport, type RequestItem } from './http-transport.ts';
import type { EndpointOptions } from './options.ts';
import { Registry } from './registry.ts';
import { Scheduler } from './scheduler.ts';
import { Copies } from './sending.ts';
import { HoldfastServerSocket, type SocketHost, type Verdict } from './socket.ts';
import { WebSocketTransport, type Wire } from './websocket-transport.ts';

/** Called for each session that begins. */
export type OnConnection = (socket: HoldfastServerSocket, request: IncomingMessage) => void;

/** Records of one body. A client's batch has fewer (PROTOCOL.md §9). */
const MAX_RECORDS = 65_536;

export class Endpoint implements SocketHost {
  readonly scheduler: Scheduler;
  readonly heartbeat: number;
  readonly resumeWindow: number;
  readonly maxPayload: number;
  readonly maxBuffered: SocketHost['maxBuffered'];
  readonly receiveWindow: number;
  readonly closeTimeout: number;
  readonly defer: SocketHost['defer'];
  readonly copies = new Copies();
  readonly #options: EndpointOptions;
  readonly #registry: Registry;
  #closed = false;
  readonly #onEnd: (socket: HoldfastServerSocket) => void;

  constructor(options: EndpointOptions, onEnd: (socket: HoldfastServerSocket) => void) {
    this.#options = options;
    this.heartbeat = options.heartbeat;
    this.resumeWindow = options.resumeWindow;
    this.maxPayload = options.maxPayload;
    this.maxBuffered = options.maxBuffered;
    this.receiveWindow = options.receiveWindow;
    this.closeTimeout = options.closeTimeout;
    this.defer = options.environment.defer;
    this.scheduler = new Scheduler(options.environment);
    this.#registry = new Registry(() => this.scheduler.now(), options.resumeWindow);
    this.#onEnd = onEnd;
  }

  /** A WebSocket that speaks `holdfast.1` has opened. */
  connect(
    wire: Wire,
    offered: readonly string[],
    request: IncomingMessage,
    onConnection: OnConnection,
    gather?: () => void,
  ): void {
    const attach = (frame: AttachFrame): void => {
      this.#attachWebSocket(transport, { ...frame, protocols }, request, onConnection);
    };
    const transport = new WebSocketTransport(wire, this.scheduler, attach, gather);
    const protocols = offered.filter((name) => !name.startsWith('holdfast.'));
    const frame = readOffer(offered);
    if (frame) this.#attachWebSocket(transport, frame, request, onConnection);
    else transport.refuse(CloseCode.protocolError, 'no attach, or a malformed one');
  }

  /** A request of a client has come. Its origin was checked. */
  exchange(exchange: Exchange, onConnection: OnConnection): void {
    const { request, reply } = exchange;
    exchange.readBody(this.#options.maxBatch, (body) => {
      if (body === 'too-large') {
        reply.fail(413, `a body has ${this.#options.maxBatch} bytes at most`);
        return;
      }
      // The body is bounded, and messages are where they are put together: a record needs no bound of its own.
      const reader = new BatchReader(parseRequest, Infinity, MAX_RECORDS);
      const [head, ...items] = reader.push(body);
      if (!reader.isWhole) reply.fail(400, 'the body ends inside a record');
      else if (head?.type === 'attach') this.#attachHttp(head, items, reply, request, onConnection);
      else if (head?.type === 'send' || head?.type === 'poll') this.#request(head, items, reply);
      else reply.fail(400, 'the body does not begin with attach, send or poll');
    });
  }

  /** Takes no more attaches, those included that are being decided about. */
  close(): void {
    this.#closed = true;
  }

  ended(socket: HoldfastServerSocket, verdict: Verdict): void {
    this.#registry.end(socket, verdict);
    this.#onEnd(socket);
  }

  #attachWebSocket(
    transport: WebSocketTransport,
    frame: AttachFrame,
    request: IncomingMessage,
    onConnection: OnConnection,
  ): void {
    const fail = (): void => {
      transport.terminate();
    };
    this.#authorize(frame, request, fail, (refusal, identity) => {
      const answer = refusal ?? this.#verdict(frame, identity);
      if (this.#closed) transport.terminate();
      else if (answer?.type === 'refused') transport.refuse(answer.code, answer.reason);
      else if (answer?.type === 'welcome') transport.send(answer);
      else if (answer) transport.answer(answer.type);
      else {
        const { socket, isNew } = this.#find(frame, request, identity);
        if (!socket.attach(transport, frame, identity)) {
          transport.answer('gone');
          return;
        }
        transport.carry(frame.id, socket.owner(transport), socket.received);
        socket.welcome();
        if (isNew) begin(onConnection, socket, request);
      }
    });
  }

  #attachHttp(
    frame: AttachFrame,
    items: readonly RequestItem[],
    reply: Reply,
    request: IncomingMessage,
    onConnection: OnConnection,
  ): void {
    const fail = (): void => {
      reply.fail(503, 'nobody can say who may come in: try again later');
    };
    this.#authorize(frame, request, fail, (refusal, identity) => {
      if (this.#closed) {
        reply.fail(503, 'the server is closing');
        return;
      }
      const repeated = this.#isTheirs(frame.id, identity) ? this.#carrier(frame) : undefined;
      if (repeated && !refusal) {
        repeated.answerAttach(reply);
        return;
      }
      const answer = refusal ?? this.#verdict(frame, identity);
      if (answer) {
        reply.end(controlRecord(formatAnswer(answer)));
        return;
      }
      const { socket, isNew } = this.#find(frame, request, identity);
      const transport = new HttpTransport(this.scheduler, this.defer, socket.assembler);
      if (!socket.attach(transport, frame, identity)) {
        reply.end(controlRecord(formatAnswer({ type: 'gone' })));
        return;
      }
      transport.carry(socket.owner(transport));
      if (isNew) begin(onConnection, socket, request);
      transport.take(items);
      // What rode along may have ended it: a close, say.
      const ended = this.#ended(frame.id);
      if (ended) {
        reply.end(controlRecord(formatAnswer(ended)));
        return;
      }
      transport.answerAttach(reply);
      // Last, so that it counts what rode along; on the wire it is first all the same.
      socket.welcome();
    });
  }

  #request(head: SendFrame | PollFrame, items: readonly RequestItem[], reply: Reply): void {
    const holder = this.#registry.holder(head.id);
    if (holder && !isKey(holder.key, head.key)) {
      reply.end(controlRecord(formatAnswer({ type: 'gone' })));
      return;
    }
    const transport = this.#carrier(head);
    if (!transport) {
      const ended = this.#ended(head.id) ?? { type: 'gone' };
      const answer: AnswerFrame = this.#registry.get(head.id) ? { type: 'superseded' } : ended;
      reply.end(controlRecord(formatAnswer(answer)));
    } else if (head.type === 'send') transport.receive(items, reply);
    else transport.poll(head, items, reply);
  }

  /** The HTTP transport to which an attempt belongs, if it carries its session. */
  #carrier({ id, attempt }: AttachFrame | SendFrame | PollFrame): HttpTransport | undefined {
    const socket = this.#registry.get(id);
    return socket?.attempt === attempt && socket.carrier instanceof HttpTransport
      ? socket.carrier
      : undefined;
  }

  /** The answer to an attach that does not get the session; undefined for one that does. */
  #verdict(
    frame: AttachFrame,
    identity: unknown,
  ): Exclude<AnswerFrame, { type: 'go-away' | 'batch' | 'probe' | 'stream' | 'ended' }> | undefined {
    // To anybody else it is as one that was forgotten: whether it lives, and how it ended, is not theirs to know.
    if (!this.#isTheirs(frame.id, identity)) return { type: 'gone' };
    const socket = this.#registry.get(frame.id);
    if (socket) {
      // It was on its way while an acknowledgement overtook it: the client has more by now.
      const isOld = frame.received !== 'new' && frame.received < socket.acknowledged;
      return frame.attempt <= socket.attempt || isOld ? { type: 'superseded' } : undefined;
    }
    return (
      this.#ended(frame.id) ?? (frame.received === 'new' && frame.attempt > 0 ? undefined : { type: 'gone' })
    );
  }

  /** What a client hears of a session that is over. */
  #ended(id: string) {
    const verdict = this.#registry.verdict(id);
    if (verdict === undefined) return undefined;
    if (verdict === 'gone') return { type: 'gone' } as const;
    if ('code' in verdict) return { type: 'refused', ...verdict } as const;
    const { heartbeat, maxPayload } = this;
    return { type: 'welcome', received: verdict.received, protocol: '', heartbeat, maxPayload } as const;
  }

  /** Whether a session may be this client's: it began with it, or is not known. */
  #isTheirs(id: string, identity: unknown): boolean {
    const holder = this.#registry.holder(id);
    return !holder || isSame(holder.identity, identity);
  }

  #find(
    frame: AttachFrame,
    request: IncomingMessage,
    identity: unknown,
  ): { socket: HoldfastServerSocket; isNew: boolean } {
    const known = this.#registry.get(frame.id);
    if (known) return { socket: known, isNew: false };
    const protocol = this.#options.chooseProtocol(new Set(frame.protocols), request);
    const key = this.#options.authenticates ? newKey() : '';
    const socket = new HoldfastServerSocket(this, frame.id, protocol, {
      identity: structuredClone(identity),
      key,
    });
    this.#registry.add(socket);
    return { socket, isNew: true };
  }

  /**
   * Asks the application whether the client may come in, and who it is. Nothing is decided before it has answered.
   *
   * @param fail nobody could be asked: the client may try again
   */
  #authorize(
    frame: AttachFrame,
    request: IncomingMessage,
    fail: () => void,
    decide: (refusal: Extract<AnswerFrame, { type: 'refused' }> | undefined, identity: unknown) => void,
  ): void {
    this.#options.authorize(frame.auth, request, (refusal, identity) => {
      if (refusal?.later) fail();
      else decide(refusal && { type: 'refused', ...refusal }, identity);
    });
  }
}

/** Tells the application of a session. Its exceptions are its own: the session begins all the same. */
function begin(onConnection: OnConnection, socket: HoldfastServerSocket, request: IncomingMessage): void {
  try {
    onConnection(socket, request);
  } catch (error) {
    surface(error);
  }
}
