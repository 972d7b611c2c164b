/**
 * A conversation, and the transports that it travels on. One of them carries the session, others may be on their way. What
 * another one brings of the session is not taken: it comes again on the one that carries it, or was there before. What one
 * brings that was let go, nobody hears. When a transport is dialled, adopted and dropped is for the life to say
 * (`connection.ts`).
 */
import {
  CloseCode,
  type DrainFrame,
  type SessionFrame,
  type SpreadFrame,
  type WelcomeFrame,
} from '@holdfast/protocol';
import type { Carriers } from './carriers.ts';
import { Conversation } from './conversation.ts';
import { dialling, type Address, type Dialling, type Seeker } from './dialling.ts';
import type { Environment } from './environment.ts';
import type { Dial, Facts, Kind, LinkEvent } from './link.ts';
import { Observed } from './observed.ts';
import type { ResolvedOptions } from './options.ts';
import type { ConnectionOwner } from './socket-connection.ts';
import { FOREIGN, type IncomingFrame, type Transport, type TransportName } from './transport.ts';

/** A transport's place, from the moment that it is decided on. */
interface Slot extends Seeker {
  readonly dial: Dial;
  transport?: Transport;
  welcome?: WelcomeFrame;
  /** What its last attach said that was received. */
  told: number;
}

export abstract class Carriage extends Conversation {
  protected readonly dialling: Dialling;
  /** What is known of the server, and of the way there. */
  readonly observed = new Observed(this.env);
  readonly #slots = new Map<number, Slot>();
  #current: Slot | undefined;
  /** The kinds by which something else than a Holdfast server answered, since the last welcome. */
  readonly #foreign = new Set<Kind>();

  /** @param url what is known of it from the start, or '' */
  constructor(
    env: Environment,
    options: ResolvedOptions,
    address: Address,
    protocols: readonly string[],
    owner: ConnectionOwner,
    carriers: Carriers,
    url: string,
  ) {
    super(env, options, address, protocols, owner);
    this.dialling = dialling(env, options, carriers, address, url, this.observed);
  }

  /** Something happened to a transport. */
  protected abstract dispatch(event: LinkEvent): void;

  get transport(): TransportName | undefined {
    return this.#current?.transport?.name;
  }

  get latency(): number | undefined {
    return this.observed.latency;
  }

  get buffered(): number {
    const { bytes, unsentBytes } = this.session.outbox;
    // What is acknowledged has left, whatever the transport has heard of it.
    return Math.min(bytes, unsentBytes + (this.#current?.transport?.buffered ?? 0));
  }

  pump(): void {
    this.expire();
    const transport = this.#current?.transport;
    if (transport) {
      const { session } = this;
      const now = this.env.now();
      const { ready } = session.outbox;
      if (this.link.name !== 'untried') {
        // Rides with what goes anyway, so that `latency` stays true.
        if (ready) this.observed.pingAgain(transport);
      } else if (ready || session.ackDueAt <= now) this.dispatch({ type: 'speak' });
      session.pump(transport, now);
    }
    this.arm();
  }

  protected get facts(): Facts {
    return this.observed.facts(this.session, this.#current?.transport);
  }

  /** When the transport can take an acknowledgement that is due. One that is full asks for more itself. */
  protected get ackAt(): number {
    return this.#current?.transport?.writable ? this.session.ackDueAt : Infinity;
  }

  protected dial(dial: Dial, standby: boolean): void {
    const slot = this.#slot(dial);
    this.#slots.set(dial.id, slot);
    this.dialling.open(dial.kind, slot, (transport, auth) => {
      slot.transport = transport;
      if (!transport.batches) this.#attach(slot, auth, standby);
      // A request takes along what is waiting, and what the present task still sends; a WebSocket has no room for it.
      else
        this.env.defer(() => {
          if (slot.isGone) return;
          if (!this.#current) this.ride(transport);
          this.#attach(slot, auth, standby);
        });
    });
  }

  protected act(what: 'attach' | 'adopt' | 'ping' | 'drop', { id }: Dial): void {
    const slot = this.#slots.get(id);
    if (!slot) return;
    switch (what) {
      case 'attach':
        if (this.#current === slot) this.#current = undefined;
        this.dialling.auth(slot, (auth) => {
          this.#attach(slot, auth, false);
        });
        return;
      case 'adopt':
        this.#adopt(slot);
        return;
      case 'ping':
        if (slot.transport) this.observed.ping(slot.transport);
        return;
      case 'drop':
        this.#forget(slot);
        slot.transport?.terminate();
    }
  }

  /** Nothing carries the session until another transport is adopted. */
  protected override renew(): void {
    this.#current = undefined;
    super.renew();
  }

  /** Lets go of what carries the session, once it has delivered what it was given. */
  protected closeCurrent(pageEnds?: boolean): void {
    const current = this.#current;
    if (!current) return;
    this.#forget(current);
    current.transport?.close(pageEnds);
  }

  /** The page ends, and nobody is there to be told: the server is, at once. */
  protected quit(): void {
    if (this.phase.name === 'open') {
      this.sayGoodbye(CloseCode.goingAway, '');
      const transport = this.#current?.transport;
      if (transport) this.session.pump(transport, this.env.now());
    }
    this.phase = { name: 'closed' };
  }

  /** Lets go of all. */
  protected loseAll(reason: string): void {
    for (const slot of [...this.#slots.values()]) slot.lost({ reason });
  }

  #attach(slot: Slot, auth: string, standby: boolean): void {
    slot.told = this.session.received;
    slot.transport?.attach(this.attachment(auth, standby));
  }

  #adopt(slot: Slot): void {
    const { transport, welcome } = slot;
    if (!transport || !welcome) return;
    if (!this.agrees(welcome)) {
      this.fail();
      return;
    }
    this.#current = slot;
    this.observed.begin(welcome.heartbeat);
    loseIf(slot, this.goOn(welcome, slot.told, transport));
  }

  /** How a transport's reports reach the connection. */
  #slot(dial: Dial): Slot {
    const slots = this.#slots;
    const slot: Slot = {
      dial,
      told: 0,
      get isGone() {
        return !slots.has(dial.id);
      },
      frame: (frame) => {
        this.#receive(slot, frame);
      },
      heard: (bytes) => {
        if (slot === this.#current) this.observed.heard(bytes);
      },
      writable: () => {
        if (slot === this.#current) this.pump();
      },
      renamed: () => {
        if (slot === this.#current) this.owner.changed();
      },
      found: (reason, detail) => {
        if (!slot.isGone) this.owner.diagnosed({ reason, transport: dial.kind, detail });
      },
      takeAck: () => (slot === this.#current ? this.session.takeAck() : undefined),
      lost: (loss) => {
        if (slot.isGone) return;
        this.#forget(slot);
        slot.transport?.terminate();
        this.dispatch({ type: 'lost', id: dial.id, ...loss });
        if (loss.verdict === 'not-holdfast') this.#isForeign(dial.kind);
      },
    };
    return slot;
  }

  /** A captive portal may answer a request, but no WebSocket: who answers both is a server, and another one. */
  #isForeign(kind: Kind): void {
    this.#foreign.add(kind);
    const isCertain = this.#foreign.has('websocket') && this.#foreign.size === this.options.link.kinds.length;
    if (isCertain && this.phase.name === 'opening') this.fail(CloseCode.protocolError, FOREIGN);
  }

  #forget(slot: Slot): void {
    this.#slots.delete(slot.dial.id);
    if (slot === this.#current) this.#current = undefined;
  }

  #receive(slot: Slot, frame: IncomingFrame): void {
    const { id, kind } = slot.dial;
    switch (frame.type) {
      case 'welcome':
        slot.welcome = frame;
        this.#foreign.clear();
        this.dispatch({ type: 'welcome', id });
        return;
      case 'superseded':
      case 'gone':
        this.dispatch({ type: frame.type, id });
        return;
      // Also as the answer to an attach that is turned away.
      case 'go-away':
        this.dispatch({ type: frame.type, delay: frame.delay + this.env.random() * frame.spread });
        return;
      case 'refused': {
        const { code, reason } = frame;
        this.owner.diagnosed({ reason: 'refused', transport: kind, detail: `${code} ${reason}` });
        this.fail(code, reason);
        return;
      }
      default:
        if (slot === this.#current) this.#take(slot, frame);
    }
  }

  #take(slot: Slot, frame: SessionFrame | DrainFrame | SpreadFrame): void {
    const { session } = this;
    const now = this.env.now();
    switch (frame.type) {
      case 'ping':
        this.dispatch({ type: 'speak' });
        // What goes anyway takes the acknowledgement along.
        for (const answer of [session.takeAck(), { type: 'pong', id: frame.id } as const])
          if (answer) slot.transport?.send(answer);
        return;
      case 'pong':
        this.observed.pong(frame.id);
        // What was sent before the ping is there as well: its acknowledgement may still take its time.
        if (session.owedSince < now) session.owedSince = now;
        this.dispatch({ type: 'proven' });
        return;
      case 'spread':
        this.observed.spread = frame.number;
        return;
      default:
        loseIf(slot, this.hear(frame));
    }
  }
}

/** A transport whose server breaks the rules is left. */
function loseIf(slot: Slot, reason: string | undefined): void {
  if (reason) slot.lost({ reason });
}
