import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
// eslint-disable-next-line no-restricted-imports -- records are the package's own: only batches are made of them
import { concat, join, Kind, RecordReader, type Record } from '../src/records.ts';
import { cutInto, places } from './arbitraries.ts';

const kinds = fc.constantFrom(...Object.values(Kind));
const records = fc.array(fc.record({ kind: kinds, bytes: fc.uint8Array({ maxLength: 300 }) }));

const write = (all: readonly Record[]): Uint8Array => join([], all);
/** The header of a record with so many bytes. */
const header = (kind: number, length: number): Uint8Array => {
  const whole = write([{ kind, bytes: new Uint8Array(length) }]);
  return whole.subarray(0, whole.length - length);
};

const tooLong = { type: 'violation', code: 1009, reason: 'record too long' };
const malformed = { type: 'violation', code: 1002, reason: 'malformed record' };

describe('a header', () => {
  it('is a varint of length × 8 + kind', () => {
    expect(header(Kind.text, 0)).toEqual(Uint8Array.of(0));
    expect(header(Kind.control, 15)).toEqual(Uint8Array.of(124));
    expect(header(Kind.text, 16)).toEqual(Uint8Array.of(128, 1));
    expect(header(Kind.binary, 2048)).toEqual(Uint8Array.of(129, 128, 1));
  });

  it('names its kind by the numbers of PROTOCOL.md §6.1', () => {
    expect(Kind).toEqual({ text: 0, binary: 1, textPart: 2, binaryPart: 3, control: 4 });
  });

  it('holds a length beyond 2^32', () => {
    const reader = new RecordReader(2 ** 40 - 1);
    // 2^43 + 1
    expect(reader.push(Uint8Array.of(129, 128, 128, 128, 128, 128, 2))).toEqual([tooLong]);
    const patient = new RecordReader(2 ** 40);
    expect(patient.push(Uint8Array.of(129, 128, 128, 128, 128, 128, 2))).toEqual([]);
  });
});

describe('a body', () => {
  it('gives the records that were written, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(records, places, (all, cuts) => {
        const reader = new RecordReader(300);
        expect(cutInto(write(all), cuts).flatMap((piece) => reader.push(piece))).toEqual(all);
        expect(reader.isEmpty).toBe(true);
      }),
    );
  });

  it('gives each record with its last byte, and not before', () => {
    const bytes = write([{ kind: Kind.binary, bytes: new Uint8Array(200).fill(7) }]);
    const reader = new RecordReader(200);
    const given = Array.from(bytes, (byte) => reader.push(Uint8Array.of(byte)).length);
    expect(given).toEqual([...Array<number>(bytes.length - 1).fill(0), 1]);
  });

  it('may be empty', () => {
    const reader = new RecordReader(10);
    expect(reader.isEmpty).toBe(true);
    expect(reader.push(Uint8Array.of())).toEqual([]);
    expect(reader.isEmpty).toBe(true);
  });

  it('is not whole in the middle of a record', () => {
    const bytes = write([{ kind: Kind.text, bytes: new Uint8Array(300) }]);
    for (let length = 1; length < bytes.length; length++) {
      const reader = new RecordReader(300);
      reader.push(bytes.subarray(0, length));
      expect(reader.isEmpty).toBe(false);
    }
  });

  it('leaves a record where it is unless it came in pieces', () => {
    const reader = new RecordReader(10);
    const record = { kind: Kind.text, bytes: Uint8Array.of(1, 2, 3) };
    const bytes = write([record, record, record]);
    const [first, rest] = [bytes.subarray(0, 6), bytes.slice(6)];
    const buffers = [...reader.push(first), ...reader.push(rest)].map((each) =>
      'bytes' in each ? each.bytes.buffer : undefined,
    );
    expect(buffers.map((buffer) => [bytes.buffer, rest.buffer].indexOf(buffer as ArrayBuffer))).toEqual([
      0, -1, 1,
    ]);
  });

  it('has nothing more behind what is no record', () => {
    const reader = new RecordReader(10);
    expect(reader.push(Uint8Array.of(7))).toEqual([malformed]);
    expect(reader.push(Uint8Array.of(0))).toEqual([]);
    expect(reader.isEmpty).toBe(false);
  });

  it('takes records up to the limit', () => {
    const reader = new RecordReader(10);
    const record = { kind: Kind.text, bytes: new Uint8Array(10) };
    expect(reader.push(write([record]))).toEqual([record]);
  });

  it('gives what is before a record that is too long, and refuses that one by its header', () => {
    const reader = new RecordReader(10);
    const good = { kind: Kind.text, bytes: Uint8Array.of(1) };
    expect(reader.push(concat([write([good]), header(Kind.text, 11)]))).toEqual([good, tooLong]);
  });

  it('has no more records than it may have', () => {
    const reader = new RecordReader(10, 3);
    const empty = { kind: Kind.text, bytes: new Uint8Array() };
    expect(reader.push(new Uint8Array(2))).toEqual([empty, empty]);
    expect(reader.push(new Uint8Array(2))).toEqual([
      empty,
      { type: 'violation', code: 1008, reason: 'too many records' },
    ]);
  });

  it.each([5, 6, 7])('refuses the unknown kind %i', (kind) => {
    expect(new RecordReader(10).push(Uint8Array.of(kind))).toEqual([malformed]);
  });

  it('refuses a header that has no end', () => {
    const reader = new RecordReader(10);
    expect(reader.push(new Uint8Array(6).fill(0xff))).toEqual([]);
    expect(reader.push(Uint8Array.of(0xff))).toEqual([malformed]);
  });

  it('is read without throwing, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1000 }), places, (bytes, cuts) => {
        const reader = new RecordReader(64);
        for (const piece of cutInto(bytes, cuts)) reader.push(piece);
      }),
    );
  });
});

describe('concat', () => {
  it('joins pieces in order', () => {
    expect(concat([])).toEqual(Uint8Array.of());
    expect(concat([Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)])).toEqual(Uint8Array.of(1, 2, 3));
  });

  it('does not copy a single piece', () => {
    const piece = Uint8Array.of(1, 2);
    expect(concat([piece])).toBe(piece);
  });
});
