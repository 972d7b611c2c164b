/** The server's options, and how they are read: once, into a full and read-only form. */
import type { EventEmitter } from 'node:events';
import {
  STATUS_CODES,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server as HttpServer,
} from 'node:http';
import type { Http2SecureServer, Http2Server } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import { CloseCode } from '@holdfast/protocol';
import { addressOf } from './address.ts';
import { ask, asError, surface, type OnError } from './ask.ts';
import { resolveBounds, type BoundOptions, type Bounds } from './bounds.ts';
import { identify, isThenable, type Authenticate, type Identified } from './identity.ts';
import { checkOrigins, type Origins } from './origin.ts';
import type { Clock } from './scheduler.ts';

/** What `verifyClient` is told, as in `ws`; `auth` is the client's token. */
export interface ClientInfo {
  /** The header; as in `ws`, undefined if there is none. */
  readonly origin: string;
  readonly secure: boolean;
  readonly req: IncomingMessage;
  readonly auth: string;
}

/** Lets a client in or not: by what it returns, or, with a second parameter, by calling that. */
export type VerifyClient = (
  info: ClientInfo,
  callback: Verified,
  // One signature: by a union of two, TypeScript would infer no parameter.
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- who calls back returns nothing
) => boolean | void | Promise<boolean | void>;

/** What a plain WebSocket that is not let in is answered; a Holdfast client hears the message as the reason of its close. */
export type Verified = (
  verified: boolean,
  status?: number,
  message?: string,
  headers?: OutgoingHttpHeaders,
) => void;

/** Chooses one of the application's subprotocols; false for none. */
export type HandleProtocols = (protocols: Set<string>, request: IncomingMessage) => string | false;

export interface HoldfastServerOptions extends BoundOptions {
  /**
   * The server to attach to: its upgrades and requests on `path` are served, all others are left to it. One of HTTP/2
   * needs `allowHTTP1` for WebSockets.
   */
  readonly server?: HttpServer | HttpsServer | Http2SecureServer | Http2Server | undefined;
  /** Attach to nothing: `handleUpgrade` and `handleRequest` are called by you. */
  readonly noServer?: boolean | undefined;
  /** Listen on a port with a server of our own. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  /** Connections that may wait to be accepted, with a server of our own. @default 511 */
  readonly backlog?: number | undefined;
  /** The path that clients connect to. Left out: every path. */
  readonly path?: string | undefined;
  /**
   * The origins whose pages may connect, checked on every upgrade and request. Left out: the server's own.
   * What each kind of request is answered: SECURITY.md.
   */
  readonly origins?: Origins | undefined;
  /** Whether there is a set of `clients`. @default true */
  readonly clientTracking?: boolean | undefined;
  readonly verifyClient?: VerifyClient | undefined;
  /**
   * Says who a client is, at each attach and for each plain WebSocket, behind `verifyClient`. A session stays with whom it
   * began with, and its id alone is of no use to anybody else. What it gives is the socket's `identity`.
   */
  readonly authenticate?: Authenticate | undefined;
  /** @default the first one that the client names */
  readonly handleProtocols?: HandleProtocols | undefined;
  /** As in `ws`. @default false */
  readonly perMessageDeflate?: boolean | object | undefined;
  /** As in `ws`, for plain WebSockets: Holdfast clients are always answered. @default true */
  readonly autoPong?: boolean | undefined;
  /** As in `ws`, for plain WebSockets. @default true */
  readonly allowSynchronousEvents?: boolean | undefined;
  /** As in `ws`, for plain WebSockets: what Holdfast clients send is always checked. @default false */
  readonly skipUTF8Validation?: boolean | undefined;
  /** As in `ws`, for plain WebSockets: a class that extends `WebSocket`. */
  readonly WebSocket?: (new (...args: never[]) => EventEmitter) | undefined;
  /** @internal Clock and timers, for a simulated world. */
  readonly environment?: ServerEnvironment | undefined;
}

export interface ServerEnvironment extends Clock {
  /** Runs a callback when the present turn of the event loop is done. */
  readonly defer: (callback: () => void) => void;
}

/** Why a client is not let in. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  /** What a plain WebSocket is answered. */
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** Nothing is said against the client: nobody could be asked. It may try again. */
  readonly later?: true;
}

/** What the core needs to know, with nothing left to default. */
export interface EndpointOptions extends Bounds {
  readonly origins: Origins | undefined;
  /** What a client is counted by. */
  readonly addressOf: (request: IncomingMessage) => string | undefined;
  readonly chooseProtocol: (protocols: Set<string>, request: IncomingMessage) => string;
  readonly authorize: (auth: string, request: IncomingMessage, done: Identified) => void;
  /** Whether sessions have owners. */
  readonly authenticates: boolean;
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

/** Fills in the defaults; throws a TypeError for what cannot be meant. */
export function resolveOptions(options: HoldfastServerOptions, onError: OnError = surface): EndpointOptions {
  checkOrigins(options.origins);
  const places = [options.server, options.noServer, isGiven(options.port)].filter(Boolean);
  if (places.length !== 1) throw new TypeError('exactly one of server, noServer and port must be given');
  return {
    ...resolveBounds(options),
    origins: options.origins,
    addressOf(request) {
      try {
        return addressOf(request, options.trustProxy);
      } catch (error) {
        onError(asError(error));
        return request.socket.remoteAddress;
      }
    },
    chooseProtocol(protocols, request) {
      if (protocols.size === 0) return '';
      if (options.handleProtocols) return options.handleProtocols(protocols, request) || '';
      return [...protocols][0] ?? '';
    },
    authorize(auth, request, done) {
      verify(
        options.verifyClient,
        { auth, request },
        (refusal) => {
          if (refusal) done(refusal);
          else identify(options.authenticate, { auth, request }, done, onError);
        },
        onError,
      );
    },
    authenticates: isGiven(options.authenticate),
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
  const { origin } = request.headers;
  const secure = 'encrypted' in request.socket;
  const info: ClientInfo = { origin: origin as string, secure, req: request, auth };
  let isDecided = false;
  const decide: Verified = (verified, status = 401, message = STATUS_CODES[status] ?? '', headers) => {
    if (isDecided) return;
    isDecided = true;
    const code = status === 403 ? CloseCode.forbidden : CloseCode.unauthorized;
    if (verified) done();
    else done({ code, reason: message, status, headers });
  };
  if (verifyClient.length < 2) {
    ask(() => isYes((verifyClient as (info: ClientInfo) => unknown)(info)), decide, onError);
    return;
  }
  const fail = (error: unknown): void => {
    decide(false);
    onError(asError(error));
  };
  try {
    const pending = verifyClient(info, decide);
    if (pending instanceof Promise) pending.catch(fail);
  } catch (error) {
    fail(error);
  }
}

/** As in `ws`, anything truthy lets a client in; but of a promise, what it comes to. */
const isYes = (answer: unknown): boolean | Promise<boolean> =>
  isThenable(answer) ? Promise.resolve(answer).then(Boolean) : Boolean(answer);

/** Whether an option has a value: `ws` takes null for none. */
export const isGiven = <T>(value: T | null | undefined): value is T => value !== undefined && value !== null;
