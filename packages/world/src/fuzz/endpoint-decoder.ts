/**
 * The server's endpoint as a decoder: what strangers say on WebSockets and in bodies, beside a session of somebody else's.
 * Each input is a whole conversation with an endpoint of its own, in virtual time, and ends when nothing is left to happen.
 */
import type { IncomingMessage } from 'node:http';
import { controlRecord, parseAnswer } from '@holdfast/protocol';
import { Endpoint } from '../../../server/src/endpoint.ts';
import type { Exchange } from '../../../server/src/exchange.ts';
import { resolveOptions } from '../../../server/src/options.ts';
import type { HoldfastServerSocket } from '../../../server/src/socket.ts';
import { VirtualClock } from '../clock.ts';
import { decoder, must, mustEqual } from './decoder.ts';
import { FakeReply, FakeWire } from './fakes.ts';
import { bytesOf, textOf } from './mutate.ts';

/** Stands before each thing that is said; the next character says how it comes. */
const MARK = '\xfe';
/** Long enough for everything to be over, in ms. */
const FOREVER = 600_000;
/** All that a stranger may be answered over HTTP (SECURITY.md, "Hostile bytes"), and the codes that end sessions. */
const STATUSES = [200, 400, 409, 413, 429];
const CODES = [1002, 1007, 1008, 1009];

const VICTIM = 'the-victim-that-echoes';
const OWN = 'an-id-of-the-attackers';
const REQUEST = {
  url: '/live',
  headers: {},
  socket: { remoteAddress: '192.0.2.1' },
} as unknown as IncomingMessage;

const options = resolveOptions({
  noServer: true,
  maxPayload: 4096,
  maxBatch: 16_384,
  trustProxy: false,
  attachRate: { burst: 1e6, perSecond: 1e6 },
});

/** One endpoint, one victim, one stranger. */
class Siege {
  readonly #clock = new VirtualClock();
  readonly #endpoint: Endpoint;
  readonly #wires: FakeWire[] = [];
  readonly #replies: FakeReply[] = [];
  readonly #victim: FakeWire;
  #beats = 0;
  #sessions = 0;
  /** Answers, in words, each once. */
  readonly said = new Set<string>();

  constructor() {
    const { now, setTimeout, clearTimeout, defer } = this.#clock;
    const environment = { now, setTimeout, clearTimeout, defer };
    this.#endpoint = new Endpoint({ ...options, environment }, () => {
      this.#sessions--;
    });
    this.#victim = this.#open(`holdfast.1, holdfast.attach.${VICTIM}.1.new.-`);
    this.#wires.pop();
  }

  /** What the stranger says: how, in the first character, and what. */
  hear(said: string): void {
    const [how, what] = [said[0], said.slice(1)];
    const wire = this.#wires.at(-1);
    switch (how) {
      case 'O':
        this.#wires.push(this.#open(what));
        break;
      case 'P':
        this.#post(what);
        break;
      case 'T':
      case 'B':
        wire?.hear(what, how === 'B');
        break;
      case 'E':
        wire?.fail('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
        break;
      case 'L':
        this.#leave();
        break;
      default:
        this.#clock.run((how?.charCodeAt(0) ?? 0) * 20);
    }
    this.#beat();
  }

  /** The stranger goes, and time passes: nothing of it is left. */
  end(): void {
    for (const wire of this.#wires) wire.terminate();
    this.#clock.run(FOREVER);
    for (const reply of this.#replies) {
      must(reply.isOver, 'a request was never answered');
      if (reply.hasGone && reply.status === 0) continue;
      must(STATUSES.includes(reply.status), `a status that is not documented: ${reply.status}`);
      for (const item of reply.status === 200 ? reply.items : []) this.#note(item);
    }
    for (const wire of this.#wires) {
      for (const text of wire.said)
        if (text.startsWith('\x10') && text[1] !== '\x10') this.#note(parseAnswer(text.slice(1)) as never);
    }
    mustEqual(this.#sessions, 0, 'sessions that are left');
    mustEqual(this.#clock.pending, 0, 'timers that are left');
    mustEqual(this.#endpoint.visits.unattached.size, 0, 'visits that are left');
    mustEqual(this.#endpoint.visits.bodies.size, 0, 'bodies that are left');
  }

  /** The client of the last request goes. */
  #leave(): void {
    const reply = this.#replies.at(-1);
    if (!reply) return;
    reply.hasGone = true;
    reply.leave();
  }

  #note(item: { readonly type: string; readonly code?: number }): void {
    must(item.type !== 'violation', 'the server says what no server says');
    if (item.type === 'refused')
      must(CODES.includes(item.code ?? 0), `a code that is not documented: ${String(item.code)}`);
    this.said.add(item.type === 'refused' ? `refused ${String(item.code)}` : item.type);
  }

  #open(offer: string): FakeWire {
    const wire = new FakeWire(this.#clock);
    const offered = offer.split(',').map((name) => name.trim());
    this.#endpoint.connect(wire, offered, REQUEST, this.#begin);
    this.#clock.run(0);
    return wire;
  }

  #post(body: string): void {
    const reply = new FakeReply();
    this.#replies.push(reply);
    const exchange: Exchange = {
      request: REQUEST,
      reply,
      readBody: (limit, done) => {
        done(body.length > limit ? 'too-large' : bytesOf(body));
      },
    };
    this.#endpoint.exchange(exchange, this.#begin);
    this.#clock.run(0);
    if (reply.isOver) this.said.add(String(reply.status));
  }

  readonly #begin = (socket: HoldfastServerSocket): void => {
    this.#sessions++;
    socket.on('message', (data, binary) => {
      if (String(data) === 'pause') socket.pause();
      else if (String(data) === 'close') socket.close(3000, 'as you like');
      else socket.send(data, { binary });
    });
  };

  /** The victim says something, and hears it, once. */
  #beat(): void {
    if (this.#victim.isClosed) return;
    const said = this.#victim.said.length;
    const beat = `beat ${++this.#beats}`;
    this.#victim.hear(beat, false);
    const heard = this.#victim.said.slice(said).filter((text) => !text.startsWith('\x10'));
    mustEqual(heard, [beat], 'the victim heard');
  }
}

const line = (text: string): string => textOf(controlRecord(text));
const attach = `${line(`attach ${OWN} 1 new -`)}${line('from 1 0')}\x28hello`;
const send = line(`send ${OWN} 1`);
const post = (...records: string[]): string => `${MARK}P${records.join('')}`;
const open = (attempt: number | string, received: number | string): string =>
  `${MARK}Oholdfast.1, holdfast.attach.${OWN}.${attempt}.${received}.-`;
const poll = (number: number): string => post(line(`poll ${OWN} 1 ${number} 1000 stream`));

export const endpoint = decoder(
  'the endpoint',
  [
    open(1, 'new') +
      `${MARK}Thello${MARK}B\x01\x02${MARK}T\x10ping 1${MARK}T\x10ack 2${MARK}T\x10close 1000 bye`,
    post(attach) +
      poll(1) +
      post(send, line('ack 1'), line('seen 1'), line('from 2 0'), '\x28again') +
      poll(2),
    post(attach) +
      post(send, line('from 3 0'), '\x28late') +
      post(send, line('from 2 0'), '\x28next') +
      poll(1),
    post(attach) + open(0, 1) + `${MARK}T\x10attach ${OWN} 2 1 -${MARK}Thello${MARK}L${MARK}\x7f`,
    open(1, 'new') +
      `${MARK}Tpause${MARK}Tclose${MARK}E` +
      open(2, 0) +
      `${MARK}T\x10allow 99${MARK}T\x10pong 0`,
    post(attach) +
      post(attach) +
      post(send, line('from 2 0'), line('close 3000 bye')) +
      post(attach) +
      poll(1),
  ],
  [
    ...[
      MARK,
      `${MARK}T\x10`,
      `${MARK}P`,
      `${MARK}O`,
      `${MARK}L`,
      `${MARK}E`,
      `${MARK}\xff`,
      OWN,
      'pause',
      'close',
    ],
    ...[
      attach,
      send,
      poll(1),
      poll(2),
      open(2, 0),
      open(0, 1),
      line('ack 1'),
      line('from 2 0'),
      '\x28words',
      '\x3apart',
    ],
    ...[
      line('seen 1'),
      line('ping 7'),
      line('allow 5'),
      line('close 1000 '),
      `\x10attach ${OWN} 2 0 -`,
      '\x10ack 1',
    ],
  ],
  (input) => {
    const siege = new Siege();
    for (const said of textOf(input).split(MARK).slice(1, 24)) siege.hear(said);
    siege.end();
    return [...siege.said].sort().join();
  },
);
