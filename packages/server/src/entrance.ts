/**
 * Who may come in before anything is known: by the room that there is, by origin, and for a plain WebSocket, which will not
 * attach, by the application's word.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { ask, type OnError } from './ask.ts';
import type { EndpointOptions } from './options.ts';
import { isAllowed } from './origin.ts';
import type { Verdict } from './upgrades.ts';
import type { Full, Visit, Visits } from './visits.ts';

interface Shaking {
  readonly visit: Visit;
  /** Listens for the end of the connection. */
  readonly onClose: () => void;
  identity?: unknown;
}

export class Entrance {
  readonly #options: EndpointOptions;
  readonly #visits: Visits;
  readonly #onError: OnError;
  /** What is known of WebSockets while they shake hands. */
  readonly #shaking = new WeakMap<IncomingMessage, Shaking>();

  constructor(options: EndpointOptions, visits: Visits, onError: OnError) {
    this.#options = options;
    this.#visits = visits;
    this.#onError = onError;
  }

  /** The WebSocket of a session has opened: gives the visit that its upgrade began. Who takes it sees when the client goes. */
  opened(request: IncomingMessage): Visit | undefined {
    const shaking = this.#shaking.get(request);
    if (shaking) request.socket.off('close', shaking.onClose);
    return shaking?.visit;
  }

  /** Who a plain WebSocket is. */
  identity(request: IncomingMessage): unknown {
    return this.#shaking.get(request)?.identity;
  }

  /** Whether the origin of a request may come in. */
  ask(request: IncomingMessage, decide: (allowed: boolean) => void): void {
    const told = (allowed: boolean): void => {
      if (!allowed) this.#visits.counters.turnedAway.origin++;
      decide(allowed);
    };
    ask(() => isAllowed(this.#options.origins, request), told, this.#onError);
  }

  /** Whether an upgrade may shake hands. */
  admit(request: IncomingMessage, isPlain: boolean, decide: (verdict: Verdict) => void): void {
    const visit = this.#visits.arrive(request);
    if ('status' in visit) {
      decide(turnedAway(visit));
      return;
    }
    const shaking: Shaking = { visit, onClose: this.#follow(visit, request.socket) };
    this.#shaking.set(request, shaking);
    visit.awaits(() => {
      decide({ status: 503 });
    });
    this.ask(request, (allowed) => {
      // It was too late, or the client has gone.
      if (!visit.isHere) return;
      const full = allowed && isPlain ? this.#visits.attach(visit) : undefined;
      if (!allowed) decide({ status: 403 });
      else if (full) decide(turnedAway(full));
      else if (isPlain) this.#admitPlain(request, shaking, decide);
      else decide(true);
    });
  }

  /** Apart from the request, which would otherwise be kept as long as its connection. */
  #follow(visit: Visit, socket: Socket): () => void {
    const onClose = (): void => {
      visit.leave();
      // Of a plain WebSocket it is the session.
      this.#visits.end(socket);
    };
    socket.on('close', onClose);
    return onClose;
  }

  #admitPlain(request: IncomingMessage, shaking: Shaking, decide: (verdict: Verdict) => void): void {
    const { visit } = shaking;
    this.#options.authorize('', request, (refusal, identity) => {
      if (!visit.isHere) return;
      shaking.identity = identity;
      const full = refusal ? undefined : this.#visits.begin(request.socket, visit);
      const { counters } = this.#visits;
      if (refusal?.later) counters.turnedAway.undecided++;
      else if (refusal) counters.plain.refused++;
      visit.leave();
      if (full) decide(turnedAway(full));
      else if (!refusal) decide(true);
      else decide({ status: refusal.status, message: refusal.reason, headers: refusal.headers });
    });
  }
}

/** How an upgrade is answered for which there is no room. */
const turnedAway = ({ status, reason, retryAfter }: Full): Verdict => ({
  status,
  message: reason,
  headers: { 'Retry-After': Math.ceil(retryAfter / 1000) },
});
