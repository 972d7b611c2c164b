/**
 * Frames over HTTP (PROTOCOL.md §6): one request at a time brings ours, another one waits for the server's. A page needs
 * two connections at most.
 */
import { Assembler, BatchWriter, concat, controlRecord, formatRequest } from '@holdfast/protocol';
import type { AttachFrame, Batch, SessionFrame, WelcomeFrame } from '@holdfast/protocol';
import type { Environment } from './environment.ts';
import type { HttpPath } from './http-path.ts';
import { HttpPolls } from './http-polls.ts';
import type { AnswerItem, Outcome } from './http-request.ts';
import { HttpRequests, lossOf, NOT_HOLDFAST } from './http-requests.ts';
import type { Finding, Loss, Transport, TransportName, TransportOwner } from './transport.ts';

/** Who is told to attach anew sooner than that, in ms, would be told so again and again. */
const SETTLED_AFTER = 1000;

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
  /** Lines that go with the next batch, beside the frames of the session. */
  #lines: Uint8Array[] = [];
  #assembler = new Assembler(0, Infinity);
  #polls: HttpPolls | undefined;
  /** Ends the request that opens, or the polls that follow it. */
  #endDownlink = (): void => undefined;
  #sending = false;
  /** Bytes of messages in the request that is under way. */
  #underWay = 0;
  #flushing = false;
  #welcomed: WelcomeFrame | undefined;
  #welcomedAt = 0;
  /** What has come and waits for its task. */
  readonly #waiting: AnswerItem[] = [];
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
    return Math.max(0, this.#writer.pending + this.#underWay);
  }

  attach(frame: AttachFrame): void {
    this.#attached = frame;
    this.#assembler = new Assembler(frame.received === 'new' ? 0 : frame.received, Infinity);
    this.#open(frame, this.#writer.cut(this.#path.batchSize), 0);
  }

  send(frame: SessionFrame): void {
    this.#writer.add(frame);
    this.#flushSoon();
  }

  close(pageEnds = false): void {
    this.#owner = undefined;
    this.#endDownlink();
    // What is under way ends with the page: it goes again, with the rest.
    if (pageEnds && this.#sending) this.#writer.rewind();
    if (pageEnds) this.#sending = false;
    this.#flush();
  }

  terminate(): void {
    this.#owner = undefined;
    this.#attached = undefined;
    this.#endDownlink();
    this.#requests.end();
  }

  #open(frame: AttachFrame, batch: Batch, repeat: number): void {
    const body = concat([controlRecord(formatRequest(frame)), batch.bytes]);
    this.#endDownlink = this.#requests.send(body, this.#path.timeout(batch.bytes.length, repeat), false, {
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
        else if (this.#welcomed) this.#poll(frame);
        else this.#lose(NOT_HOLDFAST);
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

  #flush(): void {
    if (this.#sending || !this.#attached || !this.#welcomed) return;
    if (this.#writer.isEmpty && this.#lines.length === 0) return;
    this.#sending = true;
    const { pending } = this.#writer;
    const batch = this.#writer.cut(this.#path.batchSize);
    this.#underWay = pending - this.#writer.pending;
    const { id, attempt } = this.#attached;
    const head = controlRecord(formatRequest({ type: 'send', id, attempt, key: this.#welcomed.key }));
    const body = concat([head, ...this.#lines, batch.bytes]);
    const lines = this.#lines;
    this.#lines = [];
    this.#post(batch, body, 0, lines);
    // There is room for more now, which gathers while this batch is under way.
    this.#owner?.writable();
  }

  /** @param lines what goes with it, to go again with the next one if the body was too large */
  #post(batch: Batch, body: Uint8Array, repeat: number, lines: readonly Uint8Array[]): void {
    let isOurs = false;
    let ended: number | undefined;
    const began = this.#env.now();
    // Without an owner it is closing: these are its last words.
    this.#requests.send(body, this.#path.timeout(batch.bytes.length, repeat), !this.#owner, {
      items: (items) => {
        isOurs ||= items.length > 0;
        for (const item of items) if (item.type === 'ended') ended = item.number;
        this.#came(items);
      },
      done: (outcome) => {
        switch (outcome.kind) {
          case 'done':
            if (!isOurs) {
              this.#lose(NOT_HOLDFAST);
              return;
            }
            this.#path.went(body.length, began, this.#env.now());
            this.#polls?.heardOf(ended);
            this.#writer.confirm(batch.end);
            this.#sent();
            return;
          default:
            if (this.#cutSmaller(batch, outcome)) {
              this.#lines.unshift(...lines);
              this.#sent();
              return;
            }
            this.#requests.repeat(outcome, repeat, () => {
              this.#post(batch, body, repeat + 1, lines);
            });
        }
      },
    });
  }

  /** Less of what was too large, or may have been; false if it was not, or if less makes no sense. */
  #cutSmaller({ bytes }: Batch, { kind }: Outcome): boolean {
    if (kind !== 'too-large' && kind !== 'unanswered') return false;
    const { maxBatch } = this.#path;
    const isWorthIt = this.#path.refused(bytes.length, kind === 'too-large', this.#env.now());
    if (this.#path.maxBatch < maxBatch)
      this.#owner?.found('bodies-limited', `${bytes.length} bytes were too many`);
    if (isWorthIt) this.#writer.rewind();
    return isWorthIt;
  }

  #sent(): void {
    this.#sending = false;
    this.#underWay = 0;
    this.#flush();
    this.#owner?.writable();
  }

  /** Takes what the server says of its own accord: a piece of a response, which may be no more than a part of a record. */
  #hear(items: readonly AnswerItem[], bytes: number): void {
    this.isMidway = items.length === 0;
    this.#owner?.heard(bytes);
    this.#came(items);
  }

  #came(items: readonly AnswerItem[]): void {
    for (const item of items) this.#waiting.push(item);
    if (!this.#isWaiting) this.#takeNext();
  }

  /** Each message has a task of its own, as on a WebSocket: who awaits one may listen for the next after it. */
  #takeNext(): void {
    this.#isWaiting = false;
    const { task } = this.#env;
    for (let item; this.#owner && !this.#isWaiting && (item = this.#waiting.shift());) {
      this.#take([item]);
      if (!task || (item.type !== 'welcome' && (item.type !== 'piece' || item.more))) continue;
      this.#isWaiting = true;
      task(() => {
        this.#takeNext();
      });
    }
  }

  /** Takes what a response brought. */
  #take(items: readonly AnswerItem[]): void {
    for (const item of items) {
      if (!this.#owner) return;
      switch (item.type) {
        case 'violation':
          this.#lose({ reason: item.reason, verdict: 'not-holdfast' });
          return;
        case 'piece':
        case 'close': {
          const frame = this.#assembler.take(item);
          if (frame?.type === 'violation') this.#lose({ reason: frame.reason });
          else if (frame) this.#owner.frame(frame);
          break;
        }
        case 'probe':
          this.#lines.push(controlRecord(formatRequest({ type: 'seen', number: item.number })));
          this.#flushSoon();
          this.#reads('polling', true);
          break;
        case 'batch':
          if (this.#probed || this.name === 'streaming')
            this.#owner.found('responses-held', 'no response was seen before its end');
          this.#reads('polling');
          break;
        case 'stream':
          this.#reads('streaming');
          break;
        case 'ended':
          break;
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
