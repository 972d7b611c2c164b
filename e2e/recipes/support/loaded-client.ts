/** A client in Node that sends all the time, and counts what comes back: with cookies, as a browser has them. */
import { HoldfastSocket, type TransportName } from '@holdfast/client';
import { WebSocket } from 'ws';

/** Between two messages, in ms. */
const PACE = 50;

export class LoadedClient {
  readonly transport: TransportName;
  readonly socket: HoldfastSocket;
  /** What went wrong with the order of what came back. */
  readonly mishaps: string[] = [];
  /** The longest time between a message and its echo, in ms. */
  longestWait = 0;
  /** How many sessions began. */
  opened = 0;
  /** What `sessionlost` counted. */
  unacknowledged = 0;
  #cookie = '';
  #received = 0;
  readonly #sentAt: number[] = [];
  readonly #timer: NodeJS.Timeout;
  #heardAll: () => void = () => {};

  constructor(url: string, transport: TransportName) {
    this.transport = transport;
    const cookie = (): string => this.#cookie;
    const keep = (cookies: readonly string[] = []): void => {
      for (const each of cookies) this.#cookie = each.split(';')[0] ?? '';
    };
    class WithCookies extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, { headers: { cookie: cookie() } });
        this.on('upgrade', ({ headers }) => keep(headers['set-cookie']));
      }
    }
    this.socket = new HoldfastSocket(url, [], {
      WebSocket: WithCookies,
      fetch: async (input, init) => {
        const headers = new Headers(init?.headers);
        if (cookie()) headers.set('cookie', cookie());
        const response = await fetch(input, { ...init, headers });
        keep(response.headers.getSetCookie());
        return response;
      },
      transports: [transport],
      // What is sent twice, or not at all, shows.
      sessionLost: 'discard',
    });
    this.socket.addEventListener('open', () => this.opened++);
    this.socket.addEventListener(
      'sessionlost',
      ({ unacknowledged }) => (this.unacknowledged += unacknowledged),
    );
    this.socket.addEventListener('message', ({ data }) => this.#take(Number(data)));
    this.#timer = setInterval(() => this.#send(), PACE);
  }

  get sent(): number {
    return this.#sentAt.length;
  }

  /** Stops sending, and waits until all is back. */
  async settle(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#received < this.sent) await new Promise<void>((resolve) => (this.#heardAll = resolve));
  }

  close(): void {
    clearInterval(this.#timer);
    this.socket.close();
  }

  #send(): void {
    this.#sentAt.push(performance.now());
    this.socket.send(String(this.sent));
  }

  #take(number: number): void {
    if (number !== this.#received + 1) this.mishaps.push(`${number} came behind ${this.#received}`);
    this.#received = number;
    this.longestWait = Math.max(this.longestWait, performance.now() - (this.#sentAt[number - 1] ?? 0));
    if (number === this.sent) this.#heardAll();
  }
}
