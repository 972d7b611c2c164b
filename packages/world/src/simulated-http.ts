/** POSTs and their responses in the simulated network. */
import type { Post, PostHandler } from '../../client/src/environment.ts';
import { RETRY_AFTER, type Reply } from '../../server/src/exchange.ts';
import { head, type Connection, type Network } from './network.ts';

/** What goes with each request and response, in bytes. */
const HEADERS = 300;
/** Bytes that may wait in a response of Node's until `write` says no. */
const HIGH_WATER = 16 * 1024;
/** Bytes of a response that arrive at once. */
const SEGMENT = 4 * 1024;

/** The client's way to send a POST. */
export const simulatedPost =
  (network: Network): Post =>
  (outgoing, handler) => {
    const { url, body } = outgoing;
    network.requests.push(outgoing);
    network.traffic.requests++;
    const { weather, random, client } = network;
    const connection = network.connect(() => {
      handler.done('connection reset');
    });
    const { up, down } = connection;
    network.overheard?.(`POST ${connection.id} >`, body);
    const answer = (status: number): void => {
      down.send(() => {
        network.done(connection);
        client.enter(() => {
          if (connection.aborted) return;
          if (weather.unread) handler.done('it cannot be read');
          else {
            handler.head(status, null);
            handler.done();
          }
        });
      });
    };
    const arrive = (): void => {
      const { host } = network;
      if (!host) network.break(connection);
      else if (body.length > weather.maxBody) answer(413);
      else if (random.chance(weather.busy)) answer(503);
      else {
        const reply = random.chance(weather.unanswered)
          ? new Lost(() => {
              network.break(connection);
            })
          : new Heard(network, connection, handler);
        connection.onBroken = () => {
          reply.closed();
        };
        if (weather.maxRequestTime < Infinity)
          limit(network, connection, reply, handler, weather.maxRequestTime);
        if (random.chance(weather.doubled)) deliverTwice(network, url, body, reply);
        else deliver(network, url, body, reply);
      }
    };
    up.send({ size: body.length + HEADERS, deliver: arrive });
    return () => {
      connection.aborted = true;
      // What was sent before arrives all the same.
      up.send(() => {
        if (network.isLive(connection)) network.break(connection, false);
      });
    };
  };

/** A request arrives at the server, whatever server is there. */
function deliver(network: Network, url: string, body: Uint8Array, reply: Reply): void {
  const { host } = network;
  host?.machine.enter(() => {
    const readBody = (_limit: number, done: (body: Uint8Array) => void): void => {
      done(body);
    };
    host.endpoint.exchange({ request: head(url), reply, readBody }, host.onConnection);
  });
}

/** It arrives twice, and either answer may be the one that is passed on. */
export function deliverTwice(network: Network, url: string, body: Uint8Array, reply: Reply): void {
  const { random, clock, weather } = network;
  const [first, second] = random.chance(0.5) ? [reply, new Lost()] : [new Lost(), reply];
  deliver(network, url, body, first);
  const late = weather.late * random.next();
  if (late === 0 || second === reply) deliver(network, url, body, second);
  else {
    clock.setTimeout(() => {
      deliver(network, url, body, second);
    }, late);
  }
}

/** A proxy that waits for no response as long as that. */
function limit(
  network: Network,
  connection: Connection,
  reply: Ended,
  handler: PostHandler,
  maxRequestTime: number,
): void {
  const { clock, weather, client, host } = network;
  clock.setTimeout(() => {
    if (!network.isLive(connection) || reply.ended) return;
    connection.down.cut();
    network.done(connection);
    host?.machine.enter(() => {
      reply.closed();
    });
    clock.setTimeout(() => {
      client.enter(() => {
        if (connection.aborted) return;
        handler.head(504, null);
        handler.done();
      });
    }, weather.latency);
  }, maxRequestTime);
}

/** What is long arrives in parts, as over TCP. */
function segments(bytes: Buffer): Buffer[] {
  const parts = [];
  for (let at = 0; at === 0 || at < bytes.length; at += SEGMENT) parts.push(bytes.subarray(at, at + SEGMENT));
  return parts;
}

/** A response, as far as its end goes. */
abstract class Ended implements Reply {
  ended = false;
  #isClosed = false;
  #onClose: (() => void)[] = [];

  abstract readonly buffered: number;
  abstract write(bytes: Uint8Array): void;
  abstract end(bytes?: Uint8Array): void;
  abstract fail(status: number): void;
  abstract onDrain(callback: () => void): void;

  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = this.ended = true;
    for (const callback of this.#onClose) callback();
  }
}

/** A response that reaches the client, in the pieces that the weather makes of it. */
class Heard extends Ended {
  readonly #network: Network;
  readonly #connection: Connection;
  readonly #handler: PostHandler;
  #held = Buffer.alloc(0);
  #headed = false;
  /** More waits than Node likes: it tells when it has gone. */
  #isFull = false;
  #onDrain: () => void = () => undefined;

  constructor(network: Network, connection: Connection, handler: PostHandler) {
    super();
    this.#network = network;
    this.#connection = connection;
    this.#handler = handler;
  }

  get buffered(): number {
    return this.#connection.down.buffered;
  }

  write(bytes: Uint8Array): void {
    if (this.ended) return;
    this.#network.overheard?.(`POST ${this.#connection.id} <`, bytes);
    const whole = Buffer.concat([this.#held, bytes]);
    const { hold } = this.#network.weather;
    const ready = hold === 0 ? whole.length : hold === Infinity ? 0 : whole.length - (whole.length % hold);
    this.#held = whole.subarray(ready);
    if (ready > 0) this.#pass(whole.subarray(0, ready));
  }

  end(bytes?: Uint8Array): void {
    if (this.ended) return;
    this.#network.overheard?.(`POST ${this.#connection.id} < (end)`, bytes ?? '');
    this.#pass(Buffer.concat([this.#held, bytes ?? Buffer.alloc(0)]));
    this.#over(() => {
      this.#handler.done();
    });
  }

  fail(status: number): void {
    if (this.ended) return;
    this.#network.overheard?.(`POST ${this.#connection.id} <`, String(status));
    this.#over(() => {
      this.#handler.head(status, status === 503 ? RETRY_AFTER : null);
      this.#handler.done();
    });
  }

  onDrain(callback: () => void): void {
    this.#onDrain = callback;
  }

  #pass(bytes: Buffer): void {
    const { random, weather } = this.#network;
    const at = random.chance(weather.shredded) ? random.between(0, bytes.length) : 0;
    const pieces = at > 0 ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
    for (const piece of pieces.flatMap(segments)) {
      this.#connection.down.send({
        size: piece.length,
        deliver: () => {
          this.#arrive(piece);
        },
        deliverPart: (fraction) => {
          this.#arrive(piece.subarray(0, Math.floor(piece.length * fraction)));
        },
        left: () => {
          if (!this.#isFull || this.buffered > 0) return;
          this.#isFull = false;
          this.#network.host?.machine.enter(this.#onDrain);
        },
      });
    }
    if (this.buffered > HIGH_WATER) this.#isFull = true;
  }

  #arrive(bytes: Buffer): void {
    this.#network.client.enter(() => {
      if (this.#connection.aborted) return;
      if (!this.#headed) this.#handler.head(200, null);
      this.#headed = true;
      if (bytes.length > 0) this.#handler.chunk(bytes);
    });
  }

  /** It closes when the last of it has left. */
  #over(tell: () => void): void {
    this.ended = true;
    this.#connection.down.send({
      size: HEADERS,
      left: () => {
        this.#network.host?.machine.enter(() => {
          this.closed();
        });
      },
      deliver: () => {
        this.#network.done(this.#connection);
        this.#network.client.enter(() => {
          if (!this.#connection.aborted) tell();
        });
      },
    });
  }
}

/** A response that nobody hears. */
export class Lost extends Ended {
  readonly buffered = 0;
  readonly #began: () => void;

  /** @param began called when it would have begun */
  constructor(began: () => void = () => undefined) {
    super();
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
}
