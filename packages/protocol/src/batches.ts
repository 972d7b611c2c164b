/**
 * Frames as HTTP batches and back (PROTOCOL.md §6.1). A batch names where in the stream its records belong (the number
 * of a message and the first byte in it), so a batch that arrives twice, late, or cut anew says nothing that is wrong.
 */
import { formatCommon, type ParseControl, type UnknownFrame } from './control.ts';
import {
  violation,
  type CloseFrame,
  type CommonFrame,
  type DataFrame,
  type SessionFrame,
  type Violation,
} from './frames.ts';
import { concat, join, Kind, RecordReader, type Record } from './records.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A place in a direction's stream. */
export interface Position {
  readonly seq: number;
  readonly offset: number;
}

/** Whether `a` comes before `b`. */
export const isBefore = (a: Position, b: Position): boolean =>
  a.seq < b.seq || (a.seq === b.seq && a.offset < b.offset);

const control = (line: string): Record => ({ kind: Kind.control, bytes: encoder.encode(line) });

/** A record that holds a control frame. */
export const controlRecord = (line: string): Uint8Array => join([], [control(line)]);

/** Records of one batch, however short they are: what a receiver bounds (PROTOCOL.md §9) is more. */
const MAX_RECORDS = 16_384;

/** A run of records cut from the stream, and the place behind its end. */
export interface Batch {
  readonly bytes: Uint8Array;
  readonly end: Position;
  /** Bytes of messages in it. */
  readonly size: number;
  /** Those of its records that have no place in the stream. */
  readonly lines: readonly Uint8Array[];
}

type Queued = { readonly seq: number; readonly bytes: Uint8Array; readonly kind: number };

/** Cuts frames into batches. What was cut is kept until it is confirmed, so that it can be cut anew. */
export class BatchWriter {
  #queue: Queued[] = [];
  #lines: Uint8Array[] = [];
  /** The next piece: its place in the queue, and the first byte in it. */
  #index = 0;
  #offset: number;
  /** Bytes of the first message in the queue that the peer has. */
  #confirmed: number;
  /** The number behind the last frame. */
  #endSeq = 1;
  /** The body in which the last batch stands, if others may follow it there. */
  #body: object | undefined;
  /** Bytes of messages that are not cut yet. */
  pending: number;

  /** @param confirmed bytes of the first message that the peer has already */
  constructor(confirmed = 0) {
    this.#offset = this.#confirmed = confirmed;
    this.pending = -confirmed;
  }

  /** Whether there is nothing to cut. */
  get isEmpty(): boolean {
    return this.#index === this.#queue.length && this.#lines.length === 0;
  }

  /** Adds a frame. Acks, pings and pongs go first in the next batch: they have no place in the stream. */
  add(frame: SessionFrame): void {
    if ('seq' in frame) this.#endSeq = frame.seq + 1;
    if (frame.type === 'data') {
      const bytes = typeof frame.data === 'string' ? encoder.encode(frame.data) : frame.data;
      this.#queue.push({ seq: frame.seq, bytes, kind: frame.binary ? Kind.binary : Kind.text });
      this.pending += bytes.length;
    } else if (frame.type === 'close') {
      this.#queue.push({ seq: frame.seq, ...control(formatCommon(frame)) });
    } else {
      this.say(formatCommon(frame));
    }
  }

  /** Adds a line that goes first in the next batch. */
  say(line: string): void {
    this.#lines.push(controlRecord(line));
  }

  /**
   * The next batch: about `maxBytes` of records, a single one if that is all that fits; behind bytes that are there already.
   *
   * @param body what it stands in, if more than one may: there the first alone says where it belongs
   */
  cut(maxBytes: number, before: readonly Uint8Array[] = [], body?: object): Batch {
    const { pending } = this;
    const lines = this.#lines;
    const pieces = [...before, ...lines];
    const records: Record[] = [];
    this.#lines = [];
    const head = this.#queue[this.#index];
    if (head && (!body || body !== this.#body)) {
      records.push(control(`from ${head.seq} ${this.#offset}`));
      this.#body = body;
    }
    for (let room = Math.max(1, Math.floor(maxBytes)), n = 0; room > 0 && n < MAX_RECORDS; n++) {
      const item = this.#queue[this.#index];
      if (!item) break;
      const rest = item.bytes.length - this.#offset;
      const whole = rest <= room || item.kind === Kind.control;
      const size = whole ? rest : room;
      if (size === item.bytes.length) records.push(item);
      else {
        const kind = whole ? item.kind : item.kind + Kind.textPart;
        records.push({ kind, bytes: item.bytes.subarray(this.#offset, this.#offset + size) });
      }
      // A record's header counts too: a crowd of empty messages does not fit into no bytes.
      room -= size + 2;
      if (item.kind !== Kind.control) this.pending -= size;
      if (whole) {
        this.#index++;
        this.#offset = 0;
      } else this.#offset += size;
    }
    return { bytes: join(pieces, records), end: this.#position, size: pending - this.pending, lines };
  }

  /** The peer has everything before `end`: it is forgotten. Old news is no news. */
  confirm(end: Position): void {
    const [first] = this.#queue;
    if (first && isBefore(end, { seq: first.seq, offset: this.#confirmed })) return;
    const found = this.#queue.findIndex(({ seq }) => seq >= end.seq);
    const done = found < 0 ? this.#queue.length : found;
    this.#queue.splice(0, done);
    this.#index -= done;
    this.#confirmed = found < 0 ? 0 : end.offset;
  }

  /** Begins anew at the first byte that is not confirmed, and with lines of batches that are not confirmed. */
  rewind(lines: readonly Uint8Array[]): void {
    this.#lines.unshift(...lines);
    this.#index = 0;
    this.#offset = this.#confirmed;
    this.pending = this.#queue.reduce(
      (sum, { kind, bytes }) => sum + dataLength(kind, bytes),
      -this.#confirmed,
    );
  }

  get #position(): Position {
    const item = this.#queue[this.#index];
    return item ? { seq: item.seq, offset: this.#offset } : { seq: this.#endSeq, offset: 0 };
  }
}

/** Bytes of the application in a queued frame. */
const dataLength = (kind: number, bytes: Uint8Array): number => (kind === Kind.control ? 0 : bytes.length);

/** A record of a message, with its place in the stream. */
export interface Piece extends Position {
  readonly type: 'piece';
  readonly binary: boolean;
  /** Whether more of the same message follows. */
  readonly more: boolean;
  readonly bytes: Uint8Array;
}

interface Typed {
  readonly type: string;
}

/** What a batch holds, in order. */
export type Item<F extends Typed> =
  Piece | CloseFrame | Exclude<F | CommonFrame, { readonly type: 'close' | 'from' }> | Violation;

/** Reads batches: gives each record its place. One for each body. */
export class BatchReader<F extends Typed> {
  readonly #records: RecordReader;
  readonly #parse: ParseControl<F>;
  #seq = 0;
  #offset = 0;

  constructor(parse: ParseControl<F>, maxRecord: number, maxRecords?: number) {
    this.#parse = parse;
    this.#records = new RecordReader(maxRecord, maxRecords);
  }

  /** Whether the body ended between two records. */
  get isWhole(): boolean {
    return this.#records.isEmpty;
  }

  /** Adds a piece of the body; gives what is whole now, up to the first violation. */
  push(bytes: Uint8Array): Item<F>[] {
    const items: Item<F>[] = [];
    for (const record of this.#records.push(bytes)) {
      const item = 'type' in record ? record : this.#read(record);
      if (item.type !== 'unknown') items.push(item as Item<F>);
      if (item.type === 'violation') break;
    }
    return items;
  }

  #read({ kind, bytes }: Record): Item<F> | UnknownFrame {
    if (kind === Kind.control) return this.#control(decoder.decode(bytes));
    if (this.#seq === 0) return violation('message before its number');
    const more = kind >= Kind.textPart;
    const { seq, offset } = { seq: this.#seq, offset: this.#offset };
    if (more) this.#offset += bytes.length;
    else this.#advance();
    return { type: 'piece', seq, offset, binary: kind % 2 === Kind.binary, more, bytes };
  }

  #control(line: string): Item<F> | UnknownFrame {
    const frame = this.#parse(line) as CommonFrame | UnknownFrame | undefined;
    if (!frame) return violation('malformed control frame');
    if (frame.type === 'from') {
      this.#seq = frame.seq;
      this.#offset = frame.offset;
      return { type: 'unknown' };
    }
    if (frame.type === 'close') {
      if (this.#seq === 0) return violation('close before its number');
      return { ...frame, seq: this.#advance() };
    }
    return frame;
  }

  #advance(): number {
    this.#offset = 0;
    return this.#seq++;
  }
}

/** Puts pieces together, in order and once each. It begins behind what was received. */
export class Assembler {
  #seq: number;
  #offset = 0;
  /** What is here of a message whose end is not. Each keeps what it came in, unless somebody puts another array in its place. */
  parts: Uint8Array[] = [];
  readonly #maxPayload: number;

  constructor(received: number, maxPayload: number) {
    this.#seq = received + 1;
    this.#maxPayload = maxPayload;
  }

  /** The place of the next byte that is missing. */
  get position(): Position {
    return { seq: this.#seq, offset: this.#offset };
  }

  /** Takes what comes next; undefined for what is not whole yet, or was here before. */
  take(item: Piece | CloseFrame): DataFrame | CloseFrame | Violation | undefined {
    const offset = item.type === 'piece' ? item.offset : 0;
    if (isBefore(this.position, { seq: item.seq, offset })) return violation('gap in the stream');
    if (item.seq < this.#seq) return undefined;
    if (item.type === 'close') {
      this.#seq++;
      return item;
    }
    // Another view of what is all new would be one more for each message.
    let fresh = item.bytes;
    if (offset < this.#offset) fresh = fresh.subarray(Math.min(fresh.length, this.#offset - offset));
    if (this.#offset + fresh.length > this.#maxPayload) return violation('message too long', 1009);
    this.#offset += fresh.length;
    if (item.more) {
      this.parts.push(fresh);
      return undefined;
    }
    const data = this.parts.length > 0 ? concat([...this.parts, fresh]) : fresh;
    this.parts = [];
    this.#offset = 0;
    return { type: 'data', seq: this.#seq++, binary: item.binary, data };
  }
}
