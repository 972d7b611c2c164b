/** What must compile, and what must not: `npm run typecheck` looks at it, and nothing runs it. */
import type { Server as HttpServer } from 'node:http';
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Server as HttpsServer } from 'node:https';
import type { ServerType as HonoServer } from '@hono/node-server';
import type { FastifyInstance } from 'fastify';
import type { HttpServer as ViteServer } from 'vite';
import type { RawData, WebSocket } from 'ws';
import {
  HoldfastServer,
  HoldfastServerSocket,
  Refused,
  type HoldfastServerOptions,
  type Origins,
  type ServerSocket,
  type TransportName,
  type VerifyClient,
} from '../src/index.ts';

/** Options beside the place where the server listens. */
const given = (options: HoldfastServerOptions): HoldfastServer => new HoldfastServer({ port: 0, ...options });

/** It is attached to any server of Node's, and to what frameworks give for one. */
export const servers = (
  server: HttpServer | HttpsServer | Http2SecureServer | HonoServer | ViteServer,
  fastify: FastifyInstance,
): HoldfastServer[] => [
  new HoldfastServer({ server }),
  new HoldfastServer({ server: fastify.server }),
  // @ts-expect-error: an application is no server
  new HoldfastServer({ server: fastify }),
  // @ts-expect-error: a port is a number
  new HoldfastServer({ port: '8080' }),
  // @ts-expect-error: there is no such option
  new HoldfastServer({ port: 8080, ressumeWindow: 1 }),
];

export function handsOverRequestsOfHttp2(
  server: HoldfastServer,
  request: Http2ServerRequest,
  response: Http2ServerResponse,
): void {
  server.handleRequest(request, response);
  // @ts-expect-error: what answers it is needed
  server.handleRequest(request);
}

/** The forms of `origins`. */
export const origins: Origins[] = [
  '*',
  [],
  ['https://app.example'],
  ['https://app.example', 'null'] as const,
  ['https://app.example', /https:\/\/\w+\.app\.example/],
  (origin) => origin.endsWith('.example'),
  async (origin, request) => origin === request.headers.referer,
  // @ts-expect-error: one origin is a list of one
  'https://app.example',
  // @ts-expect-error: one pattern is a list of one
  /example$/,
  // @ts-expect-error: every origin is '*'
  true,
  // @ts-expect-error: a function decides
  () => 'https://app.example',
];

/** The forms of `verifyClient`: what it is given needs no annotation in any of them. */
export const verified = [
  given({ verifyClient: ({ auth }) => auth === 'secret' }),
  given({ verifyClient: async ({ req, origin }) => req.headers.cookie === origin }),
  given({ verifyClient: (info, callback) => callback(info.secure) }),
  given({ verifyClient: (info, callback) => callback(false, 403, info.auth) }),
  given({ verifyClient: () => true }),
  given({ verifyClient: async (_info, callback) => callback(true) }),
  // @ts-expect-error: it decides
  given({ verifyClient: ({ auth }) => auth }),
  // @ts-expect-error: neither does a promise of something else
  given({ verifyClient: async ({ auth }) => auth }),
  // @ts-expect-error: a status is a number
  given({ verifyClient: (_info, callback) => callback(false, '403') }),
  // @ts-expect-error: it is a function
  given({ verifyClient: true }),
];

/** The forms of `authenticate`. */
export const authenticated = [
  given({ authenticate: (request, auth) => (auth === 'secret' ? { name: 'ada' } : request.headers.cookie) }),
  given({ authenticate: async (_request, auth) => auth || undefined }),
  given({
    authenticate: () => {
      throw new Refused(403, 'not you');
    },
  }),
  // @ts-expect-error: a refusal is one of two
  new Refused(404),
  // @ts-expect-error: a token is a string
  given({ authenticate: (_request: unknown, auth: number) => auth }),
  // @ts-expect-error: it is a function
  given({ authenticate: true }),
];

/** Who a client is, the application knows: it says so itself. */
export const identityOf = (socket: ServerSocket): string => socket.identity as string;

/** One that is written for `ws` may be taken along. */
export const ofWs: VerifyClient[] = [
  (info: { origin: string; secure: boolean }) => info.secure,
  (_info: { origin: string }, callback: (ok: boolean, code?: number, message?: string) => void) =>
    callback(true),
];

export const protocols = [
  given({ handleProtocols: (offered, request) => offered.has(request.url ?? '') && 'chat' }),
  // @ts-expect-error: true names no protocol
  given({ handleProtocols: () => true }),
];

/** What `ws` has and Holdfast has too is of the same type. */
type Common =
  | 'bufferedAmount'
  | 'close'
  | 'emit'
  | 'extensions'
  | 'protocol'
  | 'readyState'
  | 'terminate'
  | 'CONNECTING'
  | 'OPEN'
  | 'CLOSING'
  | 'CLOSED';
export const face = (socket: HoldfastServerSocket): Pick<WebSocket, Common> => socket;

export function listens(server: HoldfastServer): void {
  server.on('connection', (socket, request) => {
    const url: string | undefined = request.url;
    const known: ServerSocket = socket;
    socket.on('message', (data, isBinary) => {
      const bytes: Buffer = data;
      socket.send(bytes, { binary: isBinary });
      // @ts-expect-error: what comes is bytes
      const text: string = data;
      return [url, known, text];
    });
    // As handlers for `ws` are annotated.
    socket.on('message', (data: RawData, isBinary: boolean) => [data, isBinary]);
    socket.on('close', (code, reason) => [code.toFixed(), reason.toString()]);
    if (socket instanceof HoldfastServerSocket) {
      const transport: TransportName | undefined = socket.transport;
      socket.on('transport', (now) => now === transport);
      // @ts-expect-error: no transport has this name
      socket.on('transport', (now) => now === 'carrier pigeon');
    }
    // @ts-expect-error: it is told, not set
    socket.readyState = 1;
  });
  server.broadcast(new Uint8Array(1));
  server.close((error) => error?.message);
}
