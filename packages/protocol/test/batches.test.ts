import {
  Assembler,
  BatchReader,
  BatchWriter,
  concat,
  controlRecord,
  isBefore,
  parseRequest,
  type Batch,
  type CloseFrame,
  type DataFrame,
  type Piece,
  type Position,
  type SessionFrame,
} from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutInto, places } from './arbitraries.ts';

const encoder = new TextEncoder();
const text = (seq: number, data: string): DataFrame => ({ type: 'data', seq, data, binary: false });
const bytes = (seq: number, ...data: number[]): DataFrame => ({
  type: 'data',
  seq,
  data: Uint8Array.from(data),
  binary: true,
});
const close = (seq: number): CloseFrame => ({ type: 'close', seq, code: 4000, reason: 'so long' });

const writerOf = (...frames: SessionFrame[]): BatchWriter => {
  const writer = new BatchWriter();
  for (const frame of frames) writer.add(frame);
  return writer;
};

/** All of a writer in batches of so many bytes. */
function cutAll(writer: BatchWriter, maxBytes: number): Batch[] {
  const batches: Batch[] = [];
  while (!writer.isEmpty) batches.push(writer.cut(maxBytes));
  return batches;
}

const read = (body: Uint8Array, cuts: readonly number[] = []) => {
  const reader = new BatchReader(parseRequest, Infinity);
  return cutInto(body, cuts).flatMap((piece) => reader.push(piece));
};

const isInStream = (item: { readonly type: string }): item is Piece | CloseFrame =>
  item.type === 'piece' || item.type === 'close';

/** A body of the stream, taken in; gives what is whole then, or the violation. */
const take = (assembler: Assembler, body: Uint8Array, cuts?: readonly number[]) =>
  read(body, cuts)
    .filter(isInStream)
    .map((item) => assembler.take(item))
    .filter((frame) => frame !== undefined);

const bytesOf = (data: string | Uint8Array): Uint8Array =>
  typeof data === 'string' ? encoder.encode(data) : data;

/** A frame as it arrives: its text as UTF-8. */
const arrived = (frame: DataFrame | CloseFrame) =>
  frame.type === 'data' ? { ...frame, data: bytesOf(frame.data) } : frame;

const gap = { type: 'violation', code: 1002, reason: 'gap in the stream' };

const contents = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).map((data) => ({ data, binary: false })),
  fc.uint8Array({ maxLength: 40 }).map((data) => ({ data, binary: true })),
);

const frames = fc.tuple(fc.array(contents, { maxLength: 20 }), fc.boolean()).map(([all, ends]) => {
  const data = all.map((content, i): SessionFrame => ({ type: 'data', seq: i + 1, ...content }));
  return ends ? [...data, close(all.length + 1)] : data;
}) as fc.Arbitrary<(DataFrame | CloseFrame)[]>;

describe('batches', () => {
  it('bring the messages that were written, whatever their size and however their bytes come', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 0, max: 60 }), places, (all, maxBytes, cuts) => {
        const assembler = new Assembler(0, Infinity);
        const batches = cutAll(writerOf(...all), maxBytes);
        expect(batches.flatMap((batch) => take(assembler, batch.bytes, cuts))).toEqual(all.map(arrived));
      }),
    );
  });

  it('say nothing new when they come again', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 0, max: 60 }), fc.array(fc.nat()), (all, maxBytes, repeats) => {
        const assembler = new Assembler(0, Infinity);
        const batches = cutAll(writerOf(...all), maxBytes);
        const whole = batches.flatMap((batch, i) => [
          ...take(assembler, batch.bytes),
          ...repeats.flatMap((n) => take(assembler, batches[n % (i + 1)]!.bytes)),
        ]);
        expect(whole).toEqual(all.map(arrived));
      }),
    );
  });

  it('say nothing that is wrong when they are lost, repeated, confirmed and cut anew at any time', () => {
    const moves = fc.array(
      fc.oneof(
        fc.record({ do: fc.constant('send' as const), content: contents }),
        fc.record({ do: fc.constant('cut' as const), maxBytes: fc.nat(60) }),
        fc.record({ do: fc.constantFrom('deliver' as const, 'confirm' as const), which: fc.nat() }),
        fc.record({ do: fc.constant('rewind' as const) }),
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(moves, (all) => {
        const line = new Line();
        for (const move of all) {
          switch (move.do) {
            case 'send':
              line.send(move.content);
              break;
            case 'cut':
              line.cut(move.maxBytes);
              break;
            case 'rewind':
              line.rewind();
              break;
            default:
              if (line.batches.length > 0) line[move.do](line.batches[move.which % line.batches.length]!);
          }
          expect(line.writer.pending + 0).toBe(line.toCome);
        }
        line.rewind();
        while (!line.writer.isEmpty) line.deliver(line.cut(7));
        expect(line.received).toEqual(line.sent.map(arrived));
      }),
      { numRuns: 500 },
    );
  });
});

interface CutBatch extends Batch {
  readonly start: Position;
  /** How often the writer was rewound before. */
  readonly age: number;
}

/** A writer, an assembler, and all batches that ever were between them. */
class Line {
  readonly writer = new BatchWriter();
  readonly assembler = new Assembler(0, Infinity);
  readonly sent: DataFrame[] = [];
  readonly received: unknown[] = [];
  readonly batches: CutBatch[] = [];
  #next: Position = { seq: 1, offset: 0 };
  #confirmed = this.#next;
  #age = 0;

  /** Bytes behind the last cut. */
  get toCome(): number {
    const { seq, offset } = this.#next;
    return this.sent.slice(seq - 1).reduce((sum, { data }) => sum + bytesOf(data).length, 0) - offset;
  }

  send(content: { readonly data: string | Uint8Array; readonly binary: boolean }): void {
    const frame: DataFrame = { type: 'data', seq: this.sent.length + 1, ...content };
    this.sent.push(frame);
    this.writer.add(frame);
  }

  cut(maxBytes: number): CutBatch {
    const batch = { ...this.writer.cut(maxBytes), start: this.#next, age: this.#age };
    this.batches.push(batch);
    this.#next = batch.end;
    return batch;
  }

  rewind(): void {
    this.writer.rewind([]);
    this.#next = this.#confirmed;
    this.#age++;
  }

  /** A batch that is not behind another one brings what is new in it; one that is ahead brings nothing. */
  deliver({ bytes, start }: CutBatch): void {
    const { position } = this.assembler;
    const result = take(this.assembler, bytes);
    if (!isBefore(position, start)) this.received.push(...result);
    else {
      for (const violation of result) expect(violation).toEqual(gap);
      expect(this.assembler.position).toEqual(position);
    }
  }

  /** The peer answers what it has received, in order, and before the writer goes back. */
  confirm({ end, age }: CutBatch): void {
    if (age < this.#age || isBefore(this.assembler.position, end) || isBefore(end, this.#confirmed)) return;
    this.writer.confirm(end);
    this.#confirmed = end;
  }
}

describe('a batch', () => {
  it('names the place of its first byte', () => {
    const [first, second] = cutAll(writerOf(text(5, 'abcdef')), 4);
    expect(read(first!.bytes)).toEqual([
      { type: 'piece', seq: 5, offset: 0, binary: false, more: true, bytes: encoder.encode('abcd') },
    ]);
    expect(first!.end).toEqual({ seq: 5, offset: 4 });
    expect(read(second!.bytes)).toEqual([
      { type: 'piece', seq: 5, offset: 4, binary: false, more: false, bytes: encoder.encode('ef') },
    ]);
    expect(second!.end).toEqual({ seq: 6, offset: 0 });
  });

  it('says of each part what it is a part of', () => {
    const [first, second] = cutAll(writerOf(bytes(1, 1, 2, 3)), 2);
    expect(read(first!.bytes)).toMatchObject([{ binary: true, more: true }]);
    expect(read(second!.bytes)).toMatchObject([{ binary: true, more: false }]);
  });

  it('begins with what has no place in the stream, oldest first', () => {
    const writer = writerOf(text(1, 'a'), { type: 'ack', received: 3 }, { type: 'pong', id: 7 });
    expect(read(writer.cut(100).bytes).map(({ type }) => type)).toEqual(['ack', 'pong', 'piece']);
    expect(writer.isEmpty).toBe(true);
    writer.add(text(2, 'b'));
    expect(read(writer.cut(100).bytes).map(({ type }) => type)).toEqual(['piece']);
  });

  it('has no more messages than fit, the empty ones counted', () => {
    const writer = writerOf(...Array.from({ length: 1000 }, (_, i) => text(i + 1, '')));
    expect(read(writer.cut(100).bytes)).toHaveLength(50);
  });

  it('has no more records than its reader takes, however short they are', () => {
    const writer = writerOf(...Array.from({ length: 20_000 }, (_, i) => text(i + 1, '')));
    expect(read(writer.cut(1_000_000).bytes)).toHaveLength(16_384);
    expect(read(writer.cut(1_000_000).bytes)).toHaveLength(20_000 - 16_384);
  });

  it('is made for an acknowledgement alone', () => {
    const writer = writerOf({ type: 'ack', received: 3 });
    expect(writer.isEmpty).toBe(false);
    expect(read(writer.cut(100).bytes)).toEqual([{ type: 'ack', received: 3 }]);
    expect(writer.isEmpty).toBe(true);
  });

  it('brings something, however little fits', () => {
    for (const maxBytes of [0, -1])
      expect(read(writerOf(text(1, 'abc')).cut(maxBytes).bytes)).toMatchObject([{ seq: 1, more: true }]);
  });

  it('goes on behind what was cut, though less was confirmed', () => {
    const writer = writerOf(text(1, 'a'), text(2, 'b'), text(3, 'c'));
    const first = writer.cut(1);
    writer.cut(1);
    writer.confirm(first.end);
    expect(read(writer.cut(100).bytes)).toMatchObject([{ seq: 3 }]);
  });

  it('is never so small that nothing gets through', () => {
    for (const maxBytes of [0, -1]) expect(cutAll(writerOf(text(1, 'abc')), maxBytes)).toHaveLength(3);
  });

  it('parts a message between bytes, though there is room for a part of one', () => {
    const [, second] = cutAll(writerOf(text(1, 'abcdef')), 2.7);
    expect(read(second!.bytes)).toMatchObject([{ seq: 1, offset: 2, more: true }]);
  });

  it('does not part a close', () => {
    const [batch] = cutAll(writerOf(close(1)), 2);
    expect(read(batch!.bytes)).toEqual([close(1)]);
  });

  it('counts what is not cut yet, closes and acknowledgements apart', () => {
    const writer = writerOf(text(1, 'é'), bytes(2, 1, 2, 3), { type: 'ack', received: 1 }, close(3));
    expect(writer.pending).toBe(5);
    writer.cut(1);
    expect(writer.pending).toBe(4);
    writer.rewind([]);
    expect(writer.pending).toBe(5);
    writer.cut(100);
    expect(writer.pending).toBe(0);
    expect(writer.isEmpty).toBe(true);
  });

  it('is confirmed in any order', () => {
    const writer = writerOf(text(1, 'abc'), text(2, 'def'), text(3, 'ghi'));
    const [first, second] = [writer.cut(1), writer.cut(6)];
    writer.confirm(second.end);
    writer.confirm(first.end);
    writer.rewind([]);
    expect(read(writer.cut(100).bytes)).toMatchObject([{ seq: 2, offset: 2 }, { seq: 3 }]);
  });

  it('begins anew behind what is confirmed, in the middle of its first message', () => {
    const writer = writerOf(text(1, 'abcdef'));
    const first = writer.cut(4);
    writer.cut(4);
    writer.confirm(first.end);
    writer.rewind([]);
    expect(writer.pending).toBe(2);
    expect(read(writer.cut(100).bytes)).toMatchObject([{ seq: 1, offset: 4, more: false }]);
  });

  it('begins anew behind what is confirmed, in the middle of a later message', () => {
    const writer = writerOf(text(1, 'abc'), text(2, 'defghi'));
    const first = writer.cut(7);
    writer.cut(100);
    writer.confirm(first.end);
    writer.rewind([]);
    expect(writer.pending).toBe(4);
    expect(read(writer.cut(100).bytes)).toEqual([
      { type: 'piece', seq: 2, offset: 2, binary: false, more: false, bytes: encoder.encode('fghi') },
    ]);
  });
});

describe('a reader', () => {
  const from = (seq: number, offset = 0): Uint8Array => controlRecord(`from ${seq} ${offset}`);
  const message = Uint8Array.of(8, 120);

  it('counts on from the place that was named last', () => {
    const items = read(concat([from(3), message, message, from(9, 2), message]));
    expect(items).toMatchObject([
      { seq: 3, offset: 0 },
      { seq: 4, offset: 0 },
      { seq: 9, offset: 2 },
    ]);
  });

  it('counts the bytes of parts', () => {
    const part = Uint8Array.of(3 * 8 + 2, 97, 98, 99);
    expect(read(concat([from(3), part, part, message]))).toMatchObject([
      { seq: 3, offset: 0, more: true },
      { seq: 3, offset: 3, more: true },
      { seq: 3, offset: 6, more: false },
    ]);
  });

  it('reads nothing behind a violation', () => {
    expect(read(concat([message, from(1), message]))).toMatchObject([{ type: 'violation' }]);
  });

  it('passes over words that it does not know', () => {
    expect(read(concat([controlRecord('sing aloud'), from(1), message]))).toMatchObject([{ type: 'piece' }]);
  });

  it.each([
    ['a message without its number', message],
    ['a close without its number', controlRecord('close 1000 ')],
    ['a malformed control frame', controlRecord('ack one')],
    [
      'a control frame that is no UTF-8',
      concat([Uint8Array.of(5 * 8 + 4), encoder.encode('ack '), Uint8Array.of(0xff)]),
    ],
    ['an unknown kind of record', Uint8Array.of(7)],
  ])('finds %s to be a violation', (_, body) => {
    expect(read(body)).toMatchObject([{ type: 'violation', code: 1002 }]);
  });

  it('finds a record beyond its limit to be too long', () => {
    const reader = new BatchReader(parseRequest, 3);
    expect(reader.push(Uint8Array.of(4 * 8))).toMatchObject([{ type: 'violation', code: 1009 }]);
  });

  it('knows whether the body ended between two records', () => {
    const reader = new BatchReader(parseRequest, 100);
    const body = concat([from(1), message]);
    reader.push(body.subarray(0, -1));
    expect(reader.isWhole).toBe(false);
    reader.push(body.subarray(-1));
    expect(reader.isWhole).toBe(true);
  });

  it('reads any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), places, (body, numbered, cuts) => {
        const assembler = new Assembler(0, 64);
        take(assembler, numbered ? concat([from(1), body]) : body, cuts);
      }),
    );
  });
});

describe('an assembler', () => {
  const piece = (seq: number, offset: number, data: string, more = false): Piece => ({
    type: 'piece',
    seq,
    offset,
    binary: false,
    more,
    bytes: encoder.encode(data),
  });

  it('begins behind what was received before', () => {
    const assembler = new Assembler(6, 100);
    expect(assembler.position).toEqual({ seq: 7, offset: 0 });
    expect(assembler.take(piece(6, 0, 'old'))).toBeUndefined();
    expect(assembler.take(piece(7, 0, 'new'))).toEqual(arrived(text(7, 'new')));
  });

  it('finds what is ahead to be a gap: a message, a part, a close', () => {
    const assembler = new Assembler(0, 100);
    expect(assembler.take(piece(2, 0, 'x'))).toEqual(gap);
    expect(assembler.take(piece(1, 1, 'x'))).toEqual(gap);
    expect(assembler.take(close(2))).toEqual(gap);
    expect(assembler.take(piece(1, 0, 'ab', true))).toBeUndefined();
    expect(assembler.take(piece(1, 3, 'x'))).toEqual(gap);
    expect(assembler.take(close(2))).toEqual(gap);
    expect(assembler.take(piece(1, 2, 'c'))).toEqual(arrived(text(1, 'abc')));
  });

  it('takes only what is new of a piece that was cut elsewhere', () => {
    const assembler = new Assembler(0, 100);
    assembler.take(piece(1, 0, 'abc', true));
    expect(assembler.take(piece(1, 1, 'bc', true))).toBeUndefined();
    expect(assembler.position).toEqual({ seq: 1, offset: 3 });
    expect(assembler.take(piece(1, 0, 'abcde'))).toEqual(arrived(text(1, 'abcde')));
  });

  it('takes a message of the largest size, in parts or whole, and none that is larger', () => {
    const tooLong = { type: 'violation', code: 1009, reason: 'message too long' };
    const assembler = new Assembler(0, 4);
    expect(assembler.take(piece(1, 0, 'abcd'))).toMatchObject({ seq: 1 });
    expect(assembler.take(piece(2, 0, 'abcde'))).toEqual(tooLong);
    expect(assembler.take(piece(2, 0, 'abc', true))).toBeUndefined();
    expect(assembler.take(piece(2, 3, 'de', true))).toEqual(tooLong);
    expect(assembler.take(piece(2, 3, 'd'))).toMatchObject({ seq: 2 });
    expect(assembler.take(piece(3, 0, 'abcd'))).toMatchObject({ seq: 3 });
  });

  it('puts each message together from its own parts', () => {
    const assembler = new Assembler(0, 100);
    const messages = [
      [1, 'abcd'],
      [2, 'efgh'],
    ] as const;
    const frames = messages.map(([seq, data]) => {
      expect(assembler.take(piece(seq, 0, data.slice(0, 2), true))).toBeUndefined();
      return assembler.take(piece(seq, 2, data.slice(2)));
    });
    // The first one is still what it was when the second is here.
    expect(frames).toEqual(messages.map(([seq, data]) => arrived(text(seq, data))));
  });

  it('puts a message together from however many parts, some of them empty', () => {
    const assembler = new Assembler(0, 1000);
    const data = Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
    for (let at = 0, i = 0; at < 300; at += i++ % 3)
      expect(assembler.take(piece(1, at, data.slice(at, at + (i % 3)), true))).toBeUndefined();
    expect(assembler.take(piece(1, 300, ''))).toEqual(arrived(text(1, data)));
  });

  it('takes a close once', () => {
    const assembler = new Assembler(0, 4);
    expect(assembler.take(close(1))).toEqual(close(1));
    expect(assembler.take(close(1))).toBeUndefined();
  });
});
