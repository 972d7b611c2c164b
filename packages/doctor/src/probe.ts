/** What the checks of one diagnosis share: the way to the server, two sessions of the doctor's own, and what is known so far. */
import type { HttpSession, SessionContext } from './http-session.ts';
import type { WebSocketSession } from './websocket-session.ts';
import type { Answer } from './post.ts';
import type { Finding } from './finding.ts';

export interface Probe extends SessionContext {
  /** The address as a person gave it. */
  readonly given: string;
  readonly http: HttpSession;
  readonly tunnel: WebSocketSession;
  /** What earlier checks learned, for later ones. */
  readonly known: Known;
}

export interface Known {
  /** The answer to the attach over HTTP, whatever it was. */
  answer?: Answer;
  /** Who stands before the server, by the headers of its answers; in lower case. */
  proxy: string;
  /** The server is there, but the browser shows the page nothing of its answers. */
  isHidden?: boolean;
  /** Round trips in ms, the middle ones of several. */
  webSocketRoundTrip?: number;
  httpRoundTrip?: number;
  /** Whether responses arrive while they are written. */
  streams?: boolean;
}

/** Looks at one thing. */
export type Check = (probe: Probe) => Promise<Finding>;
