/** A session of the doctor's own over WebSocket (PROTOCOL.md §5), which sends nothing but control frames. */
import {
  escapeControl,
  formatCommon,
  offerAttach,
  parseAnswer,
  SUBPROTOCOL,
  unescapeText,
  type WelcomeFrame,
} from '@holdfast/protocol';
import type { WebSocketLike } from './environment.ts';
import { sayGoodbye, type Ending, type SessionContext } from './http-session.ts';
import { within } from './waiting.ts';

/** What became of the handshake. `after` is in ms from its beginning. */
export type Opening =
  | { readonly kind: 'welcome'; readonly after: number }
  /** By the server, in a frame. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string }
  /** No 101; `status` where the platform tells. */
  | { readonly kind: 'failed'; readonly after: number; readonly reason: string; readonly status?: number }
  /** No answer at all. */
  | { readonly kind: 'silent' }
  /** A 101, then nothing. */
  | { readonly kind: 'mute'; readonly after: number }
  /** A 101, then an end. */
  | { readonly kind: 'cut'; readonly after: number }
  /** A 101 of somebody who does not speak our subprotocol. */
  | { readonly kind: 'foreign'; readonly reason: string };

/** Messages after which the server is told that they came. */
const ACK_MESSAGES = 64;
const GOODBYE_TIMEOUT = 1000;

export class WebSocketSession {
  welcome: WelcomeFrame | undefined;
  ended: Ending | undefined;
  /** Resolves with the ms since the welcome at which the connection ended. */
  readonly over: Promise<number>;
  readonly #context: SessionContext;
  readonly #id: string;
  #socket: WebSocketLike | undefined;
  #welcomedAt = 0;
  #received = 0;
  #pings = 0;
  readonly #pongs = new Map<number, () => void>();
  #farewell: (() => void) | undefined;
  #end: (lived: number) => void = () => undefined;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#id = context.env.randomId();
    this.over = new Promise((resolve) => (this.#end = resolve));
  }

  /** Opens a WebSocket and waits for the welcome. */
  async open(): Promise<Opening> {
    const { env, address, options } = this.#context;
    const startedAt = env.now();
    const after = (): number => env.now() - startedAt;
    let openedAfter: number | undefined;
    let reason = '';
    const opening = new Promise<Opening>((resolve) => {
      const { auth, protocols } = options;
      const attach = { type: 'attach', id: this.#id, attempt: 1, received: 'new', auth, protocols } as const;
      let socket: WebSocketLike;
      try {
        socket = new env.WebSocket(address.ws, offerAttach(attach));
      } catch (error) {
        resolve({ kind: 'failed', after: after(), reason: String(error) });
        return;
      }
      this.#socket = socket;
      socket.onopen = () => {
        openedAfter = after();
        if (socket.protocol !== SUBPROTOCOL) {
          resolve({ kind: 'foreign', reason: `it chose the subprotocol "${socket.protocol}"` });
        }
      };
      socket.onerror = ({ message = '' }: { message?: string }) => {
        reason ||= message;
      };
      socket.onmessage = ({ data }: { data: unknown }) => {
        this.#receive(data);
        if (this.welcome) resolve({ kind: 'welcome', after: after() });
        else if (this.ended) resolve({ kind: 'refused', ...this.ended });
      };
      socket.onclose = () => {
        this.#socket = undefined;
        this.#end(env.now() - this.#welcomedAt);
        const status = Number(/response: (\d{3})/.exec(reason)?.[1] ?? NaN);
        if (openedAfter !== undefined) resolve({ kind: 'cut', after: after() });
        else if (/subprotocol/i.test(reason)) resolve({ kind: 'foreign', reason });
        else resolve({ kind: 'failed', after: after(), reason, ...(status && { status }) });
      };
    });
    const result = await within(this.#context, opening, options.patience.upgrade);
    if (result) return result;
    return openedAfter === undefined ? { kind: 'silent' } : { kind: 'mute', after: openedAfter };
  }

  /** The ms that a ping and its pong take; undefined if there is none in time. */
  async ping(): Promise<number | undefined> {
    const { env, options } = this.#context;
    const startedAt = env.now();
    const id = ++this.#pings;
    const pong = new Promise<true>((resolve) => {
      this.#pongs.set(id, () => {
        resolve(true);
      });
    });
    this.#control(formatCommon({ type: 'ping', id }));
    const heard = await within(this.#context, Promise.race([pong, this.over]), options.patience.upgrade);
    return heard === true ? env.now() - startedAt : undefined;
  }

  /** Ends the session for the server: on the WebSocket, or over HTTP if that does not bring it there. */
  async close(): Promise<void> {
    const { env, address, options } = this.#context;
    const socket = this.#socket;
    let isConfirmed = this.ended !== undefined;
    if (socket && this.welcome && !isConfirmed) {
      const confirmed = new Promise<true>((resolve) => {
        this.#farewell = () => {
          resolve(true);
        };
      });
      this.#control(formatCommon({ type: 'close', code: 1000, reason: 'the doctor is done' }));
      // Even a diagnosis that was ended says goodbye.
      const { signal } = new AbortController();
      isConfirmed = (await within({ env, signal }, confirmed, GOODBYE_TIMEOUT)) === true;
    }
    socket?.close();
    if (isConfirmed || !this.#context.address.ws) return;
    await sayGoodbye({ env, address, options }, { id: this.#id, attempt: 1, received: this.#received });
  }

  #control(line: string): void {
    try {
      this.#socket?.send(escapeControl(line));
    } catch {
      // A WebSocket that is gone tells it by its close.
    }
  }

  #receive(data: unknown): void {
    const message = typeof data === 'string' ? unescapeText(data) : { text: '' };
    if ('text' in message) {
      this.#received++;
      if (this.#received % ACK_MESSAGES === 0) {
        this.#control(formatCommon({ type: 'ack', received: this.#received }));
      }
      return;
    }
    const frame = parseAnswer(message.control);
    switch (frame?.type) {
      case 'welcome':
        this.welcome = frame;
        this.#welcomedAt = this.#context.env.now();
        break;
      case 'close':
        this.#received++;
        this.#control(formatCommon({ type: 'ack', received: this.#received }));
        this.ended = frame;
        break;
      case 'refused':
        this.ended = frame;
        break;
      case 'ping':
        this.#control(formatCommon({ type: 'pong', id: frame.id }));
        break;
      case 'pong':
        this.#pongs.get(frame.id)?.();
        break;
      case 'ack':
        this.#farewell?.();
        break;
      default:
    }
  }
}
