/**
 * A whole server under siege: `HoldfastServer` in a server of Node's, strangers on connections without a network, and beside
 * them two clients whose sessions must not notice: one on a WebSocket, one over HTTP. The strangers know the ids of both.
 */
import { createServer, type Server } from 'node:http';
import { controlRecord } from '@holdfast/protocol';
import { HoldfastServer } from '../../../server/src/server.ts';
import type { ServerSocket } from '../../../server/src/face.ts';
import { VirtualClock } from '../clock.ts';
import { must, mustEqual } from './decoder.ts';
import { FakeConnection } from './duplex.ts';
import { read, type Heard } from './heard.ts';
import { textOf } from './mutate.ts';
import { attachOffer, framed, post, upgrade } from './say.ts';

/**
 * What is said on which connection. `fin` and `reset` end it; after `deaf` whatever the server writes fails; `theirs` waits
 * until the server ends it.
 */
export interface Step {
  readonly on: number;
  readonly say?: string;
  /** Where it is cut on its way: it arrives in pieces. */
  readonly cuts?: readonly number[];
  readonly end?: 'fin' | 'reset' | 'deaf' | 'theirs';
}

/** Ids and tokens. */
export const ALICE = 'alice-has-a-websocket-1';
export const ANNE = 'anne-has-http-polls-001';
export const MALLORY = 'mallory-the-stranger-01';
export const TOKENS = { alice: 'YWxpY2U', mallory: 'bWFsbG9yeQ' };
/** Stands for the key of the stranger's session, which only its welcome tells; as long as one. */
export const KEY = 'THE-KEY-OF-THE-SESSION';
/** Another path, of the application's own: a request that comes there unasked was smuggled. */
export const OWN_PATH = '/admin';

export const BOUNDS = { maxPayload: 16_384, maxBatch: 131_072, maxOffer: 8192, maxHeaderSize: 16_384 };

/** All statuses that a stranger may be answered, and all codes (SECURITY.md, "Hostile bytes"). */
const STATUSES = [100, 101, 200, 400, 403, 404, 405, 408, 409, 413, 417, 426, 429, 431, 503];
const CODES = [1002, 1007, 1008, 1009, 3000, 3003];
const CLOSES = [1000, 1001, 1002, 1005, 1007, 1008, 1009];

/** A turn of the event loop: what was said is read, and answered. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Other threads unpack what is compressed: that takes a while. */
async function ended(connection: FakeConnection): Promise<void> {
  for (let turns = 0; !connection.isOver && read(connection.heard).close === undefined; turns++) {
    must(turns < PATIENCE, 'the server does not end a connection');
    await turn();
  }
}

/** Turns of the event loop. */
const PATIENCE = 1_000_000;

const line = (text: string): string => textOf(controlRecord(text));
/** A poll that asks to be held no longer is over by then, in ms. */
const POLL_TIME = 30;

export class Besieged {
  readonly http: Server;
  readonly server: HoldfastServer;
  readonly #clock = new VirtualClock();
  /** What left the library, or Node below it, as an exception. */
  #thrown: Error | undefined;
  #connections = new Map<number, FakeConnection>();
  readonly #alice: FakeConnection;
  readonly #anne: FakeConnection;
  #annesKey = '';
  #beats = 0;
  #rounds = 0;
  /** Requests that the application's own handler saw. */
  strayed: string[] = [];
  /** What the stranger's messages were when they reached the application, in order. */
  delivered: string[] = [];

  /** @param perMessageDeflate whether WebSockets may be compressed */
  constructor(perMessageDeflate = false) {
    const { now, setTimeout, clearTimeout } = this.#clock;
    this.http = createServer({ maxHeaderSize: BOUNDS.maxHeaderSize }, (request, response) => {
      this.strayed.push(`${String(request.method)} ${String(request.url)}`);
      request.resume();
      response.writeHead(404, { 'content-length': 0 }).end();
    });
    this.server = new HoldfastServer({
      ...{ server: this.http, path: '/live', perMessageDeflate, trustProxy: false, maxRequests: 8 },
      ...{ maxPayload: BOUNDS.maxPayload, maxBatch: BOUNDS.maxBatch, maxOffer: BOUNDS.maxOffer },
      attachRate: { burst: 1e9, perSecond: 1e9 },
      receiveWindow: 1024 * 1024,
      // A token is a name: who comes with another one is somebody else.
      authenticate: (_request, auth) => auth || 'nobody',
      environment: { now, setTimeout, clearTimeout, defer: setImmediate },
    });
    this.server.on('connection', (socket) => {
      this.#serve(socket);
    });
    for (const event of ['uncaughtException', 'unhandledRejection'] as const)
      process.on(event, this.#onThrown);
    this.#alice = new FakeConnection(this.http);
    this.#anne = new FakeConnection(this.http);
  }

  /** The two that must not notice. */
  async begin(): Promise<void> {
    this.#alice.say(upgrade([`Sec-WebSocket-Protocol: ${attachOffer(ALICE, 1, 'new', TOKENS.alice)}`]));
    await this.#settle();
    mustEqual(read(this.#alice.heard).statuses, [101], 'alice is answered');
    this.#alice.heard = '';
    this.#anne.say(post(line(`attach ${ANNE} 1 new ${TOKENS.alice}`)));
    await this.#settle();
    this.#annesKey = /"key":"([\w-]{22})"/.exec(this.#anne.heard)?.[1] ?? '';
    must(this.#annesKey !== '', `anne is answered ${this.#anne.heard}`);
  }

  /** Says all of it, and gives what was answered on each connection. Throws if anything happened that must not. */
  async hear(steps: readonly Step[]): Promise<ReadonlyMap<number, Heard>> {
    this.strayed = [];
    this.delivered = [];
    this.#connections = new Map();
    // Each round is a stranger of its own: how the sessions of those before it ended is still remembered.
    const id = MALLORY.slice(0, -8) + String(++this.#rounds).padStart(8, '0');
    for (const { on, say, cuts = [], end } of steps) {
      let connection = this.#connections.get(on);
      if (!connection) this.#connections.set(on, (connection = new FakeConnection(this.http)));
      connection.isDeaf ||= end === 'deaf';
      const bytes = say?.replaceAll(KEY, this.#key).replaceAll(MALLORY, id) ?? '';
      for (const [i, at] of [0, ...cuts].entries()) if (bytes) connection.say(bytes.slice(at, cuts[i]));
      if (end === 'theirs') await ended(connection);
      else if (end === 'fin' || end === 'reset') connection.leave(end);
      // What answers it may tell the key that the next one shows.
      await this.#settle();
    }
    await this.#settle();
    const heard = new Map<number, Heard>();
    for (const [on, connection] of this.#connections) {
      const answers = this.#check(read(connection.heard));
      heard.set(on, answers);
      // A stranger that goes on to hold what was answered and ended holds nothing.
      if (connection.heard.includes('\r\nConnection: close\r\n'))
        must(connection.destroyed, `a connection is left open behind ${connection.heard.slice(9, 12)}`);
    }
    for (const connection of this.#connections.values()) connection.leave('reset');
    await this.#beat();
    if (this.#thrown !== undefined) throw this.#thrown;
    return heard;
  }

  /** Time passes until strangers are forgotten; nothing of them is left. */
  async forget(): Promise<void> {
    await this.#settle();
    for (let i = 0; i < 16; i++) {
      this.#clock.run(5000);
      await this.#beat();
    }
    mustEqual(this.server.clients.size, 2, 'sessions that are left');
    if (this.#thrown !== undefined) throw this.#thrown;
  }

  /** Timers of the server that are set. */
  get timers(): number {
    return this.#clock.pending;
  }

  end(): void {
    this.server.close();
    this.#alice.destroy();
    this.#anne.destroy();
    this.http.close();
    for (const event of ['uncaughtException', 'unhandledRejection'] as const)
      process.off(event, this.#onThrown);
  }

  readonly #onThrown = (error: unknown): void => {
    this.#thrown ??= error instanceof Error ? error : new Error(String(error));
  };

  /** The key in the last welcome that any stranger was told. */
  get #key(): string {
    const all = [...this.#connections.values()].map(({ heard }) => heard).join('');
    return [...all.matchAll(/"key":"([\w-]{22})"/g)].at(-1)?.[1] ?? KEY;
  }

  async #settle(): Promise<void> {
    for (let i = 0; i < 4; i++) {
      await turn();
      this.#clock.run(0);
    }
  }

  #serve(socket: ServerSocket): void {
    const isOurs = socket.identity === 'alice';
    socket.on('message', (data, binary) => {
      const text = data instanceof Buffer ? data.toString('latin1') : '';
      if (!isOurs) this.delivered.push(text);
      if (!isOurs && text === 'pause') socket.pause();
      else if (!isOurs && text === 'close') socket.close(3000, 'as you like');
      else socket.send(data, { binary });
    });
  }

  #check(heard: Heard): Heard {
    for (const status of heard.statuses)
      must(STATUSES.includes(status), `a status that is not documented: ${status}`);
    for (const each of heard.lines)
      if (each.startsWith('refused'))
        must(CODES.includes(Number(each.slice(8))), `a code that is not documented: ${each}`);
    if (heard.close !== undefined)
      must(CLOSES.includes(heard.close), `a close that is not documented: ${heard.close}`);
    return heard;
  }

  /** Both say something, and hear it, once and in order. */
  async #beat(): Promise<void> {
    const beat = `beat ${++this.#beats}`;
    this.#alice.heard = '';
    // What the server asks to know that she is there.
    this.#alice.say(framed(1, '\x10pong 0') + framed(1, `\x10ack ${this.#beats - 1}`) + framed(1, beat));
    this.#anne.heard = '';
    const who = `${ANNE} 1`;
    const said = line(`ack ${this.#beats - 1}`) + line(`from ${this.#beats} 0`) + record(beat);
    // First, since what the answer to a `send` brings would come by a poll behind it as well.
    this.#anne.say(post(line(`poll ${who} ${this.#beats} 1 poll ${this.#annesKey}`)));
    this.#anne.say(post(line(`send ${who} ${this.#annesKey}`) + said));
    await this.#settle();
    // On one connection that answer waits for the end of the poll.
    this.#clock.run(POLL_TIME);
    await this.#settle();
    for (const [name, text] of [
      ['alice', `HTTP/1.1 101 \r\nSec-WebSocket-Protocol: holdfast.1\r\n\r\n${this.#alice.heard}`],
      ['anne', this.#anne.heard],
    ] as const)
      mustEqual(read(text).messages, [beat], `${name} heard`);
  }
}

/** A text message as a record. */
export const record = (text: string): string => String.fromCharCode(...varint(text.length * 8)) + text;

export function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}
