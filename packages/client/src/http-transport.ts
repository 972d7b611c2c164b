/**
 * Frames over HTTP (PROTOCOL.md §6): requests bring ours, another one waits for the server's. A page that sends little needs
 * two connections, one that sends a lot five at most.
 */
import { Assembler, BatchWriter, controlRecord, formatRequest } from '@holdfast/protocol';
import type { AttachFrame, Batch, PollAnswerFrame, SessionFrame, WelcomeFrame } from '@holdfast/protocol';
import type { Environment } from './environment.ts';
import type { HttpPath } from './http-path.ts';
import { HttpPolls } from './http-polls.ts';
import type { AnswerItem, Outcome } from './http-request.ts';
import { HttpRequests, lossOf, NOT_HOLDFAST } from './http-requests.ts';
import type { Finding, Loss, Transport, TransportName, TransportOwner } from './transport.ts';

/** So many requests with batches are under way at most: a server keeps as many that have overtaken another one (PROTOCOL.md §6.2.2). */
const MAX_SENDS = 4;
/** Between two of them is so much time at least, in ms, unless there is enough for a whole one. */
const MIN_PAUSE = 5;
/** Who is told to attach anew sooner than that, in ms, would be told so again and again. */
const SETTLED_AFTER = 1000;

/** What a response brings, but for what it tells of itself. */
type Saying = Exclude<AnswerItem, PollAnswerFrame>;

/** A batch that is under way. */
interface Send {
  readonly batch: Batch;
  /** Ends its request, or the pause before it goes again. */
  end: () => void;
}

export class HttpTransport implements Transport {
  readonly batches = true;
  name: TransportName = 'polling';
  isMidway = false;
  readonly #env: Environment;
  readonly #path: HttpPath;
  readonly #requests: HttpRequests;
  #owner: TransportOwner | undefined;
  #attached: AttachFrame | undefined;
  #writer = new BatchWriter();
  #assembler = new Assembler(0, Infinity);
  #polls: HttpPolls | undefined;
  /** Ends the request that opens, or the polls that follow it. */
  #endDownlink = (): void => undefined;
  /** What is under way, in order. */
  readonly #sends = new Set<Send>();
  /** When the last one began. */
  #sentAt = 0;
  /** One of them did not get through: until all are answered there are no more of them. */
  #isTroubled = false;
  #isPausing = false;
  #flushing = false;
  #welcomed: WelcomeFrame | undefined;
  #welcomedAt = 0;
  /** What has come and waits for its task. */
  readonly #waiting: Saying[] = [];
  /** What answers to our batches brought: a poll brings it as well, so it is no matter what they miss. */
  readonly #spare = new WeakSet<AnswerItem>();
  #isWaiting = false;
  /** The last answer was to find out whether responses arrive as they are written. */
  #probed = false;

  constructor(env: Environment, url: string, path: HttpPath, owner: TransportOwner) {
    this.#env = env;
    this.#path = path;
    this.#owner = owner;
    this.#requests = new HttpRequests(env, url, (loss) => {
      this.#lose(loss);
    });
  }

  get writable(): boolean {
    return this.#writer.pending < this.#path.maxBatch;
  }

  get buffered(): number {
    // A server may claim to have more of a message than there is.
    let bytes = this.#writer.pending;
    for (const { batch } of this.#sends) bytes += batch.size;
    return Math.max(0, bytes);
  }

  attach(frame: AttachFrame): void {
    this.#attached = frame;
    this.#assembler = new Assembler(frame.received === 'new' ? 0 : frame.received, Infinity);
    this.#open(frame, this.#writer.cut(this.#path.batchSize, [controlRecord(formatRequest(frame))]), 0);
  }

  send(frame: SessionFrame): void {
    this.#writer.add(frame);
    this.#flushSoon();
  }

  close(pageEnds = false): void {
    this.#owner = undefined;
    this.#endDownlink();
    // What is under way ends with the page: it goes again, with the rest.
    if (pageEnds) this.#rewind();
    this.#flush();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#attached = undefined;
    this.#endDownlink();
    this.#requests.end();
  }

  #open(frame: AttachFrame, batch: Batch, repeat: number): void {
    const began = this.#env.now();
    this.#endDownlink = this.#requests.send(batch.bytes, this.#path.timeout(batch.size, repeat), false, {
      items: (items, bytes) => {
        this.#hear(items, bytes);
      },
      done: (outcome) => {
        // What has begun a session does not try to begin it again.
        if (outcome.kind === 'silent' && !this.#welcomed) {
          this.#endDownlink = this.#requests.repeat(outcome, repeat, () => {
            this.#open(frame, batch, repeat + 1);
          });
        } else if (this.#cutSmaller(batch, outcome)) this.attach(frame);
        else if (outcome.kind !== 'done') this.#lose(lossOf(outcome));
        else if (this.#welcomed) {
          this.#path.roundTrip ||= this.#env.now() - began;
          this.#poll(frame);
        } else this.#lose(NOT_HOLDFAST);
      },
    });
  }

  #poll({ id, attempt }: AttachFrame): void {
    const key = this.#welcomed?.key;
    const owner = {
      take: (items: readonly AnswerItem[], bytes: number) => {
        this.#hear(items, bytes);
      },
      takeAck: () => this.#owner?.takeAck(),
      found: (finding: Finding, detail: string) => {
        this.#owner?.found(finding, detail);
      },
      lose: (loss: Loss) => {
        this.#lose(loss);
      },
      ask: () => {
        if (this.name === 'polling') this.#flush(true);
      },
    };
    const polls = new HttpPolls(this.#env, this.#path, this.#requests, owner, { id, attempt, key });
    this.#polls = polls;
    this.#endDownlink = () => {
      polls.end();
    };
    polls.start();
  }

  /** What one task sends travels in one batch. */
  #flushSoon(): void {
    if (this.#flushing || !this.#welcomed) return;
    this.#flushing = true;
    this.#env.defer(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  /** @param asks though there is nothing to send: what its answer brings is wanted */
  #flush(asks = false): void {
    if (!this.#attached || !this.#welcomed || (this.#writer.isEmpty && !asks) || !this.#isTime()) return;
    this.#sentAt = this.#env.now();
    const { id, attempt } = this.#attached;
    const head = controlRecord(formatRequest({ type: 'send', id, attempt, key: this.#welcomed.key }));
    const batch = this.#writer.cut(this.#path.batchSize, [head]);
    const send = { batch, end: () => undefined };
    this.#sends.add(send);
    this.#post(send, 0);
    // There is room for more now, which gathers while this batch is under way.
    this.#owner?.writable();
    if (!this.#writer.isEmpty) this.#flush();
  }

  /**
   * Whether a batch may go now. Beside others it may if the way is as quick as ever, and after a part of a round trip: what
   * waits does not wait for long then, and each batch brings what it can.
   */
  #isTime(): boolean {
    const { size } = this.#sends;
    if (size === 0) return true;
    const { batchSize } = this.#path;
    const { pending } = this.#writer;
    if (size >= MAX_SENDS || this.#isTroubled || !this.#path.takes(Math.min(pending, batchSize)))
      return false;
    if (pending >= batchSize) return true;
    const pause = Math.max(MIN_PAUSE, this.#path.roundTrip / MAX_SENDS);
    // Whole ones: a fraction may be too little to be a later time.
    const wait = Math.ceil(this.#sentAt + pause - this.#env.now());
    if (wait > 0 && !this.#isPausing) {
      this.#isPausing = true;
      this.#requests.after(wait, () => {
        this.#isPausing = false;
        this.#flush();
      });
    }
    return wait <= 0;
  }

  #post(send: Send, repeat: number): void {
    let isOurs = false;
    let ended: number | undefined;
    const began = this.#env.now();
    const { bytes, end, size } = send.batch;
    // Without an owner it is closing: these are its last words.
    send.end = this.#requests.send(bytes, this.#path.timeout(size, repeat), !this.#owner, {
      items: (items) => {
        isOurs ||= items.length > 0;
        for (const item of items) {
          if (item.type === 'ended') ended = item.number;
          this.#spare.add(item);
        }
        this.#came(items);
      },
      done: (outcome) => {
        if (outcome.kind === 'done') {
          if (!isOurs) {
            this.#lose(NOT_HOLDFAST);
            return;
          }
          this.#path.went(bytes.length, began, this.#env.now());
          this.#polls?.heardOf(ended);
          this.#writer.confirm(end);
          this.#sends.delete(send);
          this.#isTroubled &&= this.#sends.size > 0;
        } else if (!this.#cutSmaller(send.batch, outcome)) {
          this.#isTroubled = true;
          send.end = this.#requests.repeat(outcome, repeat, () => {
            this.#post(send, repeat + 1);
          });
          return;
        }
        this.#flush();
        this.#owner?.writable();
      },
    });
  }

  /** Less of what was too large, or may have been; false if it was not, or if less makes no sense. */
  #cutSmaller(batch: Batch, { kind }: Outcome): boolean {
    const { length } = batch.bytes;
    if (kind !== 'too-large' && kind !== 'unanswered') return false;
    const { maxBatch } = this.#path;
    const isWorthIt = this.#path.refused(length, kind === 'too-large', this.#env.now());
    if (this.#path.maxBatch < maxBatch) this.#owner?.found('bodies-limited', `${length} bytes were too many`);
    if (isWorthIt) {
      for (const { end } of this.#sends) end();
      this.#rewind(batch);
    }
    return isWorthIt;
  }

  /** What is under way goes again, with the rest. */
  #rewind(...batches: Batch[]): void {
    for (const { batch } of this.#sends) batches.push(batch);
    this.#writer.rewind([...new Set(batches)].flatMap(({ lines }) => lines));
    this.#sends.clear();
    this.#isTroubled = false;
  }

  /** Takes what the server says of its own accord: a piece of a response, which may be no more than a part of a record. */
  #hear(items: readonly AnswerItem[], bytes: number): void {
    this.isMidway = items.length === 0;
    this.#owner?.heard(bytes);
    this.#came(items);
  }

  #came(items: readonly AnswerItem[]): void {
    for (const item of items) if (!this.#tells(item)) this.#waiting.push(item);
    if (!this.#isWaiting) this.#takeNext();
  }

  /** Whether an item only tells how responses come. It waits for no message: a probe has to be answered while it is open. */
  #tells(item: AnswerItem): item is PollAnswerFrame {
    switch (item.type) {
      case 'probe':
        this.#writer.say(formatRequest({ type: 'seen', number: item.number }));
        this.#flushSoon();
        this.#reads('polling', true);
        break;
      case 'batch':
        if (this.#probed || this.name === 'streaming')
          this.#owner?.found('responses-held', 'no response was seen before its end');
        this.#reads('polling');
        break;
      case 'stream':
        this.#reads('streaming');
        break;
      case 'ended':
        break;
      default:
        return false;
    }
    return true;
  }

  /** Each message has a task of its own, as on a WebSocket: who awaits one may listen for the next after it. */
  #takeNext(): void {
    this.#isWaiting = false;
    const { task } = this.#env;
    for (let item; this.#owner && !this.#isWaiting && (item = this.#waiting.shift());) {
      this.#take(item);
      if (!task || (item.type !== 'welcome' && (item.type !== 'piece' || item.more))) continue;
      this.#isWaiting = true;
      task(() => {
        this.#takeNext();
      });
    }
  }

  /** Takes what a response brought. */
  #take(item: Saying): void {
    if (!this.#owner) return;
    switch (item.type) {
      case 'violation':
        this.#lose({ reason: item.reason, verdict: 'not-holdfast' });
        return;
      case 'piece':
      case 'close': {
        const frame = this.#assembler.take(item);
        if (frame?.type === 'violation') {
          if (!this.#spare.has(item)) this.#lose({ reason: frame.reason });
        } else if (frame) this.#owner.frame(frame);
        break;
      }
      case 'welcome':
        this.#welcomed = item;
        this.#welcomedAt = this.#env.now();
        this.#writer = new BatchWriter(item.offset);
        this.#owner.frame(item);
        break;
      default:
        this.#owner.frame(item);
    }
  }

  /** How the server's frames come. */
  #reads(name: TransportName, probed = false): void {
    this.#probed = probed;
    if (this.name === name) return;
    this.name = name;
    this.#owner?.renamed();
  }

  #lose(loss: Loss): void {
    const owner = this.#owner;
    this.terminate();
    // That what a poll asks for is not kept any more (PROTOCOL.md §6.3.5) is no reason to leave a server.
    if (loss.isBehind && this.#env.now() - this.#welcomedAt >= SETTLED_AFTER)
      owner?.frame({ type: 'superseded' });
    else owner?.lost(loss);
  }
}
