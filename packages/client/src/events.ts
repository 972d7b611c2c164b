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

/** The handlers that are set on one target, by the type of their events. */
export type Handlers = Partial<
  Record<string, { handler: unknown; readonly listener: (event: Event) => void }>
>;

/**
 * Defines event handler attributes (WHATWG HTML §8.1.8.1): a handler keeps its place among the listeners while it is
 * replaced, and loses it when it is set to null.
 *
 * @param handlersOf a target's; throws a TypeError for another object, as each attribute then does
 */
export function defineHandlers<T extends EventTarget>(
  prototype: T,
  types: readonly string[],
  handlersOf: (target: T) => Handlers,
): void {
  for (const type of types) {
    const name = `on${type}`;
    const attribute = {
      get [name](): unknown {
        return handlersOf(this as unknown as T)[type]?.handler ?? null;
      },
      set [name](value: unknown) {
        const target = this as unknown as T;
        const handlers = handlersOf(target);
        const entry = handlers[type];
        // An object that cannot be called is kept, and not called.
        const handler = Object(value) === value ? value : null;
        if (entry && handler) entry.handler = handler;
        else if (entry) {
          target.removeEventListener(type, entry.listener);
          handlers[type] = undefined;
        } else if (handler) {
          const fresh = {
            handler,
            listener: (event: Event): void => {
              if (typeof fresh.handler === 'function') fresh.handler.call(target, event);
            },
          };
          handlers[type] = fresh;
          target.addEventListener(type, fresh.listener);
        }
      },
    };
    Object.defineProperties(prototype, Object.getOwnPropertyDescriptors(attribute));
  }
}
