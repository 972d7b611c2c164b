/** The server's options, and how they are read: once, into a full and read-only form. */
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { CloseCode, type OutboxBounds } from '@holdfast/protocol';
import { ask, asError, surface, type OnError } from './ask.ts';
import type { Origins } from './origin.ts';
import type { Clock } from './scheduler.ts';

/** What `verifyClient` is told, as in `ws`; `auth` is the client's token. */
export interface ClientInfo {
  readonly origin: string;
  readonly secure: boolean;
  readonly req: IncomingMessage;
  readonly auth: string;
}

/** Lets a client in or not: by its return value, or, with a second parameter, by calling that. */
export type VerifyClient =
  | ((info: ClientInfo) => boolean | Promise<boolean>)
  | ((info: ClientInfo, callback: (verified: boolean, status?: number, message?: string) => void) => void);

/** Chooses one of the application's subprotocols; false for none. */
export type HandleProtocols = (protocols: Set<string>, request: IncomingMessage) => string | false;

export interface HoldfastServerOptions {
  /** The server to attach to: its upgrades and requests on `path` are served, all others are left to it. */
  readonly server?: HttpServer | HttpsServer;
  /** Attach to nothing: `handleUpgrade` and `handleRequest` are called by you. */
  readonly noServer?: boolean;
  /** Listen on a port with a server of our own. */
  readonly port?: number;
  readonly host?: string;
  /** The path that clients connect to. Left out: every path. */
  readonly path?: string;
  /** The origins whose pages may connect. Left out: the server's own. */
  readonly origins?: Origins;
  /** The largest message that is taken, in bytes. @default 16777216 */
  readonly maxPayload?: number;
  /** How long a session is kept for a client that is away, in ms. @default 60000 */
  readonly resumeWindow?: number;
  /** The longest silence before a client is pinged, in ms. @default 25000 */
  readonly heartbeat?: number;
  /** What is kept for a client until it acknowledges it; beyond, it is closed with 3950. @default \{ maxMessages: 65536, maxBytes: 67108864 \} */
  readonly maxBuffered?: Partial<OutboxBounds>;
  /**
   * How much a client may send that a socket which is paused has not taken, in bytes, where each message counts 64 more;
   * then the client waits (PROTOCOL.md §2.7). 1 MiB at least. @default 16777216
   */
  readonly receiveWindow?: number;
  readonly verifyClient?: VerifyClient;
  /** @default the first one that the client names */
  readonly handleProtocols?: HandleProtocols;
  /** As in `ws`. @default false */
  readonly perMessageDeflate?: boolean | object;
  /** @internal Clock and timers, for a simulated world. */
  readonly environment?: ServerEnvironment;
}

export interface ServerEnvironment extends Clock {
  /** Runs a callback when the present turn of the event loop is done. */
  readonly defer: (callback: () => void) => void;
}

/** Why a client is not let in. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** What the core needs to know, with nothing left to default. */
export interface EndpointOptions {
  readonly maxPayload: number;
  readonly maxBatch: number;
  readonly resumeWindow: number;
  readonly heartbeat: number;
  readonly maxBuffered: OutboxBounds;
  readonly receiveWindow: number;
  readonly chooseProtocol: (protocols: Set<string>, request: IncomingMessage) => string;
  readonly authorize: (auth: string, request: IncomingMessage, done: (refusal?: Refusal) => void) => void;
  readonly environment: ServerEnvironment;
}

const NODE: ServerEnvironment = {
  now: () => performance.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
  defer: setImmediate,
};
const MAX_BUFFERED = { maxMessages: 65536, maxBytes: 64 * 1024 * 1024 };
/** What rides along with an attach is not bounded by the window yet, and must fit. */
const MIN_WINDOW = 1024 * 1024;
/** The largest body: a client cuts what is longer. */
const MAX_BATCH = 4 * 1024 * 1024;

/** Fills in the defaults; throws a TypeError for what cannot be meant. */
export function resolveOptions(options: HoldfastServerOptions, onError: OnError = surface): EndpointOptions {
  const { maxPayload = 16 * 1024 * 1024, resumeWindow = 60_000, heartbeat = 25_000 } = options;
  const { receiveWindow = 16 * 1024 * 1024 } = options;
  for (const [name, value] of Object.entries({ maxPayload, resumeWindow, heartbeat })) {
    if (!(value >= 0)) throw new TypeError(`${name} must be a number, 0 or more`);
  }
  if (!(receiveWindow >= MIN_WINDOW)) throw new TypeError('receiveWindow must be 1048576 bytes or more');
  if (heartbeat < 1) throw new TypeError('heartbeat must be a number of ms, 1 or more');
  const places = [options.server, options.noServer, options.port !== undefined].filter(Boolean);
  if (places.length !== 1) throw new TypeError('exactly one of server, noServer and port must be given');
  return {
    maxPayload,
    maxBatch: MAX_BATCH,
    resumeWindow,
    heartbeat,
    maxBuffered: { ...MAX_BUFFERED, ...options.maxBuffered },
    receiveWindow,
    chooseProtocol(protocols, request) {
      if (protocols.size === 0) return '';
      if (options.handleProtocols) return options.handleProtocols(protocols, request) || '';
      return [...protocols][0] ?? '';
    },
    authorize(auth, request, done) {
      verify(options.verifyClient, { auth, request }, done, onError);
    },
    environment: options.environment ?? NODE,
  };
}

function verify(
  verifyClient: VerifyClient | undefined,
  { auth, request }: { readonly auth: string; readonly request: IncomingMessage },
  done: (refusal?: Refusal) => void,
  onError: OnError,
): void {
  if (!verifyClient) {
    done();
    return;
  }
  const secure = 'encrypted' in request.socket;
  const info: ClientInfo = { origin: request.headers.origin ?? '', secure, req: request, auth };
  let isDecided = false;
  const decide = (verified: boolean, status = 401, message?: string): void => {
    if (isDecided) return;
    isDecided = true;
    const code = status === 403 ? CloseCode.forbidden : CloseCode.unauthorized;
    if (verified) done();
    else done({ code, reason: message ?? (status === 403 ? 'Forbidden' : 'Unauthorized') });
  };
  if (verifyClient.length < 2) {
    ask(() => (verifyClient as (info: ClientInfo) => unknown)(info), decide, onError);
    return;
  }
  try {
    void verifyClient(info, (verified, status, message) => {
      decide(verified, status, message);
    });
  } catch (error) {
    decide(false);
    onError(asError(error));
  }
}
