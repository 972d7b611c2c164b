/**
 * Fuzzes a whole client: a page's socket against a server that means it no good, in virtual time. It answers in order now
 * and then, so that the client gets somewhere, and then says what no server says.
 */
import { HoldfastSocket } from '@holdfast/client';
import {
  BatchReader,
  concat,
  controlRecord,
  formatAnswer,
  parseRequest,
  type AnswerFrame,
  type AttachFrame,
  type PollFrame,
  type SendFrame,
} from '@holdfast/protocol';
import type { Environment, PostHandler, PostRequest } from '../../../client/src/environment.ts';
import type { PageListener } from '../../../client/src/page.ts';
import { VirtualClock } from '../clock.ts';
import { Random } from '../random.ts';
import { must } from './decoder.ts';
import { clientPlanOf, type ClientPlan, type Move } from './client-moves.ts';
import { HostileWebSocket } from './hostile-websocket.ts';
import { bytesOf } from './mutate.ts';
import { heapNow, type Tally } from './heap.ts';

/** `setTimeout` takes no more than that, in ms: what is longer is over at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;
/** What a client may dial in a second, and at once. */
const DIALS_PER_SECOND = 40;
const DIALS_AT_ONCE = 60;

const WELCOME: AnswerFrame = {
  type: 'welcome',
  received: 0,
  protocol: '',
  heartbeat: 25_000,
  maxPayload: 1000,
};

interface Waiting {
  readonly body: Uint8Array;
  readonly handler: PostHandler;
  isOver: boolean;
  hasHead: boolean;
}

/** A client, and all that it has dialled. */
export class Ambushed {
  readonly #clock = new VirtualClock();
  readonly #webSockets: HostileWebSocket[] = [];
  readonly #posts: Waiting[] = [];
  readonly #socket: HoldfastSocket;
  #page: PageListener | undefined;
  #dials = 0;
  #closes = 0;
  /** How often it is to end. */
  #ends = 1;
  /** What the client's socket told, each once. */
  readonly told = new Set<string>();

  constructor(transports: ClientPlan['transports'], seed: number) {
    const random = new Random(seed);
    const { now, clearTimeout, defer } = this.#clock;
    const dialled = (): void => {
      this.#dials++;
      must(this.#dials <= DIALS_AT_ONCE + (now() / 1000) * DIALS_PER_SECOND, 'it dials without end');
    };
    let ids = 0;
    const environment = {
      ...{ now, clearTimeout, defer, random: random.next, WebSocket: this.#classOf(dialled) },
      // As in browsers and Node: a longer one is over at once. Whoever asks for that again and again is found out by its dials.
      setTimeout: (callback: () => void, ms: number) => {
        must(!Number.isNaN(ms), 'a timer without a time');
        return this.#clock.setTimeout(callback, ms > MAX_TIMEOUT ? 1 : ms);
      },
      randomId: () => `the-id-of-a-client-${String(++ids).padStart(4, '0')}`,
      post: (request: PostRequest, handler: PostHandler) => {
        dialled();
        const waiting = { body: request.body, handler, isOver: false, hasHead: false };
        this.#posts.push(waiting);
        return () => {
          waiting.isOver = true;
        };
      },
      page: {
        online: () => true,
        listen: (listener: PageListener) => {
          this.#page = listener;
          return () => (this.#page = undefined);
        },
      },
    } as unknown as Environment;
    this.#socket = new HoldfastSocket('ws://server/live', [], { transports: [...transports], environment });
    this.#socket.binaryType = 'arraybuffer';
    for (const type of ['open', 'message', 'error', 'sessionlost', 'statechange'] as const)
      this.#socket.addEventListener(type, () => void this.told.add(type));
    this.#socket.addEventListener('close', ({ code }) => {
      // Of what a listener throws nobody here would hear.
      this.#closes++;
      this.told.add(`close ${code}`);
    });
    this.#clock.run(0);
  }

  move(move: Move): void {
    const webSocket = this.#webSockets.at(-1);
    switch (move.do) {
      case 'answer':
        this.#answer();
        break;
      case 'open':
        if (!webSocket || webSocket.isOpen) break;
        webSocket.protocol = move.protocol;
        webSocket.tell('open');
        break;
      case 'text':
        webSocket?.tell('message', { data: Buffer.from(move.say, 'latin1').toString() });
        break;
      case 'binary':
        webSocket?.tell('message', { data: bytesOf(move.say).buffer });
        break;
      case 'close':
        webSocket?.tell('close', { code: move.code, reason: '__proto__' });
        break;
      case 'error':
        webSocket?.tell('error');
        break;
      case 'respond':
        this.#respond(move);
        break;
      case 'pass':
        this.#clock.run(move.ms);
        break;
      case 'send':
        if (this.#socket.readyState === 1) this.#socket.send(move.say);
        break;
      case 'wake':
      case 'sleep':
        this.#page?.[move.do]();
        break;
      case 'reconnect':
        // After its end it begins anew, and ends once more.
        if (this.#socket.readyState >= 2) this.#ends++;
        this.#socket.reconnect();
        break;
      case 'leave':
        this.#socket.close();
    }
    this.#clock.run(0);
    must(this.#socket.bufferedAmount >= 0, `bufferedAmount is ${this.#socket.bufferedAmount}`);
  }

  /** The page closes its socket: some time later nothing of it is left. */
  end(): void {
    this.#socket.close();
    this.#clock.run(60_000);
    must(this.#socket.readyState === 3, 'it does not close');
    must(this.#closes === this.#ends, 'it does not tell each end once');
    // Its last words may be repeated for a while, each with a deadline.
    this.#clock.run(600_000);
    must(this.#clock.pending === 0, 'timers are left');
  }

  #classOf(dialled: () => void) {
    const webSockets = this.#webSockets;
    return class extends HostileWebSocket {
      constructor(_url: string, protocols: string | string[] = []) {
        super([protocols].flat());
        dialled();
        webSockets.push(this);
      }
    };
  }

  #respond({ status, retryAfter, say, ends }: Move & { do: 'respond' }): void {
    const post = this.#posts.find((each) => !each.isOver);
    if (!post) return;
    if (!post.hasHead) post.handler.head(status, retryAfter);
    post.hasHead = true;
    if (say && !post.isOver) post.handler.chunk(bytesOf(say));
    if (!ends || post.isOver) return;
    post.isOver = true;
    post.handler.done(status === 0 ? 'it broke' : undefined);
  }

  /** As a server in order that has no messages. */
  #answer(): void {
    const webSocket = this.#webSockets.at(-1);
    if (webSocket && !webSocket.isOver) {
      if (!webSocket.isOpen) {
        webSocket.protocol = 'holdfast.1';
        webSocket.tell('open');
        const [, , attempt] = /holdfast\.attach\.([\w-]+)\.(\d+)/.exec(webSocket.offered.join()) ?? [];
        this.#say(webSocket, attempt === '0' ? { type: 'superseded' } : WELCOME);
      }
      for (const line of webSocket.said.splice(0)) {
        const frame = line.startsWith('\x10') ? parseRequest(line.slice(1)) : undefined;
        if (frame?.type === 'ping') this.#say(webSocket, { type: 'pong', id: frame.id });
        if (frame?.type === 'attach') this.#say(webSocket, WELCOME);
      }
    }
    for (const post of this.#posts.splice(0)) {
      if (post.isOver || post.hasHead) continue;
      const [head, ...items] = new BatchReader(parseRequest, Infinity).push(post.body);
      const answers = this.#answersTo(head as AttachFrame | SendFrame | PollFrame | undefined);
      for (const item of items) if (item.type === 'ping') answers.push({ type: 'pong', id: item.id });
      post.isOver = true;
      post.handler.head(200, null);
      post.handler.chunk(concat(answers.map((each) => controlRecord(formatAnswer(each)))));
      post.handler.done();
    }
  }

  #answersTo(head: AttachFrame | SendFrame | PollFrame | undefined): Parameters<typeof formatAnswer>[0][] {
    if (head?.type === 'poll')
      return [{ type: head.mode === 'stream' ? 'probe' : 'batch', number: head.number }];
    return [head?.type === 'attach' ? WELCOME : { type: 'ack', received: 0 }];
  }

  #say(webSocket: HostileWebSocket, frame: Parameters<typeof formatAnswer>[0]): void {
    webSocket.tell('message', { data: `\x10${formatAnswer(frame)}` });
  }
}

/** Plays a plan: says what the page was told of it; throws if something happens that must not. */
export function ambush({ transports, moves }: ClientPlan): string {
  const { warn } = console;
  // It says something of each server that is none of ours.
  // eslint-disable-next-line no-console -- it is kept quiet
  console.warn = () => undefined;
  try {
    const client = new Ambushed(transports, 1);
    for (const move of moves) client.move(move);
    client.end();
    return [...client.told].sort().join();
  } finally {
    // eslint-disable-next-line no-console -- as it was
    console.warn = warn;
  }
}

/** The smallest plan found that still fails in the same way. */
export function shrinkPlan(plan: ClientPlan, failure: (plan: ClientPlan) => string | undefined): ClientPlan {
  const wanted = failure(plan);
  let best = plan;
  for (let before; before !== best;) {
    before = best;
    for (let i = best.moves.length - 1; i >= 0; i--) {
      const candidate = { ...best, moves: best.moves.filter((_, n) => n !== i) };
      if (failure(candidate) === wanted) best = candidate;
    }
  }
  return best;
}

const failureOfPlan = (plan: ClientPlan): string | undefined => {
  try {
    ambush(plan);
    return undefined;
  } catch (error) {
    return String(error).replace(/\d+/g, 'n');
  }
};

/** Runs so many plans, or until the first that fails. */
export function fuzzClient(
  { inputs, seed }: { inputs: number; seed: number },
  goesOn: (tally: Tally) => boolean = () => true,
): Tally {
  const tally: Tally = { name: 'the client', inputs: 0, outcomes: new Map(), heap: [] };
  const random = new Random(seed);
  while (tally.inputs < inputs && goesOn(tally)) {
    tally.inputs++;
    const plan = clientPlanOf(random);
    try {
      const told = ambush(plan);
      tally.outcomes.set(told, (tally.outcomes.get(told) ?? 0) + 1);
    } catch (error) {
      const small = shrinkPlan(plan, failureOfPlan);
      tally.failure = { input: JSON.stringify({ target: tally.name, plan: small }), error: error as Error };
      return tally;
    }
    if (tally.inputs === Math.ceil(inputs / 10) || tally.inputs === inputs) tally.heap.push(heapNow());
  }
  return tally;
}
