/** The shapes of the bench: a subject is what is measured, a row is what is measured of it. */
import type { Server } from 'node:http';

/** What a client tells the bench. */
export interface Listener {
  /** It may send. Called again when it is back after a cut, by itself or as a new client, if the subject comes back at all. */
  onopen(): void;
  onmessage(text: string): void;
  /** A binary message, where a row has them. */
  onbytes?(bytes: Uint8Array): void;
  /** It is over, for whatever reason. */
  onclose(): void;
}

/** A client of a subject, from its constructor on. */
export interface Client {
  /** Sends now; before `onopen` only if the subject queues. */
  send(text: string): void;
  sendBytes?(bytes: Uint8Array<ArrayBuffer>): void;
  /** Bytes that were sent and are not on the network. */
  buffered?(): number;
  /** Moves so many messages in a way of its own, to the server or from it, and gives the ms that it took. */
  give?(what: { size: number; count: number }): Promise<number>;
  take?(what: { size: number; count: number }): Promise<number>;
  close(): void;
}

/** A server of a subject. */
export interface Served {
  /** Sends a message to every client, as the library's users do. */
  broadcast(text: string): void;
}

/** A library over one transport, with the same face as the others. Its modules are loaded when it is used. */
export interface Subject {
  readonly label: string;
  /** Attaches a server that sends each message back. Everything else is as the library has it by default. */
  serve(server: Server): Promise<Served | undefined>;
  /** Connects to a server on this port of 127.0.0.1. */
  connector(): Promise<(port: number, listener: Listener) => Client>;
}

/** What one measurement gives: numbers by name. */
export type Figures = Record<string, number>;

/** A figure of a row, and how it is shown. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  /** Decimal places. */
  readonly digits: number;
  /** Whether it is compared with the row's first subject in the same round. */
  readonly relative?: boolean;
}

/** What a row's client is told to do. */
export interface Parameters {
  /** Bytes of a message. */
  readonly size: number;
  /** Messages; or clients, where that is all. */
  readonly count: number;
  /** Clients, where there are messages too. */
  readonly sessions: number;
  /** Messages that may be in flight. */
  readonly window: number;
  /** Between two messages, in ms. */
  readonly interval: number;
  /** 1 if the client's process writes once a tick, whatever the library does; else 0. */
  readonly heaps: number;
}

/** Runs in the client's process. */
export interface Bench {
  /** Opens a client, and waits until it is open. */
  open(): Promise<OpenClient>;
  /** Makes a client and does not wait. */
  connect(listener: Listener): Client;
  /** Clients that a step leaves open for the next one. */
  kept: OpenClient[];
}

/** A client whose messages are read one after the other. */
export interface OpenClient {
  send(text: string): void;
  onmessage: (text: string) => void;
  onopen: () => void;
  /** Closes, and waits until that is done; not for ever. */
  close(): Promise<void>;
}

/** A server and a client of one subject, in processes of their own. */
export interface Pair {
  readonly subject: string;
  /** Runs a step of the row in the client's process. */
  run(step: string, parameters: Parameters): Promise<Figures>;
  /** The same server behind a proxy that counts and holds everything back, for `delay` ms each way; `up` bytes a second pass from the client. */
  behindProxy(delay: number, up?: number): Promise<Proxied>;
  /** Lets the server send a message to every client. */
  broadcast(text: string): Promise<void>;
  /** From now on the server knows its connections, so that they can be cut. */
  watch(): Promise<void>;
  /** Breaks all the server's connections at once and without a word, as if a machine before it had died. */
  cut(): Promise<void>;
  /** When the server was connected to since the cut, in ms. */
  attempts(): Promise<readonly number[]>;
  /** CPU time in µs of each process while something runs. */
  cpu<T>(act: () => Promise<T>): Promise<{ result: T; server: number; client: number }>;
  /** Resident memory in bytes, after the garbage has been collected. */
  memory(): Promise<{ server: number; client: number }>;
  /** The most of it that the server ever had, in bytes. */
  peak(): Promise<number>;
}

/** A server behind a proxy. */
export interface Proxied {
  run(step: string, parameters: Parameters): Promise<Figures>;
  /** What has passed so far. */
  counts(): Counts;
  close(): void;
}

/** What passed a proxy. */
export interface Counts {
  readonly bytes: number;
  readonly requests: number;
  readonly connections: number;
}

/** One kind of measurement. What the others are compared with comes first among the subjects: raw `ws`, mostly. */
export interface Row {
  readonly name: string;
  readonly title: string;
  /** A sentence or two on what is done. */
  readonly about: string;
  readonly subjects: readonly string[];
  /** What the first subject is called, with which others are compared. @default raw `ws` */
  readonly base?: string;
  readonly cases: Readonly<Record<string, Partial<Parameters>>>;
  readonly metrics: readonly Metric[];
  /** After these many seconds no further round begins. */
  readonly seconds: number;
  /** At most so many rounds, whatever was asked for; one, for what comes out the same each time. */
  readonly maxRounds?: number;
  /** Whether each measurement has new processes, and no round to warm up. */
  readonly fresh?: boolean;
  /** Whether all subjects run at once: for what does not depend on the speed of the machine. */
  readonly together?: boolean;
  /** What counts of the rounds, for times to which a busy machine only adds. @default the median */
  readonly takes?: 'least';
  /** The metric that is drawn. */
  readonly picture?: string;
  /** Instead: each metric is drawn as curves, along this parameter. */
  readonly along?: { readonly parameter: 'sessions' | 'size'; readonly unit: string };
  /** Rows that are measured only when they, or their group, are named. */
  readonly group?: string;
  /** What the client's process does. */
  readonly steps: Readonly<Record<string, (bench: Bench, parameters: Parameters) => Promise<Figures>>>;
  measure(pair: Pair, parameters: Parameters): Promise<Figures>;
}

/** A figure over all rounds. */
export interface Measured {
  /** The median of all rounds, or the least. */
  readonly value: number;
  /** The median of what it was beside the first subject in each round. */
  readonly ratio?: number;
}

/** By case, subject, metric. */
export type Table = Record<string, Record<string, Record<string, Measured>>>;

export interface RowResult {
  readonly measuredAt: string;
  readonly rounds: number;
  /** The machine's load (one minute) before and after. */
  readonly load: readonly [number, number];
  readonly pinned: boolean;
  readonly table: Table;
}

export interface Results {
  readonly node: string;
  readonly machine: string;
  readonly versions: Record<string, string>;
  readonly rows: Record<string, RowResult>;
}
