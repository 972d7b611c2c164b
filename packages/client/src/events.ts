/** The events that a HoldfastSocket fires, beside those of the W3C class, and the `on…` attributes of all of them. */
import type { Diagnostic } from './diagnostics.ts';
import type { TransportName } from './transport.ts';

/** What {@link HoldfastSocket.state} tells: how far the connection is, and what it waits for. */
export type SocketState =
  /** No session yet, or a new one after a loss. */
  | { readonly name: 'connecting' }
  /** Messages flow. */
  | { readonly name: 'open'; readonly transport: TransportName }
  /** The session holds, its transport is being replaced. */
  | { readonly name: 'reconnecting' }
  /** Nothing is tried before this many ms from now; Infinity: not before the page or its network comes back. */
  | { readonly name: 'waiting'; readonly retryIn: number }
  | { readonly name: 'closing' }
  /** The end, as `close` told it; for 1006 also what was found out last, in words. */
  | { readonly name: 'closed'; readonly code: number; readonly reason: string; readonly detail: string };

export interface StateChangeEvent extends Event {
  readonly state: SocketState;
}

export interface TransportChangeEvent extends Event {
  /** Undefined while there is none. */
  readonly transport: TransportName | undefined;
}

/** The server lost the session (it restarted, or the resume window passed). `open` fires again for the new one. */
export interface SessionLostEvent extends Event {
  /** Messages that were sent and never acknowledged: the server may have had them or not. */
  readonly unacknowledged: number;
  /** Whether they are sent again (option `sessionLost`). */
  readonly resent: boolean;
}

/** Messages were dropped from a full queue, or were too old to be sent. */
export interface DropEvent extends Event {
  readonly count: number;
  readonly bytes: number;
}

/** Something was found out about the way to the server. */
export interface DiagnosticEvent extends Event {
  readonly diagnostic: Diagnostic;
}

export interface HoldfastEventMap {
  open: Event;
  message: MessageEvent;
  error: Event;
  close: CloseEvent;
  statechange: StateChangeEvent;
  transportchange: TransportChangeEvent;
  sessionlost: SessionLostEvent;
  drop: DropEvent;
  diagnostic: DiagnosticEvent;
}

/** An event with further fields. */
export const eventWith = (type: string, fields: object): Event => Object.assign(new Event(type), fields);

/** Node 20 has no CloseEvent. */
export function closeEvent(code: number, reason: string, wasClean: boolean): Event {
  const init = { code, reason, wasClean };
  return typeof CloseEvent === 'function' ? new CloseEvent('close', init) : eventWith('close', init);
}

type Handler = ((event: never) => unknown) | null;

/**
 * Defines an event handler attribute (WHATWG HTML §8.1.8.1): the handler keeps its place among the listeners while it is
 * replaced, and loses it when it is set to null.
 */
export function defineHandler(prototype: EventTarget, type: string): void {
  const handlers = new WeakMap<EventTarget, { handler: Handler; listener: (event: Event) => void }>();
  Object.defineProperty(prototype, `on${type}`, {
    configurable: true,
    enumerable: true,
    get(this: EventTarget): Handler {
      return handlers.get(this)?.handler ?? null;
    },
    set(this: EventTarget, value: unknown) {
      const handler =
        typeof value === 'function' || (typeof value === 'object' && value) ? (value as Handler) : null;
      const entry = handlers.get(this);
      if (entry && handler) entry.handler = handler;
      else if (entry) {
        this.removeEventListener(type, entry.listener);
        handlers.delete(this);
      } else if (handler) {
        const fresh = {
          handler,
          listener: (event: Event): void => {
            if (typeof fresh.handler === 'function') fresh.handler.call(this, event as never);
          },
        };
        handlers.set(this, fresh);
        this.addEventListener(type, fresh.listener);
      }
    },
  });
}
