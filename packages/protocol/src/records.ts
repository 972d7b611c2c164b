/**
 * An HTTP body is a run of records (PROTOCOL.md §6.1): a varint that holds length × 8 + kind, then so many bytes.
 * Here bytes become records and back, in whatever pieces a network delivers them.
 */
import { violation, type Violation } from './frames.ts';

/** The kinds of records. A message longer than a record is parts, and then an end of the kind 'text' or 'binary'. */
export const Kind = { text: 0, binary: 1, textPart: 2, binaryPart: 3, control: 4 } as const;

/** One record. */
export interface Record {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/** The longest varint that is read: 2^49 is more than any length. */
const MAX_HEADER = 7;

/** How many bytes a record's header has: unsigned LEB128 of length × 8 + kind. */
function headerSize({ bytes }: Record): number {
  let size = 1;
  for (let limit = 16; bytes.length >= limit; limit *= 128) size++;
  return size;
}

/** Writes a record's header; gives the place behind it. */
function writeHeader(target: Uint8Array, at: number, { kind, bytes }: Record): number {
  let rest = bytes.length * 8 + kind;
  for (; rest > 127; rest = Math.floor(rest / 128)) target[at++] = (rest % 128) + 128;
  target[at++] = rest;
  return at;
}

/** Records as bytes, behind bytes that are there already. */
export function join(before: readonly Uint8Array[], records: readonly Record[]): Uint8Array {
  let size = 0;
  for (const bytes of before) size += bytes.length;
  for (const record of records) size += headerSize(record) + record.bytes.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const bytes of before) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  for (const record of records) {
    at = writeHeader(whole, at, record);
    whole.set(record.bytes, at);
    at += record.bytes.length;
  }
  return whole;
}

/** Joins pieces into one array; a single piece is not copied. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return first && pieces.length === 1 ? first : join(pieces, []);
}

/** Reads records from pieces of a body. */
export class RecordReader {
  /** What has come and is not read; its bytes are counted, so that a long record is joined once and not at each piece. */
  #pieces: Uint8Array[] = [];
  #size = 0;
  #wanted = 1;
  readonly #maxRecord: number;
  #left: number;

  /**
   * @param maxRecord bytes of one record
   * @param maxRecords how many records there may be: an empty one is a single byte, and costs more to handle than to send
   */
  constructor(maxRecord: number, maxRecords = Infinity) {
    this.#maxRecord = maxRecord;
    this.#left = maxRecords;
  }

  /** Whether all that came was read: true at the end of a whole body. */
  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Adds a piece and gives the records that are whole now, up to the first thing that is none. */
  push(piece: Uint8Array): (Record | Violation)[] {
    const records: (Record | Violation)[] = [];
    for (let from = 0; from < piece.length;) {
      // What is not whole is joined with what it lacks, and with no more: the rest is read where it is.
      const next = piece.subarray(from, this.#size > 0 ? from + this.#wanted - this.#size : piece.length);
      this.#pieces.push(next);
      this.#size += next.length;
      from += next.length;
      if (this.#size < this.#wanted) break;
      // Behind what is no record there are none.
      this.#wanted = Infinity;
      const bytes = concat(this.#pieces);
      for (let at = 0; ;) {
        const header = readHeader(bytes, at);
        if (header === 'malformed') return [...records, violation('malformed record')];
        if (header && header.length > this.#maxRecord)
          return [...records, violation('record too long', 1009)];
        const end = header ? header.end + header.length : bytes.length + 1;
        if (!header || end > bytes.length) {
          this.#pieces = at < bytes.length ? [bytes.subarray(at)] : [];
          this.#size = bytes.length - at;
          this.#wanted = end - at;
          break;
        }
        if (--this.#left < 0) return [...records, violation('too many records', 1008)];
        records.push({ kind: header.kind, bytes: bytes.subarray(header.end, end) });
        at = end;
      }
    }
    return records;
  }
}

/** The header at `at`: undefined while it is not whole. */
function readHeader(bytes: Uint8Array, at: number) {
  let value = 0;
  let scale = 1;
  for (let i = at; i < at + MAX_HEADER; i++) {
    const byte = bytes[i];
    if (byte === undefined) return undefined;
    value += (byte % 128) * scale;
    if (byte < 128) {
      const kind = value % 8;
      if (kind > Kind.control) return 'malformed';
      return { kind, length: (value - kind) / 8, end: i + 1 };
    }
    scale *= 128;
  }
  return 'malformed';
}
