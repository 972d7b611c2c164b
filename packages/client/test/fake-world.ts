/** A world with a page in it and no server: a clock that is told the time, and sockets whose other end is the test. */
import {
  BatchReader,
  BatchWriter,
  concat,
  controlRecord,
  formatRequest,
  parseRequest,
} from '@holdfast/protocol';
import type { Environment, PostHandler, PostRequest, WebSocketLike } from '../src/environment.ts';
import type { PageListener } from '../src/page.ts';

export class FakeWorld {
  now = 0;
  online = true;
  readonly sockets: FakeWebSocket[] = [];
  /** The requests that were sent, in their order. */
  readonly requests: FakeRequest[] = [];
  readonly environment: Environment;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  #ids = 0;
  readonly #pages = new Set<PageListener>();

  constructor() {
    const { sockets } = this;
    this.environment = {
      now: () => this.now,
      setTimeout: (callback, ms) => {
        const timer = { at: this.now + ms, callback };
        this.#timers.push(timer);
        return timer;
      },
      clearTimeout: (handle) => {
        this.#timers = this.#timers.filter((timer) => timer !== handle);
      },
      defer: (callback) => {
        this.environment.setTimeout(callback, 0);
      },
      random: () => 0.5,
      randomId: () => `session-${String(++this.#ids).padStart(4, '0')}-of-this-test`,
      WebSocket: class extends FakeWebSocket {
        constructor(url: string, protocols: string | string[] = []) {
          super(url, protocols);
          sockets.push(this);
        }
      },
      post: (outgoing, handler) => {
        const request = new FakeRequest(outgoing, handler);
        this.requests.push(request);
        return () => {
          request.isAborted = true;
        };
      },
      page: {
        online: () => this.online,
        listen: (listener) => {
          this.#pages.add(listener);
          return () => this.#pages.delete(listener);
        },
      },
    };
  }

  /** The WebSocket that was dialled last. */
  get socket(): FakeWebSocket {
    return this.sockets.at(-1)!;
  }

  /** The request that was sent last. */
  get request(): FakeRequest {
    return this.requests.at(-1)!;
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Who listens to the page. */
  get listeners(): number {
    return this.#pages.size;
  }

  /** The page comes back, or goes. */
  page(what: keyof PageListener): void {
    for (const page of [...this.#pages]) page[what]();
  }

  /** The network is another one. */
  change(): void {
    for (const page of [...this.#pages]) page.wake(new Event('online'));
  }

  /** Lets the next timer fire. */
  step(): void {
    const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
    if (!next) return;
    this.environment.clearTimeout(next);
    this.now = Math.max(this.now, next.at);
    next.callback();
  }

  /** Lets time pass, timer by timer. */
  run(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.environment.clearTimeout(next);
      this.now = Math.max(this.now, next.at);
      next.callback();
    }
    this.now = until;
  }
}

/** A request, whose answer is the test's. */
export class FakeRequest {
  readonly url: string;
  readonly body: Uint8Array;
  readonly last: boolean;
  readonly handler: PostHandler;
  isAborted = false;

  constructor({ url, body, last }: PostRequest, handler: PostHandler) {
    this.url = url;
    this.body = body;
    this.last = last;
    this.handler = handler;
  }

  /** Control frames as lines, messages as `number+offset: text`, long ones by their length. */
  get lines(): string[] {
    return new BatchReader(parseRequest, Infinity).push(this.body).map((item) => {
      if (item.type === 'violation') return item.reason;
      if (item.type !== 'piece') return formatRequest(item);
      const text = Buffer.from(item.bytes).toString();
      const place = item.offset > 0 ? `${item.seq}+${item.offset}` : String(item.seq);
      return `${place}: ${text.length > 20 ? `${text.length} bytes` : text}`;
    });
  }

  /** The beginning of an answer of frames. */
  bring(...records: (string | Uint8Array)[]): void {
    this.handler.head(200, null);
    this.continue(...records);
  }

  /** More of it. */
  continue(...records: (string | Uint8Array)[]): void {
    if (records.length === 0) return;
    this.handler.chunk(
      concat(records.map((record) => (typeof record === 'string' ? controlRecord(record) : record))),
    );
  }

  /** A whole answer of frames. */
  answer(...records: (string | Uint8Array)[]): void {
    this.bring(...records);
    this.handler.done();
  }

  welcome(received = 0, ...more: string[]): void {
    const welcome = { received, protocol: '', heartbeat: 25_000, maxPayload: 1e6 };
    this.answer(`welcome ${JSON.stringify(welcome)}`, ...more);
  }

  /** Another status. */
  fail(status: number, retryAfter: string | null = null): void {
    this.handler.head(status, retryAfter);
    this.handler.done();
  }
}

/** Messages as records, the first one with this number. */
export function batch(seq: number, ...texts: string[]): Uint8Array {
  const writer = new BatchWriter();
  texts.forEach((data, i) => {
    writer.add({ type: 'data', seq: seq + i, data, binary: false });
  });
  return writer.cut(Infinity).bytes;
}

export class FakeWebSocket implements WebSocketLike {
  binaryType = 'blob';
  protocol = '';
  bufferedAmount = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  /** The network takes nothing. */
  isStuck = false;
  isClosed = false;
  /** What it was closed with. */
  goodbye: readonly [code?: number, reason?: string] = [];
  readonly url: string;
  readonly offered: readonly string[];
  readonly #sent: (string | Uint8Array)[] = [];
  /** Its next ping is answered. */
  #answers = false;

  constructor(url: string, protocols: string | string[]) {
    this.url = url;
    this.offered = [protocols].flat();
  }

  send(data: string | Uint8Array): void {
    this.#sent.push(data);
    if (this.isStuck) this.bufferedAmount += data.length;
    if (!this.#answers || !isControl(data) || !data.startsWith('ping', 1)) return;
    this.#answers = false;
    this.say(data.slice(1).replace('ping', 'pong'));
  }

  close(...goodbye: [code?: number, reason?: string]): void {
    this.isClosed = true;
    this.goodbye = goodbye;
  }

  /** The application's messages that were sent. */
  get messages(): (string | Uint8Array)[] {
    return this.#sent.filter((data) => !isControl(data));
  }

  /** The control frames that were sent. */
  get lines(): string[] {
    return this.#sent.filter(isControl).map((line) => line.slice(1));
  }

  /** Something comes from the server: a message as it is. */
  bring(data: string | ArrayBuffer): void {
    this.onmessage?.({ data } as never);
  }

  /** A control frame comes from the server. */
  say(line: string): void {
    this.bring(`\x10${line}`);
  }

  /** The server lets the client in, and will answer its first ping. */
  welcome({ received = 0, protocol = '' } = {}): void {
    if (!this.protocol) {
      this.protocol = 'holdfast.1';
      this.onopen?.({} as never);
    }
    this.say(`welcome ${JSON.stringify({ received, protocol, heartbeat: 25_000, maxPayload: 1e6 })}`);
    this.#answers = true;
  }

  /** It is open: all that a plain server says to it. */
  open(protocol = ''): void {
    this.protocol = protocol;
    this.onopen?.({} as never);
  }

  /** The connection breaks. */
  break(): void {
    this.onclose?.({ code: 1006, reason: '', wasClean: false } as never);
  }

  /** It is closed in order, with what the server's frame says. */
  end(code: number, reason = ''): void {
    this.onclose?.({ code, reason, wasClean: true } as never);
  }
}

const isControl = (data: string | Uint8Array): data is string =>
  typeof data === 'string' && data.startsWith('\x10') && data[1] !== '\x10';
