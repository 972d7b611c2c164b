/**
 * What carries sessions, passed in by each entry of the package instead of being imported by the connection: a bundler
 * keeps what an entry names, and drops the rest.
 */
import type { Address } from './dialling.ts';
import type { Environment, PlatformOptions } from './environment.ts';
import type { ResolvedOptions } from './options.ts';
import type { ConnectionOwner, SocketConnection } from './socket-connection.ts';
import type { Transport, TransportOwner } from './transport.ts';

/** What an entry brings. */
export interface Carriers {
  /** The world as the platform gives it. */
  readonly platform: (options: PlatformOptions) => Environment;
  readonly connect: Connect;
  /** Left out where every server is a plain one. */
  readonly webSocket?: OpenWebSocket;
  /** Left out where HTTP is not used, or is loaded on demand. */
  readonly http?: HttpCarrier;
}

/**
 * Makes a connection, which `start` begins.
 *
 * @param url what is known of it from the start, or ''
 */
export type Connect = (
  env: Environment,
  options: ResolvedOptions,
  address: Address,
  protocols: readonly string[],
  owner: ConnectionOwner,
  carriers: Carriers,
  url: string,
) => SocketConnection;

/** Makes a transport, which `attach` opens. */
export type Open = (url: string, owner: TransportOwner) => Transport;

/** Makes a WebSocket's. */
export type OpenWebSocket = (
  env: Environment,
  options: ResolvedOptions,
  url: string,
  owner: TransportOwner,
) => Transport;

/** HTTP, as a program hands it on. */
export interface HttpCarrier {
  readonly name: 'http';
  /** @internal HTTP for one connection, to a URL if that is known. */
  readonly begin: (env: Environment, options: ResolvedOptions, url: string, server: Herding) => Http;
}

/** What a server says of its clients. */
export interface Herding {
  /** Over how many ms they come back that are cut all at once. */
  readonly spread: number;
}

/** HTTP for one connection: what its transports share, one after the other. */
export interface Http {
  /** How often WebSocket failed where HTTP got through, as earlier pages have learned. */
  readonly setbacks: number;
  readonly open: Open;
  /** Keeps what was learned for the next page. */
  readonly keep: (setbacks: number) => void;
}

/** HTTP that is loaded when it is dialled. */
export interface HttpOnDemand {
  readonly load: () => Promise<{ readonly http: HttpCarrier }>;
  /** @internal What WebSockets need of the world where HTTP may come beside them. */
  readonly platform: (options: PlatformOptions) => Partial<Environment>;
}
