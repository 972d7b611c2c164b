/** What the checks need from where they run, in one seam: browsers and Node differ only here. */
import { bytesToBase64Url } from '@holdfast/protocol';

/** The part of the W3C class that is used. */
export interface WebSocketLike {
  readonly protocol: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export interface Environment {
  readonly fetch: typeof fetch;
  readonly WebSocket: new (url: string, protocols?: string[]) => WebSocketLike;
  /** A clock in ms that never goes back. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, ms: number) => unknown;
  readonly clearTimeout: (handle: unknown) => void;
  /** 128 random bits, base64url. */
  readonly randomId: () => string;
  /** The origin that is asked for: the page's, or the one to pretend. */
  readonly origin: string | undefined;
  /** A browser keeps from a page the headers and answers that it must not read; Node sees all. */
  readonly isBrowser: boolean;
  /** The names of the cookies that were set; undefined where that cannot be seen. */
  readonly cookies: () => readonly string[] | undefined;
}

/** The clock and the chance that browsers and Node have alike. */
export const common = {
  now: () => performance.now(),
  setTimeout: (callback: () => void, ms: number): unknown => setTimeout(callback, ms),
  clearTimeout: (handle: unknown): void => {
    clearTimeout(handle as number);
  },
  randomId: () => bytesToBase64Url(crypto.getRandomValues(new Uint8Array(16))),
};

/** A page's environment. */
export const browserEnvironment = (): Environment => ({
  ...common,
  // Called as a method of something else, the browser's own throws ("Illegal invocation").
  fetch: (input, init) => fetch(input, init),
  WebSocket: globalThis.WebSocket,
  origin: location.origin,
  isBrowser: true,
  cookies: () => undefined,
});
