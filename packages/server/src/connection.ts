/**
 * A conversation, and the client that it is held with: by which transport it is reached, since when it is silent, and for how
 * long it is waited for. Transports come and go; the session stays.
 */
import type { AckFrame, AttachFrame, Violation } from '@holdfast/protocol';
import { Conversation } from './conversation.ts';
import { RoundTrip } from './histogram.ts';
import type { Host } from './host.ts';
import type { Holder } from './identity.ts';
import { HoldfastServerSocket } from './socket.ts';
import type { IncomingFrame, ServerTransport, TransportOwner } from './transport.ts';

/** A client that is pinged and does not answer in this time is gone, in ms. */
const PONG_TIMEOUT = 10_000;
/** A server that looks at a client so much later than it should stood still, in ms: its machine slept, or something kept it busy. */
const STANDSTILL = 1000;
/** Pings that wait to be answered, of a client that does not read; the oldest makes room. */
const MAX_UNANSWERED = 64;

export class Connection extends Conversation {
  readonly socket: HoldfastServerSocket;
  readonly #roundTrip: RoundTrip;
  /** The client's pings whose pongs wait for room. */
  #unanswered: number[] | undefined;
  /** When the client was heard last, or its transport lost. */
  #heardAt: number;
  #pingedAt = -Infinity;
  /** What the client was told of the herd that it is in, in ms. */
  #spread = 0;

  /** What comes from a transport that does not carry the session any more is of no interest. */
  static readonly #Owner = class implements TransportOwner {
    readonly #connection: Connection;
    readonly #carrier: ServerTransport;

    constructor(connection: Connection, carrier: ServerTransport) {
      this.#connection = connection;
      this.#carrier = carrier;
    }

    get #carries(): boolean {
      return this.#connection.transport === this.#carrier;
    }

    frame(frame: IncomingFrame): void {
      if (this.#carries) this.#connection.#receive(frame);
    }

    violation({ code, reason }: Violation): void {
      if (this.#carries) this.#connection.fail(code, reason);
    }

    heard(): void {
      if (!this.#carries) return;
      const wasAsked = this.#connection.#isAsked;
      this.#connection.#heard();
      // The next question may be due before the answer to the last one was.
      if (wasAsked) this.#connection.arm();
    }

    writable(): void {
      if (!this.#carries) return;
      this.#connection.pump();
      // What a full transport was not given yet may be due later.
      this.#connection.arm();
    }

    wantsMessages(): void {
      const { session, host } = this.#connection;
      if (this.#carries) session.pump(this.#carrier, host.scheduler.now());
    }

    takeAck(): AckFrame | undefined {
      return this.#connection.session.takeAck();
    }

    received(): number {
      return this.#connection.session.received;
    }

    lost(): void {
      if (this.#carries) this.#connection.#lose();
    }
  };

  constructor(host: Host, id: string, protocol: string, holder: Holder) {
    super(host, id, holder);
    this.socket = new HoldfastServerSocket(this, protocol);
    this.#roundTrip = new RoundTrip(host.counters.roundTrips);
    this.#heardAt = host.scheduler.now();
  }

  /** Puts another transport under the session; false if the client claims what cannot be. */
  attach(transport: ServerTransport, frame: AttachFrame, identity: unknown): boolean {
    const before = this.transport;
    if (!this.goOn(transport, frame)) return false;
    // A pong proves the transport that it comes on.
    this.#unanswered = undefined;
    this.socket.identity = identity;
    this.socket.auth = frame.auth;
    this.#heard();
    if (before !== transport) before?.supersede();
    return true;
  }

  /** Tells the client that the session is its, and all that it missed. */
  welcome(): void {
    const { transport, host, session, socket } = this;
    if (!transport) return;
    const { batches } = transport;
    this.#roundTrip.forget();
    transport.send({
      type: 'welcome',
      received: session.received,
      // A WebSocket brings whole messages.
      offset: (batches && this.assembler.position.offset) || undefined,
      protocol: socket.protocol,
      heartbeat: host.heartbeat,
      maxPayload: host.maxPayload,
      allow: session.takeAllowance(),
      // Over HTTP there is a request for each batch, and nothing else says whose it is.
      key: batches ? this.holder.key || undefined : undefined,
    });
    this.remind(transport);
    // With a welcome it has forgotten what it knew.
    this.tellSpread(0);
    this.tell('transport', transport.name);
    this.pump();
    this.askAgain(transport);
    this.arm();
  }

  /** Tells the client for how long it would come back with many others, if that is so many times what it knows. */
  tellSpread(times: number): void {
    const number = this.host.spread;
    if (number === 0 || number < times * this.#spread) return;
    this.#spread = number;
    this.transport?.send({ type: 'spread', number });
  }

  /** Whom a transport reports to. */
  owner(carrier: ServerTransport): TransportOwner {
    return new Connection.#Owner(this, carrier);
  }

  /** It is time to look at the client, or at what is said. */
  ring(): void {
    const now = this.host.scheduler.now();
    if (this.isOverdue(now) || !this.#isAwaited(now)) {
      this.forget();
      return;
    }
    this.speak(now);
    this.arm();
  }

  protected pump(): void {
    // To a client over HTTP much is said while none of its polls is here.
    if (!this.transport?.writable) return;
    this.#answerPings();
    this.session.pump(this.transport, this.host.scheduler.now());
  }

  protected override get dueAt(): number {
    return Math.min(super.dueAt, this.transport?.pinged ? this.#silentUntil : this.#awayUntil);
  }

  /** Whether a ping is out. */
  get #isAsked(): boolean {
    return this.#pingedAt > this.#heardAt;
  }

  /** When a client that says nothing is to be asked, or to be let go: nobody is who was not asked, however late it is. */
  get #silentUntil(): number {
    return this.#isAsked ? this.#pingedAt + PONG_TIMEOUT : this.#heardAt + this.host.heartbeat;
  }

  /** When a client that is away is waited for no longer. */
  get #awayUntil(): number {
    return this.#heardAt + this.host.resumeWindow;
  }

  #receive(frame: IncomingFrame): void {
    switch (frame.type) {
      case 'ping':
        this.#unanswered ??= [];
        if (this.#unanswered.push(frame.id) > MAX_UNANSWERED) this.#unanswered.shift();
        this.#answerPings();
        this.tell('ping', Buffer.alloc(0));
        return;
      case 'pong':
        if (frame.id === 0) this.#roundTrip.answered(this.host.scheduler.now());
        else this.answered(frame.id);
        return;
      default:
        // Its transport has just been heard.
        this.hear(frame, this.#heardAt);
    }
  }

  #answerPings(): void {
    const ids = this.#unanswered;
    while (ids?.length && this.transport?.writable)
      this.transport.send({ type: 'pong', id: ids.shift() as number });
    if (ids?.length === 0) this.#unanswered = undefined;
  }

  #heard(): void {
    this.#heardAt = this.host.scheduler.now();
  }

  #lose(): void {
    this.transport = undefined;
    this.#heard();
    this.arm();
    this.tell('transport', undefined);
  }

  /** Whether the client is waited for any longer. One that is silent is asked, and let go. */
  #isAwaited(now: number): boolean {
    if (!this.transport?.pinged) {
      // Who waits for an answer is there.
      if (this.transport?.isOpen) this.#heard();
      // Who could not come back, since the server stood still, has as long as who is asked.
      if (now - this.#awayUntil > STANDSTILL)
        this.#heardAt = now - Math.max(0, this.host.resumeWindow - PONG_TIMEOUT);
      return now < this.#awayUntil;
    }
    if (now < this.#silentUntil) return true;
    if (!this.#isAsked) {
      this.#ping();
      return true;
    }
    const silent = this.transport;
    this.transport = undefined;
    // The resume window begins here.
    this.#heard();
    silent.terminate();
    this.tell('transport', undefined);
    return true;
  }

  #ping(): void {
    this.#pingedAt = this.host.scheduler.now();
    this.#roundTrip.asked(this.#pingedAt);
    this.transport?.send({ type: 'ping', id: 0 });
    // It goes along with that.
    this.tellSpread(1.1);
  }
}
