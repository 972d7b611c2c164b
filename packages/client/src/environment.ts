/**
 * What the client needs from the world around it, in one seam: clock, timers, chance, the network and the page. Browsers
 * and Node have it globally; a simulated world passes its own.
 */
import { bytesToBase64Url } from '@holdfast/protocol';
import type { Connection } from './connection.ts';
import type { Effect, Facts, Life, LinkEvent } from './link.ts';
import type { LearnedStorage } from './learned.ts';
import type { WebSocketOptions } from './options.ts';
import { pageSignals, type PageSignals } from './page.ts';
import type { SparingClass } from './unanswered.ts';

/** The part of the W3C class that is used. Node's and `ws`'s are of this shape as well. */
export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike;

/** What {@link WebSocketClass} makes. */
export interface WebSocketLike {
  binaryType: string;
  readonly protocol: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  /** A string or a `Uint8Array`. What such a class says of the buffers that it takes differs with the library's version. */
  send(data: never): void;
  close(code?: number, reason?: string): void;
}

/** What becomes of a POST. `head` comes first and once; `done` comes last and once, with a message if it failed. */
export interface PostHandler {
  head(status: number, retryAfter: string | null): void;
  chunk(bytes: Uint8Array): void;
  done(failure?: string): void;
}

/** What is sent. A `last` request goes through even if the page ends meanwhile, as far as the platform can. */
export interface PostRequest {
  readonly url: string;
  readonly body: Uint8Array;
  readonly last: boolean;
}

/** Sends a POST and reports the response as it arrives. Gives its abort: nothing is reported after that. */
export type Post = (request: PostRequest, handler: PostHandler) => () => void;

export interface Environment {
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly clearTimeout: (handle: unknown) => void;
  /** Runs a callback when the present task is done. */
  readonly defer: (callback: () => void) => void;
  /**
   * Runs a callback in a task of its own, the next one: also in a hidden page, where timers are slow. Left out where it
   * does not matter what shares a task.
   */
  readonly task?: ((callback: () => void) => void) | undefined;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** 128 random bits, base64url. */
  readonly randomId: () => string;
  readonly WebSocket: WebSocketClass | undefined;
  /** The class for those who have HTTP as well. Left out where an upgrade that nobody answers costs HTTP nothing. */
  readonly sparing?: SparingClass | undefined;
  readonly post?: Post | undefined;
  readonly page: PageSignals;
  /** Where what was learned is kept for the next page. */
  readonly storage?: LearnedStorage | undefined;
  /**
   * Asks for one of a few places among all pages of this origin: who has one may keep a connection busy. Gives what
   * returns it, or withdraws. Left out where connections are not scarce.
   */
  readonly takePlace?: ((taken: () => void) => () => void) | undefined;
  /** Sees each step of a connection's life before it is carried out. */
  readonly watch?: (connection: Connection, step: Step) => void;
}

/** One step of a connection's life (`step.ts`): from a state, by an event, to the next. */
export interface Step {
  readonly before: Life;
  readonly event: LinkEvent;
  readonly facts: Facts;
  readonly after: Life;
  readonly effects: readonly Effect[];
}

/** The options that stand for a part of the world. */
export type PlatformOptions = Pick<WebSocketOptions, 'WebSocket' | 'fetch' | 'storage' | 'http'>;

/** The world as the platform gives it, but for what only HTTP needs (`http-carrier.ts`). */
export function platform(options: PlatformOptions): Environment {
  return {
    now: () => performance.now(),
    setTimeout: (callback, ms) => setTimeout(callback, ms),
    clearTimeout: (handle) => {
      clearTimeout(handle as number);
    },
    // Called as a method of something else, the browser's own throws ("Illegal invocation").
    defer: (callback) => {
      queueMicrotask(callback);
    },
    random: () => Math.random(),
    randomId: () => bytesToBase64Url(crypto.getRandomValues(new Uint8Array(16))),
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    page: pageSignals,
  };
}

/** What an application threw, as an Error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/** Calls the application. What it throws is its own: it surfaces as such, and nothing stops for it. */
export function surfacing<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    void Promise.reject(asError(error));
    return undefined;
  }
}
