/**
 * A network between one client and one server, no crueller and no kinder than TCP and HTTP: WebSockets and requests as
 * the client's environment sees them on one side, as the server's endpoint sees them on the other.
 */
import type { IncomingMessage } from 'node:http';
import type {
  Post,
  PostHandler,
  PostRequest,
  WebSocketClass,
  WebSocketLike,
} from '../../client/src/environment.ts';
import type { Endpoint, OnConnection } from '../../server/src/endpoint.ts';
import type { Reply } from '../../server/src/exchange.ts';
import type { Wire } from '../../server/src/websocket-transport.ts';
import type { VirtualClock } from './clock.ts';
import { Pipe } from './pipe.ts';
import type { Random } from './random.ts';
import { fair, type Weather } from './weather.ts';

/** Who answers at the other end; undefined while the server is down. */
export interface Host {
  readonly endpoint: Endpoint;
  readonly onConnection: OnConnection;
}

/** A live connection: what a cut or a silence acts on. */
interface Connection {
  readonly up: Pipe;
  readonly down: Pipe;
  /** The connection broke: both ends learn of it. */
  broken(): void;
}

/** Counts of what was asked of the network. */
export interface Traffic {
  upgrades: number;
  requests: number;
}

const request = (url: string): IncomingMessage =>
  ({ url, headers: {}, socket: {} }) as unknown as IncomingMessage;

export class Network {
  weather: Weather = fair;
  host: Host | undefined;
  readonly traffic: Traffic = { upgrades: 0, requests: 0 };
  /** Every request that was sent, in order. */
  readonly requests: PostRequest[] = [];
  readonly WebSocket: WebSocketClass;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #live = new Set<Connection>();
  #silent: 'no' | 'up' | 'down' | 'both' = 'no';

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    const open = (socket: SimulatedWebSocket, protocols: readonly string[]): void => {
      this.#upgrade(socket, protocols);
    };
    this.WebSocket = class extends SimulatedWebSocket {
      constructor(_url: string, protocols: string | string[] = []) {
        super();
        open(this, [protocols].flat());
      }
    };
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#live.size;
  }

  /** Breaks every connection, as a reset does. */
  cut(): void {
    for (const connection of [...this.#live]) this.#break(connection);
  }

  /** Bytes stop, and nobody is told. */
  silence(direction: 'up' | 'down' | 'both'): void {
    this.#silent = direction;
    for (const connection of this.#live) this.#hush(connection);
  }

  /** Bytes flow again, those that waited first. */
  speak(): void {
    this.#silent = 'no';
    for (const { up, down } of [...this.#live]) {
      up.speak();
      down.speak();
    }
  }

  /** Delivers a request once more, as a proxy may long after; its answer goes nowhere. */
  repeat({ url, body }: PostRequest): void {
    const readBody = (_limit: number, done: (body: Uint8Array) => void): void => {
      done(body);
    };
    const reply = new Unheard(() => undefined);
    this.host?.endpoint.exchange({ request: request(url), reply, readBody }, this.host.onConnection);
  }

  readonly post: Post = (outgoing, handler) => {
    const { url, body } = outgoing;
    this.requests.push(outgoing);
    this.traffic.requests++;
    const { weather } = this;
    const { up, down, connection } = this.#connect(() => {
      handler.done('connection reset');
    });
    const finish = (): void => {
      this.#live.delete(connection);
    };
    const fail = (status: number): void => {
      down.send(() => {
        finish();
        handler.head(status, null);
        handler.done();
      });
    };
    up.send(() => {
      if (!this.host) this.#break(connection);
      else if (body.length > weather.maxBody) fail(413);
      else if (this.#random.chance(weather.busy)) fail(503);
      else {
        const { endpoint, onConnection } = this.host;
        const isUnanswered = this.#random.chance(weather.unanswered);
        const reply = isUnanswered
          ? new Unheard(() => {
              this.#break(connection);
            })
          : new Heard(this, down, handler, finish);
        connection.onBroken = () => {
          reply.closed();
        };
        if (weather.maxRequestTime < Infinity) {
          this.#clock.setTimeout(() => {
            if (!this.#live.has(connection) || reply.ended) return;
            down.cut();
            this.#live.delete(connection);
            reply.closed();
            this.#clock.setTimeout(() => {
              if (!connection.aborted) {
                handler.head(504, null);
                handler.done();
              }
            }, weather.latency);
          }, weather.maxRequestTime);
        }
        const incoming = request(url);
        const deliver = (to: Reply): void => {
          const readBody = (_limit: number, done: (body: Uint8Array) => void): void => {
            done(body);
          };
          endpoint.exchange({ request: incoming, reply: to, readBody }, onConnection);
        };
        const twice = this.#random.chance(weather.doubled);
        // Either answer may be the one that is passed on.
        const ghostFirst = twice && this.#random.chance(0.5);
        if (ghostFirst) deliver(new Unheard(() => undefined));
        deliver(reply);
        if (twice && !ghostFirst) deliver(new Unheard(() => undefined));
      }
    });
    return () => {
      connection.aborted = true;
      if (this.#live.has(connection)) this.#break(connection, false);
    };
  };

  #upgrade(socket: SimulatedWebSocket, protocols: readonly string[]): void {
    this.traffic.upgrades++;
    const { upgrade } = this.weather;
    const { up, down, connection } = this.#connect(() => {
      socket.closed();
    });
    socket.abort = () => {
      connection.aborted = true;
      // The close frame arrives behind what was sent before.
      up.send(() => {
        if (this.#live.has(connection)) this.#break(connection, false);
      });
    };
    if (upgrade === 'swallow') return;
    up.send(() => {
      if (!this.host || upgrade === 'refuse') {
        down.send(() => {
          this.#break(connection);
        });
        return;
      }
      const wire = new SimulatedWire();
      connection.onBroken = () => {
        wire.closed();
      };
      const muted = upgrade === 'mute' || upgrade === 'mute-up';
      socket.write = (data) => {
        if (!muted) {
          up.send(() => {
            wire.receive(data);
          });
        }
      };
      wire.write = (data) => {
        if (upgrade !== 'mute') {
          down.send(() => {
            socket.receive(data);
          });
        }
      };
      wire.end = () => {
        down.send(() => {
          this.#break(connection);
        });
      };
      down.send(() => {
        socket.opened('holdfast.1');
      });
      this.host.endpoint.connect(wire, protocols, request('/live'), this.host.onConnection);
    });
  }

  #connect(lost: () => void) {
    const delay = (): number => this.weather.latency + this.#random.next() * this.weather.jitter;
    const connection = {
      up: new Pipe(this.#clock, delay),
      down: new Pipe(this.#clock, delay),
      aborted: false,
      onBroken: (): void => undefined,
      broken: () => {
        connection.onBroken();
        if (!connection.aborted) lost();
      },
    };
    this.#live.add(connection);
    this.#hush(connection);
    return { up: connection.up, down: connection.down, connection };
  }

  #hush({ up, down }: Connection): void {
    if (this.#silent === 'up' || this.#silent === 'both') up.silence();
    if (this.#silent === 'down' || this.#silent === 'both') down.silence();
  }

  #break(connection: Connection, tellClient = true): void {
    if (!this.#live.delete(connection)) return;
    connection.up.cut();
    connection.down.cut();
    if (!tellClient) (connection as { aborted?: boolean }).aborted = true;
    connection.broken();
  }
}

/** The client's end of a WebSocket. */
class SimulatedWebSocket implements WebSocketLike {
  binaryType = 'blob';
  protocol = '';
  readonly bufferedAmount = 0;
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  abort: () => void = () => undefined;
  write: (data: string | Uint8Array) => void = () => undefined;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  send(data: string | Uint8Array): void {
    if (this.#state === 'connecting') throw new Error('InvalidStateError');
    if (this.#state === 'open') this.write(data);
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.abort();
  }

  opened(protocol: string): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.protocol = protocol;
    this.onopen?.({} as never);
  }

  receive(data: string | Uint8Array): void {
    if (this.#state === 'open')
      this.onmessage?.({ data: typeof data === 'string' ? data : data.slice().buffer } as never);
  }

  closed(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.onclose?.({ code: 1006, reason: '' } as never);
  }
}

/** The server's end of a WebSocket. */
class SimulatedWire implements Wire {
  readonly bufferedAmount = 0;
  write: (data: string | Uint8Array) => void = () => undefined;
  end: () => void = () => undefined;
  readonly #listeners = new Map<string, (...args: never[]) => void>();
  #isClosed = false;

  on(event: string, listener: (...args: never[]) => void): this {
    this.#listeners.set(event, listener);
    return this;
  }

  send(data: string | Uint8Array, { binary }: { readonly binary: boolean }, callback?: () => void): void {
    if (this.#isClosed) return;
    this.write(binary ? data : String(typeof data === 'string' ? data : Buffer.from(data)));
    callback?.();
  }

  close(): void {
    this.#isClosed = true;
    this.end();
  }

  terminate(): void {
    this.close();
  }

  receive(data: string | Uint8Array): void {
    if (!this.#isClosed)
      this.#listeners.get('message')?.(
        ...([Buffer.from(data as string), typeof data !== 'string'] as never[]),
      );
  }

  closed(): void {
    this.#isClosed = true;
    this.#listeners.get('close')?.();
  }
}

/** A response that reaches the client, in the pieces that the weather makes of it. */
class Heard implements Reply {
  readonly buffered = 0;
  ended = false;
  readonly #network: Network;
  readonly #down: Pipe;
  readonly #handler: PostHandler;
  readonly #finish: () => void;
  #held: Uint8Array[] = [];
  #headed = false;
  #onClose: (() => void)[] = [];

  constructor(network: Network, down: Pipe, handler: PostHandler, finish: () => void) {
    this.#network = network;
    this.#down = down;
    this.#handler = handler;
    this.#finish = finish;
  }

  write(bytes: Uint8Array): void {
    if (this.ended) return;
    this.#held.push(bytes);
    const whole = Buffer.concat(this.#held);
    const { hold } = this.#network.weather;
    const ready = hold === 0 ? whole.length : hold === Infinity ? 0 : whole.length - (whole.length % hold);
    this.#held = [whole.subarray(ready)];
    if (ready > 0) this.#pass(whole.subarray(0, ready));
  }

  end(bytes?: Uint8Array): void {
    if (this.ended) return;
    if (bytes) this.#held.push(bytes);
    const rest = Buffer.concat(this.#held);
    this.#pass(rest);
    this.#over(() => {
      this.#handler.done();
    });
  }

  fail(status: number): void {
    if (this.ended) return;
    this.#over(() => {
      this.#handler.head(status, null);
      this.#handler.done();
    });
  }

  onDrain(): void {}

  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  closed(): void {
    this.ended = true;
    for (const callback of this.#onClose) callback();
  }

  #pass(bytes: Uint8Array): void {
    this.#down.send(() => {
      if (!this.#headed) {
        this.#headed = true;
        this.#handler.head(200, null);
      }
      if (bytes.length > 0) this.#handler.chunk(bytes);
    });
  }

  #over(tell: () => void): void {
    this.ended = true;
    this.#down.send(() => {
      this.#finish();
      tell();
    });
    for (const callback of this.#onClose) callback();
  }
}

/** A response that nobody hears. */
class Unheard implements Reply {
  readonly buffered = 0;
  ended = false;
  readonly #began: () => void;
  #onClose: (() => void)[] = [];

  constructor(began: () => void) {
    this.#began = began;
  }

  write(): void {
    this.#began();
  }

  end(): void {
    this.closed();
    this.#began();
  }

  fail(): void {
    this.end();
  }

  onDrain(): void {}

  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  closed(): void {
    if (this.ended) return;
    this.ended = true;
    for (const callback of this.#onClose) callback();
  }
}
