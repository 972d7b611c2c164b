/**
 * A session of the doctor's own over HTTP (PROTOCOL.md §6). It sends no message, so the application sees nothing but
 * a client that comes and goes; pings, and words that no server knows, carry all that is measured.
 */
import {
  Assembler,
  concat,
  controlRecord,
  formatCommon,
  formatRequest,
  type PollFrame,
  type WelcomeFrame,
} from '@holdfast/protocol';
import type { Address, ResolvedOptions } from './options.ts';
import type { Environment } from './environment.ts';
import { post, wasLost, type Answer, type AnswerItem, type Post } from './post.ts';

/** A poll that is not over so long after its hold is lost, in ms. */
const POLL_GRACE = 3000;

/** One request can be lost by chance; so many are not. */
export const TRIES = 5;

/** How the server ended the session. */
export interface Ending {
  readonly code: number;
  readonly reason: string;
}

/** What tells one session from all others, and how far it came. */
export interface SessionPoint {
  readonly id: string;
  readonly attempt: number;
  readonly received: number;
}

export interface SessionContext {
  readonly env: Environment;
  readonly address: Address;
  readonly options: ResolvedOptions;
  readonly signal: AbortSignal;
}

export class HttpSession {
  welcome: WelcomeFrame | undefined;
  /** Set once the server, or its application, has ended the session. */
  ended: Ending | undefined;
  /** How many pongs came for each ping. */
  readonly pongs = new Map<number, number>();
  readonly #context: SessionContext;
  readonly #id: string;
  #attempt = 0;
  #polls = 0;
  #received = 0;
  #acknowledged = 0;
  #assembler = new Assembler(0, Infinity);

  constructor(context: SessionContext) {
    this.#context = context;
    this.#id = context.env.randomId();
  }

  get #patience() {
    return this.#context.options.patience;
  }

  /** Begins the session, or puts a fresh transport under it: nothing of earlier requests matters any more. */
  async attach(): Promise<Answer> {
    const { auth, protocols } = this.#context.options;
    const received = this.welcome ? this.#received : 'new';
    this.#attempt++;
    this.#polls = 0;
    this.#assembler = new Assembler(this.#received, Infinity);
    const { id, attempt } = { id: this.#id, attempt: this.#attempt };
    const line = formatRequest({ type: 'attach', id, attempt, received, auth, protocols });
    return this.#post([line], this.#patience.answer).answer;
  }

  /** The same for a session that is there, however often it takes: a request can be lost by chance. */
  async renew(): Promise<void> {
    for (let i = 0; i < TRIES && wasLost(await this.attach()); i++);
  }

  /** Sends control frames; `padding` makes the body so many bytes long, with words that a server ignores. */
  send(lines: readonly string[], padding = 0): Promise<Answer> {
    return this.#send(lines, padding, this.#patience.answer).answer;
  }

  /**
   * A request that the server keeps unanswered (§6.2.2): it brings a message that is ahead of one which never comes, so
   * nothing of it reaches the application.
   */
  sendAhead(timeout: number): Post {
    return this.#post(
      [this.#head, 'from 2 0', formatCommon({ type: 'close', code: 1000, reason: '' })],
      timeout,
    );
  }

  poll(hold: number, mode: PollFrame['mode'], onItems?: (items: readonly AnswerItem[]) => void): Post {
    const number = ++this.#polls;
    const key = this.welcome?.key;
    const frame = { type: 'poll', id: this.#id, attempt: this.#attempt, number, mode, key } as const;
    const line = formatRequest({ ...frame, hold: Math.round(hold) });
    return this.#post([line, ...this.#acknowledgement()], hold + POLL_GRACE, onItems);
  }

  /** The number of the last poll. */
  get polls(): number {
    return this.#polls;
  }

  /** Ends the session for the server, if it ever came to be. */
  async close(): Promise<void> {
    if (this.ended || this.#attempt === 0) return;
    const { env, address, options } = this.#context;
    await sayGoodbye(
      { env, address, options },
      { id: this.#id, attempt: this.#attempt, received: this.#received },
    );
  }

  get #head(): string {
    return formatRequest({ type: 'send', id: this.#id, attempt: this.#attempt, key: this.welcome?.key });
  }

  #acknowledgement(): string[] {
    if (this.#received === this.#acknowledged) return [];
    this.#acknowledged = this.#received;
    return [formatCommon({ type: 'ack', received: this.#received })];
  }

  #send(lines: readonly string[], padding: number, timeout: number): Post {
    return this.#post([this.#head, ...this.#acknowledgement(), ...lines], timeout, undefined, padding);
  }

  #post(
    lines: readonly string[],
    timeout: number,
    onItems?: (items: readonly AnswerItem[]) => void,
    padding = 0,
  ): Post {
    const { env, address, signal } = this.#context;
    const records = lines.map(controlRecord);
    const used = records.reduce((sum, { length }) => sum + length, 0);
    const body = concat([...records, ...paddingRecords(padding - used)]);
    const assembler = this.#assembler;
    return post(env, address.http, body, {
      timeout,
      signal,
      onItems: (items) => {
        for (const item of items) this.#take(item, assembler);
        onItems?.(items);
      },
    });
  }

  #take(item: AnswerItem, assembler: Assembler): void {
    switch (item.type) {
      case 'piece':
        assembler.take(item);
        if (assembler === this.#assembler) this.#received = assembler.position.seq - 1;
        break;
      case 'close':
      case 'refused':
        this.ended = item;
        break;
      case 'welcome':
        this.welcome = item;
        break;
      case 'pong':
        this.pongs.set(item.id, (this.pongs.get(item.id) ?? 0) + 1);
        break;
      default:
    }
  }
}

const GOODBYE = 'the doctor is done';
const GOODBYE_TIMEOUT = 1500;

/** What closes a session from wherever it is: one request that claims it, and brings its close along (§6.2.1). */
export async function sayGoodbye(
  { env, address, options }: Omit<SessionContext, 'signal'>,
  { id, attempt, received }: SessionPoint,
): Promise<void> {
  const { auth } = options;
  const attach = { type: 'attach', id, attempt: attempt + 1, received, auth, protocols: [] } as const;
  const lines = [
    formatRequest(attach),
    'from 1 0',
    formatCommon({ type: 'close', code: 1000, reason: GOODBYE }),
  ];
  const { signal } = new AbortController();
  const timeout = Math.min(GOODBYE_TIMEOUT, options.patience.answer);
  await post(env, address.http, concat(lines.map(controlRecord)), { timeout, signal }).answer;
}

/** A ping has 15 digits, so that its pong has a size that is known: that of its record, in bytes. */
export const PONG_SIZE = 22;
const FIRST_PING = 100_000_000_000_000;

/** So many pings, numbered from `first` on. */
export const pings = (count: number, first: number): string[] =>
  Array.from({ length: count }, (_, i) => `ping ${FIRST_PING + first + i}`);

/** Control frames with a word that no server knows, which are `size` bytes together. */
function paddingRecords(size: number): Uint8Array[] {
  const records: Uint8Array[] = [];
  const word = 'padding ';
  // A header of two bytes counts up to 2047.
  for (let rest = size; rest > word.length + 8;) {
    const length = rest > 4000 ? 2000 : rest > 2049 ? 1000 : rest;
    records.push(controlRecord(word.padEnd(length - 2, 'x')));
    rest -= length;
  }
  return records;
}
