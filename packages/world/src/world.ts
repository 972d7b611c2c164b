/** A world with one page and one server in it: real client and server code, a virtual clock, a simulated network. */
import { HoldfastSocket, type HoldfastOptions } from '@holdfast/client';
import type { Environment } from '../../client/src/environment.ts';
import type { PageListener } from '../../client/src/page.ts';
import { Endpoint } from '../../server/src/endpoint.ts';
import { resolveOptions, type HoldfastServerOptions } from '../../server/src/options.ts';
import type { HoldfastServerSocket } from '../../server/src/socket.ts';
import { VirtualClock } from './clock.ts';
import { Network } from './network.ts';
import { Random } from './random.ts';
import type { Weather } from './weather.ts';

export class World {
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly network: Network;
  /** The server's sockets, in the order of their sessions. */
  readonly accepted: HoldfastServerSocket[] = [];
  /** Called for each session that begins on the server. */
  onConnection: (socket: HoldfastServerSocket) => void = () => undefined;
  online = true;
  #ids = 0;
  readonly #pages = new Set<PageListener>();
  readonly #serverOptions: HoldfastServerOptions;

  constructor(seed = 1, serverOptions: HoldfastServerOptions = {}) {
    this.random = new Random(seed);
    this.network = new Network(this.clock, this.random);
    this.#serverOptions = serverOptions;
    this.startServer();
  }

  /** A server without any memory. */
  startServer(): void {
    const { now, setTimeout, clearTimeout, defer } = this.clock;
    const environment = { now, setTimeout, clearTimeout, defer };
    const options = resolveOptions({ noServer: true, ...this.#serverOptions, environment });
    this.network.host = {
      endpoint: new Endpoint(options, () => undefined),
      onConnection: (socket) => {
        this.accepted.push(socket);
        this.onConnection(socket);
      },
    };
  }

  /** The server's machine dies: its connections break, its memory is gone. */
  stopServer(): void {
    this.network.host = undefined;
    this.network.cut();
  }

  client(options: HoldfastOptions = {}): HoldfastSocket {
    const { now, setTimeout, clearTimeout, defer } = this.clock;
    const environment: Environment = {
      now,
      setTimeout,
      clearTimeout,
      defer,
      random: this.random.next,
      randomId: () => `session-${String(++this.#ids).padStart(4, '0')}-of-this-world`,
      WebSocket: this.network.WebSocket,
      post: this.network.post,
      page: {
        online: () => this.online,
        listen: (listener) => {
          this.#pages.add(listener);
          return () => this.#pages.delete(listener);
        },
      },
    };
    const socket = new HoldfastSocket('ws://server/live', [], { ...options, environment });
    socket.binaryType = 'arraybuffer';
    return socket;
  }

  /** The page comes back, or goes. */
  page(what: 'wake' | 'sleep'): void {
    for (const page of [...this.#pages]) page[what]();
  }

  set weather(change: Partial<Weather>) {
    this.network.weather = { ...this.network.weather, ...change };
  }
}
