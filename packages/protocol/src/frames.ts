/**
 * The vocabulary of the protocol (PROTOCOL.md §3): every unit that two Holdfast ends exchange.
 * Codecs turn bytes into these and back; everything else handles only these.
 */

/** What an application sends: text as a string, or bytes; `binary` tells text given as UTF-8 bytes from binary. */
export interface Payload {
  readonly data: string | Uint8Array;
  readonly binary: boolean;
}

/** A message of the application, with its sequence number (1, 2, 3 … in each direction). */
export interface DataFrame extends Payload {
  readonly type: 'data';
  readonly seq: number;
}

/** The end of one direction. It takes a sequence number, so it arrives after the data before it. */
export interface CloseFrame {
  readonly type: 'close';
  readonly seq: number;
  /** 1005 stands for "no code given", as in the W3C class. */
  readonly code: number;
  readonly reason: string;
}

/** Cumulative: everything up to and including `received` has arrived. */
export interface AckFrame {
  readonly type: 'ack';
  readonly received: number;
}

/** Asks for, or gives, a proof of life; `id` is echoed. */
export interface PingFrame {
  readonly type: 'ping' | 'pong';
  readonly id: number;
}

/** How much the peer may send in this session: messages begin while those before them cost less (PROTOCOL.md §2.7). */
export interface AllowFrame {
  readonly type: 'allow';
  readonly total: number;
}

/** The server asks the client to come back: after `delay` ms and a random part of `spread` ms. */
export interface GoAwayFrame {
  readonly type: 'go-away';
  readonly delay: number;
  readonly spread: number;
}

/** The server is about to go away: the client ends what it says in this session (PROTOCOL.md §8.4). */
export interface DrainFrame {
  readonly type: 'drain';
}

/** Over how many ms clients come back that are cut all at once: the more there are, the longer (PROTOCOL.md §7.6). */
export interface SpreadFrame {
  readonly type: 'spread';
  readonly number: number;
}

/** The client puts a transport under a session (PROTOCOL.md §4). */
export interface AttachFrame {
  readonly type: 'attach';
  /** The session's id, its bearer secret: 128 random bits or more, base64url. */
  readonly id: string;
  /** Rises with each attach; the highest one holds the session. 0 stands by and claims nothing. */
  readonly attempt: number;
  /** The last message received, or 'new' for a session that was never welcomed. */
  readonly received: number | 'new';
  readonly auth: string;
  readonly protocols: readonly string[];
  /** What the server may send, if the client bounds it ({@link AllowFrame.total}). */
  readonly allow?: number | undefined;
}

/** The server's answer to an attach that holds. */
export interface WelcomeFrame {
  readonly type: 'welcome';
  readonly received: number;
  /** Bytes that it has of the message behind that one, over HTTP. */
  readonly offset?: number | undefined;
  /** The application's subprotocol that the server chose, or ''. */
  readonly protocol: string;
  /** The server sends at least one frame in so many ms. */
  readonly heartbeat: number;
  /** The largest message that the server takes, in bytes. */
  readonly maxPayload: number;
  /** What the client may send, if the server bounds it ({@link AllowFrame.total}). */
  readonly allow?: number | undefined;
  /** Over HTTP, if the server knows its clients: what every request shows beside the id (PROTOCOL.md §10.5). */
  readonly key?: string | undefined;
}

/** The other answers to an attach: a higher attempt holds the session; the server has no such session. */
export interface VerdictFrame {
  readonly type: 'superseded' | 'gone';
}

/** The server will not have this client, now or later: the session ends with this close code. */
export interface RefusedFrame {
  readonly type: 'refused';
  readonly code: number;
  readonly reason: string;
}

/** First record of an HTTP request that brings frames (PROTOCOL.md §6.2). */
export interface SendFrame {
  readonly type: 'send';
  readonly id: string;
  readonly attempt: number;
  /** That of the welcome, if it had one. */
  readonly key?: string | undefined;
}

/** First record of an HTTP request that waits for frames (PROTOCOL.md §6.3). */
export interface PollFrame {
  readonly type: 'poll';
  readonly id: string;
  readonly attempt: number;
  /** Counts the polls of one attempt: 1, 2, 3 …; a repeated poll is answered as before. */
  readonly number: number;
  /** How long the server may hold the response open, in ms. */
  readonly hold: number;
  /** Whether the client takes a stream, or wants each response to end with what it brings. */
  readonly mode: 'stream' | 'poll';
  /** That of the welcome, if it had one. */
  readonly key?: string | undefined;
}

/**
 * First record of the answer to a poll. `batch`: the response ends with what it brings. `probe`: it stays open a little,
 * to learn whether the client sees what is written while it is open. `stream`: it is known to, so the response stays open.
 */
export interface PollAnswerFrame {
  /** `ended` stands in answers to `send`: the response to that poll has ended, and was not followed by another poll. */
  readonly type: 'batch' | 'probe' | 'stream' | 'ended';
  readonly number: number;
}

/** The client saw that probe. If the response is still open, the answer is `stream`. */
export interface SeenFrame {
  readonly type: 'seen';
  readonly number: number;
}

/** Where the records that follow belong: the number of the first message, and the first byte in it. */
export interface FromFrame {
  readonly type: 'from';
  readonly seq: number;
  readonly offset: number;
}

/** Control frames that both ends send. */
export type CommonFrame = Omit<CloseFrame, 'seq'> | AckFrame | PingFrame | AllowFrame | FromFrame;

/** Control frames that only a client sends. */
export type RequestFrame = AttachFrame | SendFrame | PollFrame | SeenFrame;

/** Control frames that only a server sends. */
export type AnswerFrame =
  WelcomeFrame | VerdictFrame | RefusedFrame | DrainFrame | GoAwayFrame | SpreadFrame | PollAnswerFrame;

/** What a session hands to a transport, at both ends. */
export type SessionFrame = DataFrame | CloseFrame | AckFrame | PingFrame | AllowFrame;

/** What the peer did that no correct peer does, with the close code that answers it. A value, not an exception. */
export interface Violation {
  readonly type: 'violation';
  readonly code: number;
  readonly reason: string;
}

/** Makes a {@link Violation}; 1002 (protocol error) where no better code is named. */
export const violation = (reason: string, code = 1002): Violation => ({ type: 'violation', code, reason });
