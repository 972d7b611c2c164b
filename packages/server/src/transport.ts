/** What carries frames for a session on the server: a WebSocket, or the HTTP requests of one attach. */
import type {
  AckFrame,
  DrainFrame,
  FrameSink,
  GoAwayFrame,
  SessionFrame,
  SpreadFrame,
  Violation,
  WelcomeFrame,
} from '@holdfast/protocol';

export type TransportName = 'websocket' | 'streaming' | 'polling';

export type IncomingFrame = SessionFrame;

/** Whom a transport reports to: the session that it was attached to. */
export interface TransportOwner {
  frame(frame: IncomingFrame): void;
  /** The client did what no correct client does. */
  violation(violation: Violation): void;
  /** Anything arrived. */
  heard(): void;
  /** It takes more frames. */
  writable(): void;
  /** It takes more messages, and nothing else. */
  wantsMessages(): void;
  takeAck(): AckFrame | undefined;
  /** Everything before this number has arrived: what an answer to a request tells. */
  received(): number;
  /** The end, unless the owner asked for it. */
  lost(): void;
}

export interface ServerTransport extends FrameSink {
  readonly name: TransportName;
  /** Bytes of messages that were taken and are not on the network. */
  readonly buffered: number;
  /** Whether the client is to be pinged: one that polls shows itself without. */
  readonly pinged: boolean;
  /** Whether somebody is at the other end, as far as can be seen. */
  readonly isOpen: boolean;
  send(frame: SessionFrame | WelcomeFrame | DrainFrame | GoAwayFrame | SpreadFrame): void;
  /** Lets go of the session: another transport has it. */
  supersede(): void;
  /** Tells why the session ended, and ends. */
  refuse(code: number, reason: string): void;
  /** Delivers what it was given, and ends. */
  close(): void;
  terminate(): void;
}
