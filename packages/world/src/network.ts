/**
 * A network between one client and one server, no crueller and no kinder than TCP and HTTP: WebSockets and requests as
 * the client's environment sees them on one side, as the server's endpoint sees them on the other.
 */
import type { IncomingMessage } from 'node:http';
import type { Post, PostRequest, WebSocketClass } from '../../client/src/environment.ts';
import type { OnConnection } from '../../server/src/caller.ts';
import type { Endpoint } from '../../server/src/endpoint.ts';
import type { VirtualClock } from './clock.ts';
import type { Machine } from './machine.ts';
import { Pipe } from './pipe.ts';
import type { Random } from './random.ts';
import { deliverTwice, Lost, simulatedPost } from './simulated-http.ts';
import { SimulatedWebSocket, upgrade } from './simulated-websocket.ts';
import { fair, type Weather } from './weather.ts';

/** Who answers at the other end; undefined while the server is down. */
export interface Host {
  readonly machine: Machine;
  readonly endpoint: Endpoint;
  readonly onConnection: OnConnection;
}

/** A live TCP connection: what a cut or a silence acts on. */
export interface Connection {
  /** A number, to tell it from others. */
  readonly id: number;
  readonly up: Pipe;
  readonly down: Pipe;
  /** The client is not told of anything any more. */
  aborted: boolean;
  /** What the client learns when it breaks, */
  readonly lost: () => void;
  /** and the server. */
  onBroken: () => void;
}

/** Counts of what was asked of the network. */
export interface Traffic {
  upgrades: number;
  requests: number;
}

/** What the server sees of a request's head. */
export const head = (url: string): IncomingMessage =>
  ({ url, headers: {}, socket: {} }) as unknown as IncomingMessage;

export class Network {
  weather: Weather = fair;
  host: Host | undefined;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly client: Machine;
  readonly traffic: Traffic = { upgrades: 0, requests: 0 };
  /** Every request that was sent, in order. */
  readonly requests: PostRequest[] = [];
  /** Uses of a transport that its user had ended, in words. */
  readonly misuses: string[] = [];
  readonly WebSocket: WebSocketClass;
  readonly post: Post;
  /** Sees what is sent, with the connection and the direction in words. */
  overheard: ((where: string, data: string | Uint8Array) => void) | undefined;
  #connected = 0;
  readonly #live = new Set<Connection>();
  #silent: 'no' | 'up' | 'down' | 'both' = 'no';

  constructor(clock: VirtualClock, random: Random, client: Machine) {
    this.clock = clock;
    this.random = random;
    this.client = client;
    const begin = (socket: SimulatedWebSocket, protocols: readonly string[]): void => {
      upgrade(this, socket, protocols);
    };
    this.WebSocket = class extends SimulatedWebSocket {
      constructor(_url: string, protocols: string | string[] = []) {
        super();
        begin(this, [protocols].flat());
      }
    };
    this.post = simulatedPost(this);
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#live.size;
  }

  /** Breaks every connection, as a reset does: of what is just arriving, this fraction still does. */
  cut(fraction = 0): void {
    for (const connection of [...this.#live]) this.break(connection, true, fraction);
  }

  /** Loses the memory of every connection, as a NAT does: nothing passes any more, and nobody is told. */
  forget(): void {
    for (const { up, down } of this.#live) {
      up.cut();
      down.cut();
    }
    this.#live.clear();
  }

  /** Bytes stop, and nobody is told. */
  silence(direction: 'up' | 'down' | 'both'): void {
    this.#silent = direction;
    for (const connection of this.#live) this.#hush(connection);
  }

  /** What is silent now stays so for ever; new connections are not. */
  forgetSilent(): void {
    this.#silent = 'no';
    this.#live.clear();
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
    deliverTwice(this, url, body, new Lost());
  }

  /** A new connection. `lost` tells the client when it breaks. */
  connect(lost: () => void): Connection {
    const way = {
      delay: () => this.weather.latency + this.random.next() * this.weather.jitter,
      bandwidth: () => this.weather.bandwidth,
    };
    const connection: Connection = {
      id: ++this.#connected,
      up: new Pipe(this.clock, way),
      down: new Pipe(this.clock, way),
      aborted: false,
      lost,
      onBroken: () => undefined,
    };
    this.#live.add(connection);
    this.#hush(connection);
    return connection;
  }

  isLive(connection: Connection): boolean {
    return this.#live.has(connection);
  }

  /** It ended as it should. */
  done(connection: Connection): void {
    this.#live.delete(connection);
  }

  /** It ends for the server at once, and for the client too unless it ended it. */
  break(connection: Connection, tellClient = true, fraction = 0): void {
    if (!this.#live.delete(connection)) return;
    connection.up.cut(fraction);
    connection.down.cut(fraction);
    this.host?.machine.enter(connection.onBroken);
    if (!tellClient) connection.aborted = true;
    this.client.enter(() => {
      if (!connection.aborted) connection.lost();
    });
  }

  #hush({ up, down }: Connection): void {
    if (this.#silent === 'up' || this.#silent === 'both') up.silence();
    if (this.#silent === 'down' || this.#silent === 'both') down.silence();
  }
}
