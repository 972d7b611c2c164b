/** Where clients arrive: every attach gets its session or an answer here, whatever brought it, and every request finds its session. */
import type { IncomingMessage } from 'node:http';
import {
  ACK_DELAY,
  ACK_INTERVAL,
  CloseCode,
  controlRecord,
  formatAnswer,
  readOffer,
  type AnswerFrame,
  type AttachFrame,
  type PollFrame,
  type SendFrame,
} from '@holdfast/protocol';
import { surface } from './ask.ts';
import { NOBODY_SAYS, readBatch, receive, turnAway } from './bodies.ts';
import { Caller, type AttachAs, type OnConnection } from './caller.ts';
import { Connection } from './connection.ts';
import { Decisions } from './decisions.ts';
import type { Exchange, Reply } from './exchange.ts';
import { Herd } from './herd.ts';
import type { Host, Verdict } from './host.ts';
import { isKey, newKey } from './identity.ts';
import { inFlight } from './in-flight.ts';
import { HttpTransport, type RequestItem } from './http-transport.ts';
import type { EndpointOptions } from './options.ts';
import type { Lifetime } from './lifetime.ts';
import { Quota } from './quota.ts';
import { Registry } from './registry.ts';
import { Questions } from './questions.ts';
import { Scheduler } from './scheduler.ts';
import { Copies } from './sending.ts';
import type { HoldfastServerSocket } from './socket.ts';
import { Counters, statsOf, type Stats } from './stats.ts';
import { Visits, type Full, type Visit } from './visits.ts';
import { WebSocketTransport, type Wire } from './websocket-transport.ts';

export class Endpoint implements Host {
  readonly scheduler: Scheduler;
  readonly heartbeat: number;
  readonly resumeWindow: number;
  readonly maxPayload: number;
  readonly maxBuffered: Host['maxBuffered'];
  readonly maxInFlight: Host['maxInFlight'];
  readonly receiveWindow: number;
  readonly closeTimeout: number;
  readonly ackDelay = ACK_DELAY;
  readonly ackInterval = ACK_INTERVAL;
  readonly defer: Host['defer'];
  readonly copies = new Copies();
  readonly counters = new Counters();
  readonly visits: Visits;
  readonly #options: EndpointOptions;
  readonly #registry: Registry;
  readonly #decisions: Decisions;
  /** Requests of each session whose responses are not over. */
  readonly #questions: Questions;
  readonly #requests: Quota;
  /** Who is let in: everybody, those whose session is here, nobody. */
  #admits: 'all' | 'known' | 'none' = 'all';
  readonly #herd: Herd;
  readonly #onEnd: (socket: HoldfastServerSocket) => void;

  constructor(options: EndpointOptions, onEnd: (socket: HoldfastServerSocket) => void) {
    this.#options = options;
    this.heartbeat = options.heartbeat;
    this.resumeWindow = options.resumeWindow;
    this.maxPayload = options.maxPayload;
    this.maxBuffered = options.maxBuffered;
    this.maxInFlight = inFlight(options.maxBuffered);
    this.receiveWindow = options.receiveWindow;
    this.closeTimeout = options.closeTimeout;
    this.defer = options.environment.defer;
    this.scheduler = new Scheduler(options.environment);
    this.#questions = new Questions(this.scheduler);
    this.#registry = new Registry(() => this.scheduler.now(), options.resumeWindow);
    this.#herd = new Herd(
      this.scheduler,
      () => this.#registry.size,
      () => {
        this.#registry.each(tellSpread);
      },
    );
    this.visits = new Visits(options, this.scheduler, this.counters, options.addressOf);
    this.#decisions = new Decisions(options, this.#registry, this.visits);
    this.#requests = new Quota({ total: Infinity, perAddress: options.maxRequests });
    this.#onEnd = onEnd;
  }

  /** A WebSocket that speaks `holdfast.1` has opened. */
  connect(
    wire: Wire,
    offered: readonly string[],
    request: IncomingMessage,
    onConnection: OnConnection,
    visit = this.visits.arrive(request),
  ): void {
    if ('status' in visit) {
      wire.terminate();
      return;
    }
    const protocols = offered.filter((name) => !name.startsWith('holdfast.'));
    const caller = new Caller(request, onConnection, protocols, this.#attachWebSocket);
    const transport = new WebSocketTransport(wire, visit, caller);
    const frame = readOffer(offered);
    if (frame) this.#attachWebSocket(transport, frame, caller);
    else transport.refuse(CloseCode.protocolError, 'no attach, or a malformed one');
  }

  /** A request has come, and nothing else is known yet. Gives its visit; undefined if there is no room, which is answered. */
  receive(exchange: Exchange): Visit | undefined {
    return receive(exchange, this.visits);
  }

  /** What a client asks for. The origin was checked. */
  exchange(exchange: Exchange, onConnection: OnConnection, visit = this.receive(exchange)): void {
    const { request, reply } = exchange;
    if (!visit?.isHere) return;
    readBatch(exchange, visit, this.#options.maxBatch, (head, items) => {
      if (head.type === 'attach') {
        this.#attachHttp(head, items, { request, reply, visit }, onConnection);
        return;
      }
      visit.leave();
      this.#request(head, items, reply);
    });
  }

  /** Takes no more sessions, those included that are being decided about. Those that are here go on. */
  drain(): void {
    this.#admits = 'known';
  }

  /** Takes no more attaches, those included that are being decided about. */
  close(): void {
    this.#admits = 'none';
    this.#herd.end();
  }

  /** Whether an attach that names this session may be answered here; another server might answer it. */
  admits(id: string | undefined): boolean {
    return this.#admits === 'all' || (this.#admits === 'known' && this.#registry.knows(id));
  }

  /** What was counted, and what is the case now: each session is looked at. */
  stats(): Stats {
    return statsOf(this.counters, this.#registry, this.visits);
  }

  get spread(): number {
    return this.#herd.spread;
  }

  ended(lifetime: Lifetime, verdict: Verdict): void {
    this.#registry.end(lifetime, verdict);
    this.visits.end(lifetime.holder);
    this.#onEnd(lifetime.socket);
  }

  /** One for all who come. */
  readonly #attachWebSocket: AttachAs = (transport, frame, caller) => {
    const { request } = caller;
    const { visit } = transport;
    let isDecided = false as boolean;
    const later = (full?: Full): void => {
      isDecided = true;
      // One that stands by is not missed: what carries the session goes on.
      if (full && frame.attempt > 0) transport.turnAway(full.retryAfter);
      else transport.terminate();
    };
    this.#decisions.authorize(frame, { request, visit, later }, (refusal, identity) => {
      if (isDecided) return;
      isDecided = true;
      transport.resume();
      // Its client has given it up meanwhile.
      if (transport.isOver) return;
      if (this.#leaves(frame.id)) {
        transport.terminate();
        return;
      }
      const answer = refusal ?? this.#decisions.verdict(frame, identity);
      if (answer) this.counters.answered(refusal, answer.type, frame.attempt);
      if (answer?.type === 'refused') transport.refuse(answer.code, answer.reason);
      else if (answer?.type === 'welcome') transport.send(answer);
      else if (answer) transport.answer(answer.type);
      // One session begins on a WebSocket: the application was told of its request, which is gone.
      else if (!request && !this.#registry.get(frame.id)) transport.drop();
      else {
        const found = this.#find(frame, { request, visit, identity });
        if ('status' in found) {
          later(found);
          return;
        }
        const { connection, isNew } = found;
        // First of all, so that there is room for the one whose session this takes.
        visit.leave();
        if (!connection.attach(transport, frame, identity)) {
          transport.answer('gone');
          return;
        }
        transport.carry(connection.id, connection.owner(transport), connection.session.received);
        connection.welcome();
        if (isNew) begin(caller.onConnection, connection, request as IncomingMessage);
        if (!this.#options.authenticates) caller.request = undefined;
      }
    });
    if (!isDecided) transport.pause();
  };

  #attachHttp(
    frame: AttachFrame,
    items: readonly RequestItem[],
    { request, reply, visit }: { request: IncomingMessage; reply: Reply; visit: Visit },
    onConnection: OnConnection,
  ): void {
    let isDecided = false;
    const later = (full: Full = NOBODY_SAYS): void => {
      isDecided = true;
      turnAway(reply, full);
    };
    this.#decisions.authorize(frame, { request, visit, later }, (refusal, identity) => {
      if (isDecided) return;
      isDecided = true;
      visit.leave();
      if (this.#leaves(frame.id)) {
        reply.fail(503, 'the server is closing');
        return;
      }
      const repeated = this.#decisions.isTheirs(frame.id, identity) ? this.#carrier(frame) : undefined;
      if (repeated && !refusal) {
        this.counters.attaches.repeated++;
        if (this.#hasRoom(frame.id, reply)) repeated.answerAttach(reply);
        return;
      }
      const answer = refusal ?? this.#decisions.verdict(frame, identity);
      if (answer) {
        this.counters.answered(refusal, answer.type, frame.attempt);
        reply.end(controlRecord(formatAnswer(answer)));
        return;
      }
      if (!this.#hasRoom(frame.id, reply)) return;
      const found = this.#find(frame, { request, visit, identity });
      if ('status' in found) {
        turnAway(reply, found);
        return;
      }
      const { connection, isNew } = found;
      const { assembler } = connection;
      const transport = new HttpTransport(
        this.scheduler,
        this.defer,
        assembler,
        this.counters.roundTrips,
        this.#questions,
      );
      if (!connection.attach(transport, frame, identity)) {
        reply.end(controlRecord(formatAnswer({ type: 'gone' })));
        return;
      }
      transport.carry(connection.owner(transport));
      if (isNew) begin(onConnection, connection, request);
      transport.take(items);
      // What rode along may have ended it: a close, say.
      const ended = this.#decisions.ended(frame.id);
      if (ended) {
        reply.end(controlRecord(formatAnswer(ended)));
        return;
      }
      transport.answerAttach(reply);
      // Last, so that it counts what rode along; on the wire it is first all the same.
      connection.welcome();
    });
  }

  /** Whether an attach comes too late to be answered here. */
  #leaves(id: string): boolean {
    const leaves = !this.admits(id);
    if (leaves) this.counters.turnedAway.leaving++;
    return leaves;
  }

  /** Whether a session may have one request more, until its response is over; it is answered if not. */
  #hasRoom(id: string, reply: Reply): boolean {
    if (this.#requests.take(id)) {
      this.counters.turnedAway.requests++;
      turnAway(reply, TOO_MANY_REQUESTS);
      return false;
    }
    reply.onClose(() => {
      this.#requests.free(id);
    });
    return true;
  }

  #request(head: SendFrame | PollFrame, items: readonly RequestItem[], reply: Reply): void {
    const holder = this.#registry.holder(head.id);
    if (holder && !isKey(holder.key, head.key)) {
      reply.end(controlRecord(formatAnswer({ type: 'gone' })));
      return;
    }
    const transport = this.#carrier(head);
    if (!transport) {
      const ended = this.#decisions.ended(head.id) ?? { type: 'gone' };
      const answer: AnswerFrame = this.#registry.get(head.id) ? { type: 'superseded' } : ended;
      reply.end(controlRecord(formatAnswer(answer)));
    } else if (!this.#hasRoom(head.id, reply)) return;
    else if (head.type === 'send') transport.receive(items, reply);
    else transport.poll(head, items, reply);
  }

  /** The HTTP transport to which an attempt belongs, if it carries its session. */
  #carrier({ id, attempt }: AttachFrame | SendFrame | PollFrame): HttpTransport | undefined {
    const { session, transport } = this.#registry.get(id) ?? {};
    return session?.attempt === attempt && transport instanceof HttpTransport ? transport : undefined;
  }

  #find(
    frame: AttachFrame,
    { request, visit, identity }: { request: IncomingMessage | undefined; visit: Visit; identity: unknown },
  ): { connection: Connection; isNew: boolean } | Full {
    const known = this.#registry.get(frame.id);
    if (known) return { connection: known, isNew: false };
    const holder = {
      identity: typeof identity === 'object' ? structuredClone(identity) : identity,
      key: this.#options.authenticates ? newKey() : '',
    };
    const protocol = this.#options.chooseProtocol(new Set(frame.protocols), request as IncomingMessage);
    const full = this.visits.begin(holder, visit);
    if (full) return full;
    const connection = new Connection(this, ownText(frame.id), protocol, holder);
    this.#registry.add(connection);
    this.#herd.grow();
    return { connection, isNew: true };
  }
}

/** A text in ASCII, apart from what it was cut out of: that would be kept as long as it is. */
const ownText = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const tellSpread = (connection: Connection): void => {
  connection.tellSpread(2);
};

const TOO_MANY_REQUESTS: Full = {
  status: 429,
  reason: 'too many requests of this session',
  retryAfter: 1000,
};

/** Tells the application of a session. Its exceptions are its own: the session begins all the same. */
function begin(onConnection: OnConnection, { socket }: Connection, request: IncomingMessage): void {
  try {
    onConnection(socket, request);
  } catch (error) {
    surface(error);
  }
}
