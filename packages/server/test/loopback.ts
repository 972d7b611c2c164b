/** A server on loopback, clients of every kind, and requests made by hand. Each is ended after its test. */
import { once } from 'node:events';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldfastSocket, type HoldfastOptions } from '@holdfast/client';
import {
  BatchReader,
  BatchWriter,
  concat,
  controlRecord,
  DLE,
  formatAnswer,
  parseAnswer,
  type AnswerFrame,
  type Item,
} from '@holdfast/protocol';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { HoldfastServerOptions } from '../src/options.ts';
import { HoldfastServer } from '../src/server.ts';
import type { ServerSocket } from '../src/face.ts';

export interface Loopback {
  readonly http: Server;
  readonly server: HoldfastServer;
  /** ws://…/live */
  readonly url: string;
  /** The sockets of the sessions that began, in their order. */
  readonly accepted: ServerSocket[];
  /** What they received, all together. */
  readonly received: string[];
}

/** Listens on a port of its own; requests that are not ours are answered 404. */
export async function listen(
  listener: RequestListener = (_request, response) => void response.writeHead(404).end('not ours'),
): Promise<Server> {
  const http = createServer(listener);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    http.close();
    http.closeAllConnections();
    if (http.listening) await once(http, 'close');
  });
  return http;
}

export const urlOf = (http: Server, path = '/live'): string =>
  `ws://127.0.0.1:${(http.address() as AddressInfo).port}${path}`;

/** A server of sessions at /live, attached to a server of its own. */
export async function serve(options: HoldfastServerOptions = {}): Promise<Loopback> {
  const http = await listen();
  return attach(http, options);
}

export function attach(http: Server, options: HoldfastServerOptions = {}): Loopback {
  const server = new HoldfastServer({ server: http, path: '/live', ...options });
  onTestFinished(() => {
    server.close();
  });
  const accepted: ServerSocket[] = [];
  const received: string[] = [];
  server.on('connection', (socket) => {
    accepted.push(socket);
    socket.on('message', (data) => received.push(String(data)));
  });
  return { http, server, url: urlOf(http), accepted, received };
}

/** Sends back whatever comes. */
export const echo = (socket: ServerSocket): void => {
  socket.on('message', (data, isBinary) => {
    socket.send(data, { binary: isBinary });
  });
};

/** How a socket ends. (`once` of Node would fail with its error.) */
export const endOf = (socket: ServerSocket): Promise<[code: number, reason: string]> =>
  new Promise((resolve) => {
    socket.once('close', (code, reason) => {
      resolve([code, String(reason)]);
    });
  });

/** The next exception of an application that nobody catches. */
export async function surfaced(): Promise<unknown> {
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  onTestFinished(() => {
    for (const listener of listeners) process.on('uncaughtException', listener);
  });
  const [error] = (await once(process, 'uncaughtException')) as unknown[];
  return error;
}

/**
 * A page's way to the network, until its test is over. A socket that cannot say goodbye tries for ten seconds, and by then the
 * port may be that of the next test, whose server would have a client that nobody knows of.
 */
export function network(): { readonly WebSocket: typeof WebSocket; readonly fetch: typeof fetch } {
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const check = (): void => {
    if (isOver) throw new Error('the test is over');
  };
  class Wire extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      check();
      super(...args);
    }
  }
  return {
    WebSocket: Wire as typeof WebSocket,
    fetch: async (...args) => {
      check();
      return fetch(...args);
    },
  };
}

/** A page's socket. */
export function connect(
  url: string,
  options: HoldfastOptions = {},
  protocols: string[] = [],
): HoldfastSocket {
  const socket = new HoldfastSocket(url, protocols, { ...network(), ...options });
  socket.binaryType = 'arraybuffer';
  onTestFinished(() => {
    socket.close();
  });
  return socket;
}

/** A WebSocket that knows nothing of sessions. */
export function plain(url: string, protocols: string[] = [], options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(url, protocols, options);
  socket.on('error', () => undefined);
  onTestFinished(() => {
    socket.terminate();
  });
  return socket;
}

/** The text of the next message. */
export async function message(socket: EventTarget): Promise<unknown> {
  const [event] = (await once(socket, 'message')) as [MessageEvent];
  return event.data;
}

/** A message as PROTOCOL.md shows it: ␐ is the escape that begins a control frame. */
const shown = (data: unknown): string => {
  const text = (data as Buffer).toString();
  return text.startsWith(DLE) ? `␐${text.slice(1)}` : text;
};

/** All that a plain WebSocket receives from now on. */
export function hear(socket: WebSocket): string[] {
  const heard: string[] = [];
  socket.on('message', (data) => heard.push(shown(data)));
  return heard;
}

/** The next thing that it receives. */
export async function nextText(socket: WebSocket): Promise<string> {
  const [data] = (await once(socket, 'message')) as unknown[];
  return shown(data);
}

/** Messages as records, the first one with this number. */
export function batch(seq: number, ...texts: string[]): Uint8Array {
  const writer = new BatchWriter();
  texts.forEach((data, i) => {
    writer.add({ type: 'data', seq: seq + i, data, binary: false });
  });
  return writer.cut(Infinity).bytes;
}

/** A body: lines are control frames, bytes are what they are. */
export const body = (...records: (string | Uint8Array)[]): Uint8Array =>
  concat(records.map((record) => (typeof record === 'string' ? controlRecord(record) : record)));

export interface Answer {
  readonly status: number;
  /** Control frames as lines, messages as `number: text`; the text of an answer that is no 200. */
  readonly lines: readonly string[];
  readonly bytes: Uint8Array;
  readonly headers: Headers;
}

/** A POST of ours, and its whole answer. */
export async function post(
  url: string,
  records: readonly (string | Uint8Array)[],
  init: RequestInit = {},
): Promise<Answer> {
  const address = `${url.replace(/^ws/, 'http')}?holdfast=1.test`;
  return read(await fetch(address, { method: 'POST', body: body(...records) as BodyInit, ...init }));
}

/** A POST of ours, once the server has read it: a long-poll's answer does not begin before its end. */
export async function begin(
  ...request: Parameters<typeof post>
): Promise<{ readonly answer: Promise<Answer> }> {
  const isHere = nextRequest();
  const answer = post(...request);
  await isHere;
  return { answer };
}

/** The next request that a server of this process has read to its end. */
export const nextRequest = (): Promise<void> =>
  new Promise((resolve) => {
    const arrived = (message: unknown): void => {
      unsubscribe(ARRIVED, arrived);
      (message as { request: IncomingMessage }).request.on('end', () => setImmediate(resolve));
    };
    subscribe(ARRIVED, arrived);
  });
const ARRIVED = 'http.server.request.start';

async function read(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (status !== 200) return { status, lines: [Buffer.from(bytes).toString()], bytes, headers };
  const items = new BatchReader(parseAnswer, Infinity).push(bytes);
  // What the server adds a second after the attach, on a machine that took so long to get here.
  const lines = items.map(inWords).filter((line) => line !== 'ended 0');
  return { status, lines, bytes, headers };
}

function inWords(item: Item<AnswerFrame>): string {
  switch (item.type) {
    case 'piece':
      return `${item.seq}: ${Buffer.from(item.bytes).toString()}`;
    case 'welcome':
      return `welcome ${item.received} ${item.protocol}`.trim();
    case 'violation':
      throw new Error(item.reason);
    default:
      return formatAnswer(item).trim();
  }
}
