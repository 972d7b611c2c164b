/**
 * The shell around a connection's life: it owns the session and the transports, carries out what `step` decides, and
 * reports to the socket. All that is asynchronous on the client meets here; all that is decided is decided elsewhere.
 */
import {
  CloseCode,
  Inbox,
  LAZY_ACK_DELAY,
  Session,
  type AttachFrame,
  type CloseFrame,
  type DataFrame,
  type DrainFrame,
  type Entry,
  type Payload,
  type SessionFrame,
  type SpreadFrame,
  type WelcomeFrame,
} from '@holdfast/protocol';
import type { Carriers, Http, HttpOnDemand, Open } from './carriers.ts';
import { asError, type Environment } from './environment.ts';
import { diagnose, type Verdict } from './diagnostics.ts';
import {
  beginning,
  deadline,
  type Dial,
  type Effect,
  type Facts,
  type Kind,
  type Life,
  type LinkEvent,
} from './link.ts';
import type { ResolvedOptions } from './options.ts';
import { step } from './step.ts';
import {
  FOREIGN,
  type Ended,
  type IncomingFrame,
  type Transport,
  type TransportName,
  type TransportOwner,
} from './transport.ts';

/** A close that is not acknowledged in this time ends as 1006, in ms. */
const CLOSE_TIMEOUT = 10_000;
/** While messages are sent, the round trip is measured this often, in ms. */
const PING_INTERVAL = 10_000;
/** `setTimeout` takes no more than 2^31 − 1 ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;
/** What a server says of its heartbeat before it has said anything, in ms. */
const HEARTBEAT = 25_000;

/** Whom a connection reports to. */
export interface ConnectionOwner {
  /** A session began: the first, or another one after a loss. */
  opened(protocol: string): void;
  message(payload: Payload): void;
  /** The server lost the session; so many messages were sent and never acknowledged. */
  sessionLost(unacknowledged: number): void;
  /** The end. `failed`: it was not asked for, or not confirmed. */
  closed(code: number, reason: string, failed: boolean): void;
  /** Something that `state` or `transport` shows is different. */
  changed(): void;
  /** Something was found out about the way to the server. */
  diagnosed(verdict: Verdict): void;
  /** Messages that are not worth sending any more. */
  dropped(entries: readonly Entry[]): void;
  /** The server has some of what was sent. */
  acknowledged?(): void;
}

/** How far a connection is, as the application counts it. */
export type Phase =
  | { readonly name: 'opening' | 'open' | 'closed' }
  | { readonly name: 'closing'; readonly code: number; readonly reason: string; readonly deadline: number };

/** A transport's place in the connection, from the moment that it is decided on. */
interface Slot extends TransportOwner {
  readonly dial: Dial;
  transport?: Transport;
  welcome?: WelcomeFrame;
  /** What its last attach said that was received. */
  told: number;
}

/** Where to connect and as whom, looked up before each try. */
export type Address = () => string | Promise<string>;

export class Connection {
  readonly session: Session;
  phase: Phase = { name: 'opening' };
  latency: number | undefined;
  /** How the last plain WebSocket was closed, if it was. */
  ended: Ended | undefined;
  readonly #env: Environment;
  readonly #options: ResolvedOptions;
  readonly #address: Address;
  readonly #protocols: readonly string[];
  readonly #owner: ConnectionOwner;
  readonly #slots = new Map<number, Slot>();
  readonly #unlisten: () => void;
  readonly #carriers: Carriers;
  /** Left out until it is loaded. */
  #http: Http | undefined;
  readonly #url: string;
  #life: Life;
  #current: Slot | undefined;
  #heartbeat = HEARTBEAT;
  /** Over how many ms clients come back that are cut all at once, as the server said. */
  #spread = 0;
  #heardAt = 0;
  #heardBytes = 0;
  #pings = 0;
  /** The last ping has no pong yet. */
  #isAsking = false;
  #pingedAt = -Infinity;
  #events: LinkEvent[] = [];
  /** Messages that the application has not taken, and the end behind them. */
  readonly #inbox = new Inbox((frame) => {
    this.session.taken(frame.data.length);
    this.#owner.message(frame);
  });
  #goodbye: (() => void) | undefined;
  /** The kinds by which something else than a Holdfast server answered, since the last welcome. */
  readonly #foreign = new Set<Kind>();
  /** The page has ended: nobody is to be told. */
  #hasLeft = false;
  #timer: unknown;
  #timerAt = Infinity;

  /** @param url what is known of it from the start, or '' */
  constructor(
    env: Environment,
    options: ResolvedOptions,
    carriers: Carriers,
    address: Address,
    protocols: readonly string[],
    owner: ConnectionOwner,
    url: string,
  ) {
    this.#env = env;
    this.#options = options;
    this.#address = address;
    this.#protocols = protocols;
    this.#owner = owner;
    this.#carriers = carriers;
    this.#url = url;
    this.#http = carriers.http?.begin(env, options, url);
    this.#life = { ...beginning, memory: { ...beginning.memory, setbacks: this.#http?.setbacks ?? 0 } };
    this.session = new Session(
      env.randomId(),
      options.queue ?? { maxMessages: Infinity, maxBytes: Infinity },
      options.receiveWindow,
      // A server waits for none of them.
      LAZY_ACK_DELAY,
    );
    this.#unlisten = env.page.listen({
      wake: (change) => {
        if (change) env.sparing?.moved();
        this.#dispatch({ type: 'wake' });
      },
      sleep: () => {
        this.#dispatch({ type: 'sleep' });
      },
      end: () => {
        this.#leave();
      },
    });
  }

  start(): void {
    this.#dispatch({ type: 'start' });
  }

  get transport(): TransportName | undefined {
    return this.#current?.transport?.name;
  }

  /** Bytes that were accepted and are not handed to the network. */
  get buffered(): number {
    const { bytes, unsentBytes } = this.session.outbox;
    // What is acknowledged has left, whatever the transport has heard of it.
    return Math.min(bytes, unsentBytes + (this.#current?.transport?.buffered ?? 0));
  }

  get link() {
    return this.#life.link;
  }

  /** Drops what is not worth sending any more. */
  expire(): void {
    const { queue } = this.#options;
    if (!queue || queue.timeToLive === Infinity) return;
    const now = this.#env.now();
    const dropped = this.session.outbox.drop((entry) => entry.expiresAt <= now);
    if (dropped.length > 0) this.#owner.dropped(dropped);
  }

  /** Sends what can be sent. */
  pump(): void {
    const now = this.#env.now();
    this.expire();
    const transport = this.#current?.transport;
    if (transport) {
      // Rides with what goes anyway, so that `latency` stays true.
      if (this.session.outbox.ready && now - this.#pingedAt >= PING_INTERVAL) this.#ping(transport);
      this.session.pump(transport, now);
    }
    this.#arm();
  }

  /** Reports no more messages, nor an end that comes behind them, until {@link resume}. */
  pause(): void {
    this.#inbox.isPaused = true;
  }

  /** Reports what has arrived meanwhile, and lets the server go on. */
  resume(): void {
    this.#inbox.isPaused = false;
    this.#read();
  }

  /** Ends the session behind what was sent. Without one there is nothing to wait for: the socket has failed. */
  close(code: number, reason: string): void {
    if (this.phase.name !== 'open' && this.phase.name !== 'opening') return;
    const patience = this.phase.name === 'open' ? CLOSE_TIMEOUT : 0;
    this.phase = { name: 'closing', code, reason, deadline: this.#env.now() + patience };
    this.session.outbox.push({ content: { code, reason }, size: 0, expiresAt: Infinity });
    this.#owner.changed();
    this.pump();
  }

  /** Leaves the transport in use, or what it waits for, and tries again at once. */
  reconnect(): void {
    this.#env.sparing?.moved();
    for (const slot of [...this.#slots.values()]) slot.lost({ reason: 'reconnect was called' });
    this.#dispatch({ type: 'wake' });
  }

  /** Ends at once, without a goodbye. */
  fail(code: number, reason: string): void {
    this.#finish(code, reason, true);
  }

  /** The page ends, and nobody is there to be told: the server is, at once. */
  #leave(): void {
    const { transport } = this.#current ?? {};
    if (this.phase.name === 'open') {
      this.session.outbox.push({
        content: { code: CloseCode.goingAway, reason: '' },
        size: 0,
        expiresAt: Infinity,
      });
      if (transport) this.session.pump(transport, this.#env.now());
    }
    if (this.#current) this.#forget(this.#current);
    transport?.close(true);
    this.phase = { name: 'closed' };
    this.#hasLeft = true;
    this.#unlisten();
    this.#dispatch({ type: 'end' });
  }

  /** The present time, in ms. */
  now(): number {
    return this.#env.now();
  }

  /** How many ms there are until an instant. */
  until(at: number): number {
    return Math.max(0, at - this.#env.now());
  }

  #facts(): Facts {
    const { outbox, owedSince } = this.session;
    return {
      now: this.#env.now(),
      heardAt: this.#heardAt,
      heardBytes: this.#heardBytes,
      heartbeat: this.#heartbeat,
      owedSince,
      owedBytes: outbox.bytes - outbox.unsentBytes,
      latency: this.latency,
      offline: !this.#env.page.online(),
      midway: this.#current?.transport?.isMidway ?? false,
      spread: this.#spread,
    };
  }

  /** Events are taken one after the other, even those that happen while an effect is carried out. */
  #dispatch(event: LinkEvent): void {
    if (this.#events.push(event) > 1) return;
    const before = this.#life.link.name;
    for (let next; (next = this.#events[0]); this.#events.shift()) {
      const facts = this.#facts();
      const [after, effects] = step(this.#life, next, facts, this.#options.link);
      const taken = { before: this.#life, event: next, facts, after, effects };
      this.#env.watch?.(this, taken);
      this.#life = after;
      const verdict = diagnose(taken);
      if (verdict) this.#owner.diagnosed(verdict);
      for (const effect of effects) this.#carryOut(effect);
    }
    this.#http?.keep(this.#life.memory.setbacks);
    if (this.#life.link.name !== before && !this.#hasLeft) this.#owner.changed();
    this.#arm();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'dial':
        this.#dial(effect.dial, effect.standby);
        return;
      case 'renew':
        this.#renew();
        return;
      case 'give-up':
        this.#finish(CloseCode.abnormal, '', true);
        return;
      default:
        this.#act(effect.do, effect.dial);
    }
  }

  #act(what: 'attach' | 'adopt' | 'ping' | 'drop', dial: Dial): void {
    const slot = this.#slots.get(dial.id);
    if (!slot) return;
    switch (what) {
      case 'attach':
        if (this.#current === slot) this.#current = undefined;
        this.#lookUp(slot, this.#options.auth, (auth) => {
          slot.transport?.attach(this.#attachment(slot, asText(auth), false));
        });
        return;
      case 'adopt':
        this.#adopt(slot);
        return;
      case 'ping':
        if (slot.transport) this.#ping(slot.transport);
        return;
      case 'drop':
        this.#forget(slot);
        slot.transport?.terminate();
    }
  }

  #ping(transport: Transport): void {
    this.#pingedAt = this.#env.now();
    this.#isAsking = true;
    transport.send({ type: 'ping', id: ++this.#pings });
  }

  #dial(dial: Dial, standby: boolean): void {
    const slot = this.#slot(dial);
    this.#slots.set(dial.id, slot);
    this.#lookUp(slot, this.#address, (url) => {
      this.#lookUp(slot, this.#options.auth, (auth) => {
        this.#lookUp(
          slot,
          () => this.#opener(dial.kind),
          (open) => {
            this.#open(slot, open(asText(url), slot), asText(auth), standby);
          },
        );
      });
    });
  }

  /** What opens a transport: HTTP may have to be loaded first. */
  #opener(kind: Kind): Open | Promise<Open> {
    if (kind === 'websocket')
      return (url, owner) => this.#carriers.webSocket(this.#env, this.#options, url, owner);
    if (this.#http) return this.#http.open;
    const loaded = (this.#options.http as HttpOnDemand).load();
    return loaded.then(({ http }) => {
      this.#http ??= http.begin(this.#env, this.#options, this.#url);
      this.#http.path.spread = this.#spread;
      return this.#http.open;
    });
  }

  #open(slot: Slot, transport: Transport, auth: string, standby: boolean): void {
    slot.transport = transport;
    if (!transport.batches) transport.attach(this.#attachment(slot, auth, standby));
    // A request takes along what is waiting, and what the present task still sends; a WebSocket has no room for it.
    else
      this.#env.defer(() => {
        if (this.#slots.get(slot.dial.id) !== slot) return;
        if (!this.#current && this.#mayRideAlong) {
          this.expire();
          this.session.outbox.rewind(this.session.outbox.acknowledged);
          this.session.pump(transport, this.#env.now());
        }
        transport.attach(this.#attachment(slot, auth, standby));
      });
  }

  /**
   * Until a welcome has come, a client does not know whether an earlier attach began a session, on a server that has
   * forgotten it since: what rode along with it would arrive twice (PROTOCOL.md §4.7).
   */
  get #mayRideAlong(): boolean {
    return this.#options.resend || this.phase.name !== 'opening';
  }

  /** Goes on with a value that may have to be waited for; a failure is the transport's. */
  #lookUp<T>(slot: Slot, ask: () => T | Promise<T>, use: (value: T) => void): void {
    let value: T | Promise<T>;
    try {
      value = ask();
    } catch (error) {
      value = Promise.reject(asError(error));
    }
    if (!(value instanceof Promise)) use(value);
    else {
      value.then(
        (found) => {
          if (this.#slots.get(slot.dial.id) === slot) use(found);
        },
        (error: unknown) => {
          slot.lost({ reason: String(error) });
        },
      );
    }
  }

  #attachment(slot: Slot, auth: string, standby: boolean): AttachFrame {
    slot.told = this.session.received;
    return {
      type: 'attach',
      id: this.session.id,
      attempt: standby ? 0 : ++this.session.attempt,
      received: this.phase.name === 'opening' ? 'new' : this.session.received,
      auth,
      protocols: this.#protocols,
      allow: this.session.takeAllowance(),
    };
  }

  #adopt(slot: Slot): void {
    const { transport, welcome } = slot;
    if (!transport || !welcome) return;
    const { protocol } = welcome;
    const isAsked = protocol ? this.#protocols.includes(protocol) : this.#protocols.length === 0;
    // One of those that were asked for, or none if none was (WHATWG websockets §2, "establish a WebSocket connection"). A
    // session that is known has its subprotocol already.
    if (this.phase.name === 'opening' && !isAsked) {
      this.#finish(CloseCode.abnormal, '', true);
      return;
    }
    this.#current = slot;
    this.ended = undefined;
    this.#heardAt = this.#env.now();
    this.#heartbeat = welcome.heartbeat;
    this.#pingedAt = -Infinity;
    if (!this.session.resume(welcome.received, slot.told, welcome.allow, transport.batches)) {
      slot.lost({ reason: 'the server acknowledges what was never sent' });
      return;
    }
    if (this.phase.name === 'opening') {
      this.phase = { name: 'open' };
      this.#owner.opened(welcome.protocol);
    }
    this.#owner.changed();
    this.#owner.acknowledged?.();
    this.#confirmClose();
    this.pump();
  }

  #renew(): void {
    this.#current = undefined;
    if (this.phase.name === 'closing') {
      this.#finish(CloseCode.abnormal, '', true);
      return;
    }
    const welcomedBefore = this.phase.name === 'open';
    this.phase = { name: 'opening' };
    const unacknowledged = this.session.renew(this.#env.randomId(), this.#options.resend);
    if (welcomedBefore) this.#owner.sessionLost(unacknowledged);
  }

  /** How a transport's reports reach the connection. */
  #slot(dial: Dial): Slot {
    const slot: Slot = {
      dial,
      told: 0,
      frame: (frame) => {
        this.#receive(slot, frame);
      },
      heard: (bytes) => {
        if (slot !== this.#current) return;
        this.#heardAt = this.#env.now();
        this.#heardBytes += bytes;
      },
      writable: () => {
        if (slot === this.#current) this.pump();
      },
      renamed: () => {
        if (slot === this.#current) this.#owner.changed();
      },
      found: (reason, detail) => {
        if (this.#slots.get(dial.id) === slot)
          this.#owner.diagnosed({ reason, transport: dial.kind, detail });
      },
      takeAck: () => (slot === this.#current ? this.session.takeAck() : undefined),
      lost: (loss) => {
        if (this.#slots.get(dial.id) !== slot) return;
        this.ended = loss.ended;
        if (loss.unsentFrom !== undefined) this.session.outbox.retract(loss.unsentFrom);
        this.#forget(slot);
        slot.transport?.terminate();
        this.#dispatch({ type: 'lost', id: dial.id, ...loss });
        if (loss.verdict === 'not-holdfast') this.#isForeign(dial.kind);
      },
    };
    return slot;
  }

  /** A captive portal may answer a request, but no WebSocket: who answers both is a server, and another one. */
  #isForeign(kind: Kind): void {
    this.#foreign.add(kind);
    const isCertain =
      this.#foreign.has('websocket') && this.#foreign.size === this.#options.link.kinds.length;
    if (isCertain && this.phase.name === 'opening') this.#finish(CloseCode.protocolError, FOREIGN, true);
  }

  #forget(slot: Slot): void {
    this.#slots.delete(slot.dial.id);
    if (slot === this.#current) this.#current = undefined;
  }

  #receive(slot: Slot, frame: IncomingFrame): void {
    const { id } = slot.dial;
    switch (frame.type) {
      case 'welcome':
        slot.welcome = frame;
        this.#foreign.clear();
        this.#dispatch({ type: 'welcome', id });
        return;
      case 'superseded':
      case 'gone':
        this.#dispatch({ type: frame.type, id });
        return;
      // Also as the answer to an attach that is turned away.
      case 'go-away':
        this.#dispatch({ type: frame.type, delay: frame.delay + this.#env.random() * frame.spread });
        return;
      case 'refused':
        this.#owner.diagnosed({
          reason: 'refused',
          transport: slot.dial.kind,
          detail: `${frame.code} ${frame.reason}`,
        });
        this.#finish(frame.code, frame.reason, true);
        return;
      default:
        // What another transport still brings comes again on the current one, or was there before.
        if (slot === this.#current) this.#take(slot, frame);
    }
  }

  #take(slot: Slot, frame: SessionFrame | DrainFrame | SpreadFrame): void {
    const now = this.#env.now();
    switch (frame.type) {
      case 'data':
      case 'close':
        this.#arrived(slot, frame, now);
        break;
      case 'ack':
        if (!this.session.acknowledge(frame.received, now)) {
          slot.lost({ reason: 'the server acknowledges what was never sent' });
          return;
        }
        this.#owner.acknowledged?.();
        this.#confirmClose();
        this.pump();
        break;
      case 'allow':
        this.session.allow(frame.total);
        this.pump();
        break;
      case 'ping':
        // What goes anyway takes the acknowledgement along.
        for (const answer of [this.session.takeAck(), { type: 'pong', id: frame.id } as const])
          if (answer) slot.transport?.send(answer);
        break;
      case 'pong':
        // Over HTTP it may come once more, and later (PROTOCOL.md §6.2.2).
        if (frame.id === this.#pings && this.#isAsking) {
          this.#isAsking = false;
          this.latency = now - this.#pingedAt;
        }
        // What was sent before the ping is there as well: its acknowledgement may still take its time.
        if (this.session.owedSince < now) this.session.owedSince = now;
        this.#dispatch({ type: 'proven' });
        break;
      case 'drain':
        // What is sent from now on waits for the next session.
        if (this.phase.name === 'open') this.session.outbox.end({ code: CloseCode.moved, reason: '' });
        this.pump();
        break;
      case 'spread':
        this.#spread = frame.number;
        if (this.#http) this.#http.path.spread = frame.number;
        break;
    }
  }

  #arrived(slot: Slot, frame: DataFrame | CloseFrame, now: number): void {
    const size = frame.type === 'data' ? frame.data.length : undefined;
    const arrival = this.session.arrive(frame.seq, size, now);
    if (arrival === 'duplicate') return;
    if (arrival !== 'new') {
      slot.lost({ reason: arrival === 'gap' ? 'a message is missing' : 'more than there is room for' });
      return;
    }
    if (frame.type === 'data') {
      this.#inbox.push(frame);
      this.#read();
    } else {
      this.session.ackDueAt = now;
      this.pump();
      if (frame.code === CloseCode.moved) this.#move(slot, Number(frame.reason) || 0);
      else this.#finish(frame.code, frame.reason, false);
    }
  }

  /** Each end has all that the other sent in this session. What was not sent is for the next one. */
  #move(slot: Slot, delay: number): void {
    const { phase } = this;
    const { outbox } = this.session;
    outbox.acknowledgeAll();
    if (phase.name === 'closing' && outbox.length === 1) this.#finish(phase.code, phase.reason, false);
    else if (!this.#options.link.retryDelay) this.#finish(CloseCode.goingAway, '', false);
    else {
      this.#forget(slot);
      slot.transport?.close();
      this.#dispatch({ type: 'go-away', delay });
      this.#renew();
    }
  }

  #read(): void {
    this.#inbox.flow();
    if (this.#inbox.isEmpty) this.#goodbye?.();
    if (this.session.ackDueAt <= this.#env.now() || this.session.allowanceDue) this.pump();
    else this.#arm();
  }

  /** Our close is the last message: once the server has it, all is said. */
  #confirmClose(): void {
    const { phase } = this;
    if (phase.name === 'closing' && this.session.outbox.length === 0)
      this.#finish(phase.code, phase.reason, false);
  }

  #finish(code: number, reason: string, failed: boolean): void {
    if (this.phase.name === 'closed') return;
    this.phase = { name: 'closed' };
    this.#unlisten();
    const current = this.#current;
    if (current) {
      this.#forget(current);
      current.transport?.close();
    }
    this.#dispatch({ type: 'end' });
    this.#goodbye = () => {
      this.#goodbye = undefined;
      this.#owner.closed(code, reason, failed);
    };
    this.#read();
  }

  /** One timer for all that is due. It is moved only when something is due earlier; what became later is found out when it fires. */
  #arm(): void {
    const at = Math.min(
      deadline(this.#life, this.#facts()),
      // A transport that is full asks for more itself.
      this.#current?.transport?.writable ? this.session.ackDueAt : Infinity,
      this.phase.name === 'closing' ? this.phase.deadline : Infinity,
    );
    if (at >= this.#timerAt && this.phase.name !== 'closed') return;
    this.#env.clearTimeout(this.#timer);
    this.#timerAt = at;
    if (at === Infinity) return;
    this.#timer = this.#env.setTimeout(
      () => {
        this.#timerAt = Infinity;
        this.#tick();
      },
      // A timer that fires a fraction of a ms early would find nothing due, and be set again for that fraction.
      Math.min(MAX_TIMEOUT, Math.max(0, Math.ceil(at - this.#env.now()))),
    );
  }

  #tick(): void {
    const now = this.#env.now();
    if (this.phase.name === 'closing' && now >= this.phase.deadline) {
      this.#finish(CloseCode.abnormal, '', true);
      return;
    }
    if (this.session.ackDueAt <= now) this.pump();
    this.#dispatch({ type: 'tick' });
  }
}

/** What an application's function gave; what is no text is ''. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
