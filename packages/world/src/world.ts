/** A world with one page and one server in it: real client and server code, a virtual clock, a simulated network. */
import { HoldfastSocket, type HoldfastOptions } from '@holdfast/client';
import type { Connection } from '../../client/src/connection.ts';
import type { Environment, Step } from '../../client/src/environment.ts';
import type { PageListener } from '../../client/src/page.ts';
import { Endpoint } from '../../server/src/endpoint.ts';
import { resolveOptions, type HoldfastServerOptions } from '../../server/src/options.ts';
import type { HoldfastServerSocket } from '../../server/src/socket.ts';
import { behind } from './behind.ts';
import { VirtualClock } from './clock.ts';
import { Later } from './later.ts';
import { Machine } from './machine.ts';
import { Network, type Host } from './network.ts';
import { Random } from './random.ts';
import type { Weather } from './weather.ts';

export class World {
  readonly clock = new VirtualClock();
  /** The machine that the page is on. */
  readonly machine = new Machine(this.clock);
  readonly random: Random;
  readonly network: Network;
  /** The server's sockets, in the order of their sessions; those of earlier servers too. */
  readonly accepted: HoldfastServerSocket[] = [];
  /** Called for each session that begins on a server. */
  onConnection: (socket: HoldfastServerSocket) => void = () => undefined;
  /** Called for each step of a client's life, before it is carried out. */
  onStep: (connection: Connection, step: Step) => void = () => undefined;
  online = true;
  /** What pages that begin from now on share: a storage, and places for held responses. */
  storage: Environment['storage'];
  takePlace: Environment['takePlace'];
  /** The server, up or down. */
  host: Host;
  #ids = 0;
  readonly #homes = new Map<HoldfastServerSocket, Host>();
  readonly #pages = new Set<PageListener>();
  readonly #serverOptions: HoldfastServerOptions;

  constructor(seed = 1, serverOptions: HoldfastServerOptions = {}) {
    this.random = new Random(seed);
    this.network = new Network(this.clock, new Random(~seed), this.machine);
    this.#serverOptions = serverOptions;
    this.host = this.startServer();
  }

  /** A server without any memory takes the place of the one before, if that is dead. */
  startServer(): Host {
    const machine = new Machine(this.clock);
    const { now, setTimeout, clearTimeout, defer } = machine;
    const environment = { now, setTimeout, clearTimeout, defer };
    const options = resolveOptions({ noServer: true, ...this.#serverOptions, environment });
    const host: Host = {
      machine,
      endpoint: new Endpoint(options, () => undefined),
      onConnection: (socket) => {
        this.accepted.push(socket);
        this.#homes.set(socket, host);
        this.onConnection(socket);
      },
    };
    this.host = host;
    this.network.host = host;
    return host;
  }

  /** Whether a socket belongs to the server of now. */
  isHere(socket: HoldfastServerSocket): boolean {
    return this.#homes.get(socket) === this.host;
  }

  /** The server's machine dies: its connections break, its memory is gone. */
  stopServer(): void {
    this.host.machine.die();
    this.disconnectServer();
  }

  /** The server says goodbye to its clients, and ends. */
  drainServer(spread = 1000): void {
    this.host.endpoint.close();
    for (const socket of this.accepted.filter((each) => this.isHere(each)))
      behind(socket).leave({ type: 'go-away', delay: 0, spread });
  }

  /** The server asks its clients to hand over what is under way, and to come back so many ms later. */
  moveServer(returnsAfter = 0): void {
    this.host.endpoint.drain();
    for (const socket of this.accepted.filter((each) => this.isHere(each))) behind(socket).move(returnsAfter);
  }

  /** The server cannot be reached: its connections break, its memory stays. */
  disconnectServer(): void {
    this.network.host = undefined;
    this.network.cut();
  }

  /** It can be reached again. */
  reconnectServer(): void {
    this.network.host = this.host;
  }

  client(options: HoldfastOptions = {}): HoldfastSocket {
    const { now, setTimeout, clearTimeout, defer } = this.machine;
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
      storage: this.storage,
      takePlace: this.takePlace,
      watch: (connection, step) => {
        this.onStep(connection, step);
      },
    };
    const socket = new HoldfastSocket('ws://server/live', [], { ...options, environment });
    socket.binaryType = 'arraybuffer';
    return socket;
  }

  /** What the page's application gives for `auth`: at once, or when it has asked somebody. */
  token(): string | Promise<string> {
    const { asks, tokenless } = this.network.weather;
    const fails = this.random.chance(tokenless);
    if (asks === 0 && !fails) return 'token';
    const { clock, machine } = this;
    return new Later((found, failed) => {
      clock.setTimeout(() => {
        machine.enter(() => {
          if (fails) failed(new Error('no token'));
          else found('token');
        });
      }, asks);
    });
  }

  /** The page comes back, goes, or ends. */
  page(what: 'wake' | 'sleep' | 'end'): void {
    for (const page of [...this.#pages]) page[what]();
  }

  set weather(change: Partial<Weather>) {
    this.network.weather = { ...this.network.weather, ...change };
  }
}
