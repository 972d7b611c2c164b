/**
 * A transport carries frames for a session, once: it is opened, it carries, it is lost or closed, and is never reopened.
 * It knows nothing of sequence numbers, retries of the session, or its owner beyond these few calls.
 */
import type {
  AckFrame,
  AttachFrame,
  DrainFrame,
  FrameSink,
  GoAwayFrame,
  RefusedFrame,
  SessionFrame,
  SpreadFrame,
  VerdictFrame,
  WelcomeFrame,
} from '@holdfast/protocol';

/** How the session's messages travel, as the application sees it. */
export type TransportName = 'websocket' | 'streaming' | 'polling';

/** What a transport brings. */
export type IncomingFrame =
  SessionFrame | DrainFrame | GoAwayFrame | SpreadFrame | WelcomeFrame | VerdictFrame | RefusedFrame;

/** Why a transport was lost, in words, and when the server asked to be tried again. */
export interface Loss {
  readonly reason?: string;
  /** In ms. */
  readonly retryAfter?: number | undefined;
  /** What it means, where the transport knows more than that it broke. */
  readonly verdict?: 'not-holdfast' | 'bodies-limited' | 'busy' | undefined;
  /** The server has the session, and asks for another attach. */
  readonly isBehind?: boolean;
}

const ADVICE = 'for other WebSocket servers, pass plain: true';

/** What a WebSocket that turns out to be no Holdfast server's is lost with. */
export const FOREIGN = `the server does not speak holdfast.1; ${ADVICE}`;

/** What a request that found no Holdfast server is lost with. */
export const foreign = (reason: string): Loss => ({
  reason: `${reason}; ${ADVICE}`,
  verdict: 'not-holdfast',
});

/** What a transport finds out about the way to the server while it lives. */
export type Finding = 'responses-held' | 'requests-limited' | 'bodies-limited';

/** Whom a transport reports to. */
export interface TransportOwner {
  frame(frame: IncomingFrame): void;
  /** So many bytes arrived, were they part of a frame. */
  heard(bytes: number): void;
  /** It takes more frames. */
  writable(): void;
  /** It is another way of carrying now ({@link Transport.name}). */
  renamed(): void;
  /** Something about the way to the server, in words with it. */
  found(finding: Finding, detail: string): void;
  /** The acknowledgement that should ride with what goes anyway. */
  takeAck(): AckFrame | undefined;
  /** The end, at most once; nothing is reported after it. */
  lost(loss: Loss): void;
}

export interface Transport extends FrameSink {
  readonly name: TransportName;
  /** Bytes of messages that were taken and are not handed to the network. */
  readonly buffered: number;
  /** A part of a frame is here, and more of it is on its way; undefined where that cannot be seen. */
  readonly isMidway?: boolean;
  /** Claims the session, or stands by (attempt 0). The first call opens the transport; frames given before ride along if they can. */
  attach(frame: AttachFrame): void;
  /** Delivers what it was given, then ends; all of it at once if the page ends. Nothing is reported any more. */
  close(pageEnds?: boolean): void;
  /** Ends at once. Nothing is reported any more. */
  terminate(): void;
}
