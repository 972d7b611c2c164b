/**
 * Frames over HTTP (PROTOCOL.md §6): one request at a time brings ours, another one waits for the server's. The waiting
 * one is a long-poll, and a stream once the server knows that we see what it writes while it writes.
 */
import {
  BatchWriter,
  concat,
  controlRecord,
  formatCommon,
  formatRequest,
  Assembler,
} from '@holdfast/protocol';
import type { AttachFrame, Batch, SessionFrame } from '@holdfast/protocol';
import type { Environment } from './environment.ts';
import { request, type AnswerItem, type Outcome, type RequestHandler } from './http-request.ts';
import type { Transport, TransportName, TransportOwner } from './transport.ts';

/** The first size of a batch, in bytes: below nginx's limit of 1 MB. A proxy that allows less halves it, */
const MAX_BATCH = 512 * 1024;
/** down to this. */
const MIN_BATCH = 1024;
/** A small request is answered in this time, in ms, and a repeated one in the next; a large one may take a ms more for each so many bytes at worst. */
const REQUEST_TIMEOUTS = [1500, 2000, 4000];
const MAX_REQUEST_TIMEOUT = 8000;
const SLOW_BYTES_PER_MS = 4;
/** Bodies that are smaller tell nothing of the way's speed, in bytes; and of one that is not known no more is asked at once. */
const TELLING = 8 * 1024;
const CAREFUL_BATCH = 64 * 1024;
/** A batch is on its way for about so long, in ms: what is lost in silence is missed no later than a few times that. */
const BATCH_TIME = 1000;
/** A poll that is not over so long after its hold is lost, in ms. */
const POLL_GRACE = 5000;
/** How long the server may hold a response, in ms: less when a proxy ends them earlier. */
const MAX_HOLD = 25_000;
const MIN_HOLD = 1000;
/** Repeats of a request before the transport is given up, and the delay before each, in ms. */
const REPEATS = [0, 250, 1000];

/** What is known of the way to the server. The transports of a connection share it, one after the other. */
export interface HttpPath {
  /** Whether a stream is wanted where responses arrive as they are written. */
  readonly streams: boolean;
  /** Bytes of a batch: less once a proxy took no more. */
  maxBatch: number;
  /** How fast bodies went lately, in bytes per ms. */
  speed: number;
  /** How long the server may hold a response, in ms: less once a proxy ended one earlier. */
  hold: number;
}

/** A way of which nothing is known. */
export const unknownPath: HttpPath = {
  streams: true,
  maxBatch: MAX_BATCH,
  speed: SLOW_BYTES_PER_MS,
  hold: MAX_HOLD,
};

export class HttpTransport implements Transport {
  readonly batches = true;
  name: TransportName = 'polling';
  readonly #env: Environment;
  readonly #url: string;
  readonly #path: HttpPath;
  #owner: TransportOwner | undefined;
  #attached: AttachFrame | undefined;
  #writer = new BatchWriter();
  /** Lines that go with the next batch, beside the frames of the session. */
  #lines: Uint8Array[] = [];
  #assembler = new Assembler(0, Infinity);
  #polls = 0;
  /** What ends each request that is under way, and each pause before a repeat. */
  readonly #pending = new Set<() => void>();
  /** Ends the request that waits for the server's frames, or the pause before it. */
  #endDownlink = (): void => undefined;
  #sending = false;
  #flushing = false;
  #welcomed = false;

  constructor(env: Environment, url: string, path: HttpPath, owner: TransportOwner) {
    this.#env = env;
    this.#url = url;
    this.#path = path;
    this.#owner = owner;
  }

  get writable(): boolean {
    return this.#writer.pending < this.#path.maxBatch;
  }

  get buffered(): number {
    return this.#writer.pending;
  }

  attach(frame: AttachFrame): void {
    this.#attached = frame;
    this.#assembler = new Assembler(frame.received === 'new' ? 0 : frame.received, Infinity);
    this.#open(frame, this.#writer.cut(this.#batchSize), 0);
  }

  send(frame: SessionFrame): void {
    this.#writer.add(frame);
    this.#flushSoon();
  }

  close(): void {
    this.#owner = undefined;
    // Nobody hears what it would bring.
    this.#endDownlink();
    this.#flush();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#attached = undefined;
    for (const end of this.#pending) end();
    this.#pending.clear();
  }

  #open(frame: AttachFrame, batch: Batch, repeat: number): void {
    const body = concat([controlRecord(formatRequest(frame)), batch.bytes]);
    this.#endDownlink = this.#request(body, this.#timeout(batch, repeat), {
      items: (items) => {
        this.#take(items);
      },
      done: (outcome) => {
        // What has begun a session does not try to begin it again.
        if (outcome.kind === 'silent' && !this.#welcomed) {
          this.#endDownlink = this.#repeat(outcome, repeat, () => {
            this.#open(frame, batch, repeat + 1);
          });
        } else if (outcome.kind === 'too-large' && this.#cutSmaller(batch)) this.attach(frame);
        else if (outcome.kind === 'busy') this.#lose(outcome.reason, outcome.retryAfter);
        else if (outcome.kind !== 'done') this.#lose(describe(outcome));
        else if (this.#welcomed) this.#poll();
        else this.#lose('the answer is not from a Holdfast server');
      },
    });
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

  #flush(): void {
    if (this.#sending || !this.#attached || !this.#welcomed) return;
    if (this.#writer.isEmpty && this.#lines.length === 0) return;
    this.#sending = true;
    const batch = this.#writer.cut(this.#batchSize);
    const { id, attempt } = this.#attached;
    const head = controlRecord(formatRequest({ type: 'send', id, attempt }));
    const body = concat([head, ...this.#lines, batch.bytes]);
    this.#lines = [];
    this.#post(batch, body, 0);
    // There is room for more now, which gathers while this batch is under way.
    this.#owner?.writable();
  }

  #post(batch: Batch, body: Uint8Array, repeat: number): void {
    let isOurs = false;
    const began = this.#env.now();
    this.#request(body, this.#timeout(batch, repeat), {
      items: (items) => {
        isOurs = true;
        this.#take(items);
      },
      done: (outcome) => {
        switch (outcome.kind) {
          case 'done':
            if (!isOurs) {
              this.#lose('the answer is not from a Holdfast server');
              return;
            }
            if (body.length >= TELLING) this.#path.speed = body.length / (this.#env.now() - began + 1);
            this.#writer.confirm(batch.end);
            this.#sent();
            return;
          case 'too-large':
            if (this.#cutSmaller(batch)) this.#sent();
            else this.#lose('every body is too large for a proxy');
            return;
          default:
            this.#repeat(outcome, repeat, () => {
              this.#post(batch, body, repeat + 1);
            });
        }
      },
    });
  }

  /** Half of what was too large; false if less makes no sense. */
  #cutSmaller({ bytes }: Batch): boolean {
    this.#path.maxBatch = Math.floor(Math.min(this.#path.maxBatch, bytes.length) / 2);
    this.#writer.rewind();
    return this.#path.maxBatch >= MIN_BATCH;
  }

  #sent(): void {
    this.#sending = false;
    this.#flush();
    this.#owner?.writable();
  }

  get #batchSize(): number {
    return Math.min(this.#path.maxBatch, Math.max(CAREFUL_BATCH, this.#path.speed * BATCH_TIME));
  }

  /** Short at first, since an abort discards a dead connection; longer with each repeat, since the network may be slow. */
  #timeout({ bytes }: Batch, repeat: number): number {
    const least = Math.max(SLOW_BYTES_PER_MS, this.#path.speed / 4 ** (repeat + 1));
    return (REQUEST_TIMEOUTS[repeat] ?? MAX_REQUEST_TIMEOUT) + bytes.length / least;
  }

  #poll(number = ++this.#polls, repeat = 0): void {
    if (!this.#owner || !this.#attached) return;
    const { id, attempt } = this.#attached;
    const hold = Math.round(this.#path.hold);
    const mode = this.#path.streams ? 'stream' : 'poll';
    const lines = [controlRecord(formatRequest({ type: 'poll', id, attempt, number, hold, mode }))];
    const ack = this.#owner.takeAck();
    if (ack) lines.push(controlRecord(formatCommon(ack)));
    const began = this.#env.now();
    let records = 0;
    this.#endDownlink = this.#request(concat(lines), hold + POLL_GRACE, {
      items: (items) => {
        records += items.length;
        this.#owner?.heard();
        this.#take(items);
      },
      done: (outcome) => {
        if (outcome.kind === 'done') {
          if (records > 0) this.#poll();
          else this.#lose('the answer is not from a Holdfast server');
          return;
        }
        // Something on the way does not let a request wait that long.
        const lasted = this.#env.now() - began;
        if (lasted > MIN_HOLD) this.#path.hold = Math.max(MIN_HOLD, Math.min(hold, lasted) * 0.7);
        // The first record only says which poll it answers.
        this.#endDownlink = this.#repeat(outcome, records > 1 ? 0 : repeat, () => {
          this.#poll(number, repeat + 1);
        });
      },
    });
  }

  /** Takes what a response brought. */
  #take(items: readonly AnswerItem[]): void {
    for (const item of items) {
      if (!this.#owner) return;
      switch (item.type) {
        case 'violation':
          this.#lose(item.reason);
          return;
        case 'piece':
        case 'close': {
          const frame = this.#assembler.take(item);
          if (frame?.type === 'violation') this.#lose(frame.reason);
          else if (frame) this.#owner.frame(frame);
          break;
        }
        case 'batch':
        case 'probe':
          this.#rename('polling');
          if (item.type === 'probe') {
            this.#lines.push(controlRecord(formatRequest({ type: 'seen', number: item.number })));
            this.#flushSoon();
          }
          break;
        case 'stream':
          this.#rename('streaming');
          break;
        case 'welcome':
          this.#welcomed = true;
          this.#writer = new BatchWriter();
          this.#owner.frame(item);
          break;
        default:
          this.#owner.frame(item);
      }
    }
  }

  #rename(name: TransportName): void {
    if (this.name === name) return;
    this.name = name;
    this.#owner?.renamed();
  }

  /** Gives what ends it: nothing is reported after that. */
  #request(body: Uint8Array, timeout: number, handler: RequestHandler): () => void {
    // Without an owner it is closing: these are its last words.
    const post = { url: this.#url, body, last: !this.#owner };
    const abort = request(this.#env, post, timeout, {
      ...handler,
      done: (outcome) => {
        this.#pending.delete(abort);
        handler.done(outcome);
      },
    });
    return this.#until(abort);
  }

  /** Repeats what did not get through, a few times; gives up otherwise. Gives what ends the pause before. */
  #repeat(outcome: Outcome, repeat: number, again: () => void): () => void {
    const delays = {
      busy: 'retryAfter' in outcome ? outcome.retryAfter : 0,
      silent: 0,
      failed: REPEATS[repeat],
    };
    const delay = delays[outcome.kind as keyof typeof delays];
    if (delay === undefined || repeat > REPEATS.length) {
      this.#lose(describe(outcome));
      return () => undefined;
    }
    const timer = this.#env.setTimeout(() => {
      this.#pending.delete(cancel);
      again();
    }, delay);
    const cancel = (): void => {
      this.#env.clearTimeout(timer);
    };
    return this.#until(cancel);
  }

  /** Notes what ends something that is under way; gives it back. */
  #until(end: () => void): () => void {
    this.#pending.add(end);
    return end;
  }

  #lose(reason: string, retryAfter?: number): void {
    const owner = this.#owner;
    this.terminate();
    owner?.lost(retryAfter === undefined ? { reason } : { reason, retryAfter });
  }
}

const describe = (outcome: Outcome): string => ('reason' in outcome ? outcome.reason : outcome.kind);
