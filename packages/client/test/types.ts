/** What must compile, and what must not: `npm run typecheck` looks at it, and nothing runs it. */
import { WebSocket as WebSocketOfWs } from 'ws';
import {
  HoldfastSocket,
  type DiagnosticReason,
  type HoldfastOptions,
  type LearnedStorage,
  type SendData,
  type SocketState,
  type TransportName,
} from '../src/index.ts';

/** What others have written for the W3C class. */
declare function takesSocket(socket: WebSocket): void;
declare function takesClass(constructor: typeof WebSocket): void;
declare function takesTarget(target: EventTarget): void;

export function isAWebSocket(handler: NonNullable<WebSocket['onmessage']>): void {
  const socket: WebSocket = new HoldfastSocket('/live');
  socket.onmessage = handler;
  socket.binaryType = 'arraybuffer';
  takesSocket(new HoldfastSocket('/live', 'chat'));
  takesTarget(socket);
  takesClass(HoldfastSocket);
  class Own extends HoldfastSocket {
    readonly since = Date.now();
  }
  takesSocket(new Own('/live'));
  takesClass(Own);
  new HoldfastSocket('/live').onmessage = handler;
  const states: [0, 1, 2, 3] = [socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED];
  const same: [0, 1, 2, 3] = [
    HoldfastSocket.CONNECTING,
    HoldfastSocket.OPEN,
    HoldfastSocket.CLOSING,
    HoldfastSocket.CLOSED,
  ];
  takesTarget(Object.assign(new EventTarget(), { states, same }));
}

export const constructed = [
  new HoldfastSocket('/live'),
  new HoldfastSocket(new URL('wss://live.example')),
  new HoldfastSocket(() => '/live'),
  new HoldfastSocket(async () => new URL('wss://live.example')),
  new HoldfastSocket('/live', ['one', 'two'] as const),
  // @ts-expect-error: a URL is needed
  new HoldfastSocket(),
  // @ts-expect-error: a number is no URL
  new HoldfastSocket(8080),
  // @ts-expect-error: a function gives a URL
  new HoldfastSocket(() => 8080),
  // @ts-expect-error: options come third
  new HoldfastSocket('/live', { transports: ['websocket'] }),
  // @ts-expect-error: it is a class
  HoldfastSocket('/live'),
];

export const storage: LearnedStorage = localStorage;

export const options: HoldfastOptions[] = [
  {},
  { transports: ['websocket'] },
  { transports: ['streaming', 'polling'] as const, fallbackDelay: 0 },
  { reconnect: false, queue: false },
  { reconnect: { maxAttempts: 3 } },
  { reconnect: (attempt) => (attempt < 3 ? attempt * 1000 : false) },
  { queue: { whenFull: 'drop-oldest', maxBytes: 1024, timeToLive: 5000 } },
  { auth: 'token' },
  { auth: async () => 'token' },
  { sessionLost: 'discard', storage: false, fetch: false },
  { storage, fetch, WebSocket },
  { WebSocket: WebSocketOfWs },
  // @ts-expect-error: no transport has this name
  { transports: ['sse'] },
  // @ts-expect-error: one transport is a list of one
  { transports: 'websocket' },
  // @ts-expect-error: a delay is a number of ms
  { fallbackDelay: '300ms' },
  // @ts-expect-error: how, not whether
  { reconnect: true },
  // @ts-expect-error: there is no such setting
  { reconnect: { maxRetries: 3 } },
  // @ts-expect-error: a delay is a number of ms, or false
  { reconnect: () => 'soon' },
  // @ts-expect-error: no policy has this name
  { queue: { whenFull: 'block' } },
  // @ts-expect-error: how, not whether
  { queue: true },
  // @ts-expect-error: a token is a string
  { auth: { token: 'secret' } },
  // @ts-expect-error: a token is a string
  { auth: () => undefined },
  // @ts-expect-error: no policy has this name
  { sessionLost: 'retry' },
  // @ts-expect-error: a class is needed, not a socket
  { WebSocket: new WebSocket('/live') },
  // @ts-expect-error: a class of this shape is needed
  { WebSocket: EventTarget },
  // @ts-expect-error: a storage, or false
  { storage: true },
  // @ts-expect-error: a function, or false
  { fetch: true },
  // @ts-expect-error: there is no such option
  { heartbeat: 1000 },
];

export function sends(socket: HoldfastSocket): void {
  const data: SendData[] = [
    'text',
    new ArrayBuffer(1),
    new Uint8Array(1),
    new DataView(new ArrayBuffer(1)),
    new Blob(),
  ];
  for (const each of data) socket.send(each);
  // @ts-expect-error: a message is needed
  socket.send();
  // @ts-expect-error: a number is no message
  socket.send(42);
  // @ts-expect-error: an object is none either
  socket.send({ type: 'hello' });
  socket.close(1000, 'bye');
  // @ts-expect-error: a code is a number
  socket.close('1000');
}

export function tells(socket: HoldfastSocket): unknown[] {
  const { state } = socket;
  const name: 'connecting' | 'open' | 'reconnecting' | 'waiting' | 'closing' | 'closed' = state.name;
  // @ts-expect-error: only who waits has something to wait for
  const { retryIn } = state;
  // @ts-expect-error: it is told, not set
  socket.transport = 'websocket';
  // @ts-expect-error: it is told, not set
  socket.readyState = 1;
  // @ts-expect-error: binary messages arrive as one of two
  socket.binaryType = 'text';
  const transport: TransportName | undefined = socket.transport;
  const latency: number | undefined = socket.latency;
  const reasons: DiagnosticReason[] = socket.diagnostics.map(({ reason }) => reason);
  return [name, retryIn, transport, latency, reasons, inWords(state)];
}

function inWords(state: SocketState): string {
  switch (state.name) {
    case 'open':
      return `over ${state.transport}`;
    case 'waiting':
      return `in ${state.retryIn.toFixed()} ms`;
    default:
      // @ts-expect-error: nothing else has a transport
      return state.transport as string;
  }
}

export function fires(socket: HoldfastSocket): void {
  socket.addEventListener('open', (event) => {
    // @ts-expect-error: `open` brings no data
    return event.data as unknown;
  });
  socket.addEventListener('message', ({ data, origin }: MessageEvent<string>) => [
    data.length,
    origin.length,
  ]);
  socket.addEventListener('close', ({ code, reason, wasClean }) => [
    code.toFixed(),
    reason.length,
    !wasClean,
  ]);
  socket.addEventListener('statechange', ({ state }) => inWords(state), { once: true });
  socket.addEventListener('transportchange', ({ transport }) => transport === 'polling');
  socket.addEventListener('sessionlost', ({ unacknowledged, resent }) => [unacknowledged.toFixed(), !resent]);
  socket.addEventListener('drop', ({ count, bytes }) => (count + bytes).toFixed());
  socket.addEventListener('diagnostic', ({ diagnostic }) => diagnostic.reason.length);
  socket.addEventListener('an event of its own', { handleEvent: (event) => event.type }, { passive: true });
  // @ts-expect-error: `transportchange` has no state
  socket.addEventListener('transportchange', ({ state }) => inWords(state as SocketState));
  // @ts-expect-error: no transport has this name
  socket.addEventListener('transportchange', ({ transport }) => transport === 'carrier pigeon');

  socket.onsessionlost = ({ unacknowledged }) => unacknowledged.toFixed();
  socket.onmessage = ({ data }) => data as unknown;
  socket.onclose = null;
  socket.onopen = function () {
    this.send('this is the socket');
  };
  // @ts-expect-error: `close` has a code, and no data
  socket.onclose = ({ data }) => data as unknown;
  // @ts-expect-error: a handler is a function
  socket.onopen = 'open';
}
