/** Decoders of bodies: records, batches, the messages that are put together of them, and the session behind them. */
import {
  ACK_DELAY,
  Assembler,
  BatchReader,
  parseAnswer,
  parseRequest,
  Session,
  type Item,
} from '@holdfast/protocol';
import { RecordReader } from '../../../protocol/src/records.ts';
import { decoder, must, mustEqual, type Decoder } from './decoder.ts';
import { BODIES, COMMON, ID, line, record, RECORDS } from './said.ts';

/** The first few, each repetition left out. */
const inOrder = (words: readonly string[]): string =>
  words
    .filter((word, i) => word !== words[i - 1])
    .slice(0, 4)
    .join();

/** How a reader is given an input: in pieces whose lengths follow from its bytes. */
function* piecesOf(input: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < input.length;) {
    const length = 1 + ((input[at] as number) % 7);
    yield input.subarray(at, at + length);
    at += length;
  }
}

const MAX_RECORD = 512;
const MAX_RECORDS = 40;

const records = decoder('records', BODIES, RECORDS, (input) => {
  const whole = new RecordReader(MAX_RECORD, MAX_RECORDS).push(input);
  const reader = new RecordReader(MAX_RECORD, MAX_RECORDS);
  const pieced = [];
  for (const piece of piecesOf(input)) {
    pieced.push(...reader.push(piece));
    if (pieced.at(-1) && 'type' in (pieced.at(-1) as object)) break;
  }
  mustEqual(pieced, whole, 'in pieces it is another one');
  must(whole.length <= MAX_RECORDS + 1, 'more records than there may be');
  const last = whole.at(-1);
  return `${inOrder(whole.map((each) => ('kind' in each ? String(each.kind) : each.reason)))} ${last ? Object.keys(last).join() : ''}`;
});

/** What a body says, in a few words. */
const inWords = (items: readonly Item<{ readonly type: string }>[]): string =>
  inOrder(items.map((item) => (item.type === 'violation' ? (item as { reason: string }).reason : item.type)));

const MAX_PAYLOAD = 256;

/** A body, whole and in pieces, and its messages put together. */
function bodies<F extends { readonly type: string }>(
  name: string,
  parse: ConstructorParameters<typeof BatchReader<F>>[0],
): Decoder {
  return decoder(name, BODIES, RECORDS, (input) => {
    const items = new BatchReader(parse, Infinity, 64).push(input);
    const reader = new BatchReader(parse, Infinity, 64);
    const pieced: typeof items = [];
    for (const piece of piecesOf(input)) {
      pieced.push(...reader.push(piece));
      if (pieced.at(-1)?.type === 'violation') break;
    }
    mustEqual(pieced, items, 'in pieces it is another one');
    const assembler = new Assembler(0, MAX_PAYLOAD);
    let [seq, waiting, fate] = [0, 0, ''];
    for (const item of items) {
      if (item.type !== 'piece' && item.type !== 'close') continue;
      const frame = assembler.take(item as never);
      waiting = assembler.parts.reduce((sum, { length }) => sum + length, 0);
      must(waiting <= MAX_PAYLOAD, 'more waits than a message may have');
      if (frame?.type === 'violation') {
        fate = frame.reason;
        break;
      }
      if (frame) mustEqual(frame.seq, ++seq, 'a message out of order');
      if (frame?.type === 'data') must(frame.data.length <= MAX_PAYLOAD, 'a message is too long');
    }
    return `${inWords(items)} ${fate} ${Math.min(3, seq)} ${String(waiting > 0)}`;
  });
}

/** A session that hears what a peer says of it, and sends something now and then. */
const session = decoder(
  'the session',
  COMMON.map((each) => line(each)).concat(line('ack 1') + line('from 1 0') + record(0, 'a') + line('ack 2')),
  RECORDS,
  (input) => {
    const own = new Session(ID, {
      maxBuffered: { maxMessages: 8, maxBytes: 4096 },
      receiveWindow: 2048,
      ackDelay: ACK_DELAY,
    });
    const assembler = new Assembler(0, MAX_PAYLOAD);
    const words: string[] = [];
    let now = 0;
    const sink = {
      writable: true,
      batches: false,
      send: () => undefined,
    };
    for (const item of new BatchReader(parseRequest, Infinity).push(input)) {
      const { outbox } = own;
      if (outbox.fits(2))
        outbox.push({ content: { data: 'hi', binary: false }, size: 2, expiresAt: Infinity });
      own.pump(sink, now++);
      const before = { received: own.received, length: outbox.length };
      if (item.type === 'ack') words.push(String(own.acknowledge(item.received, now)));
      else if (item.type === 'allow') own.allow(item.total);
      else if (item.type === 'attach')
        words.push(String(own.resume(item.received === 'new' ? 0 : item.received, own.received, item.allow)));
      else if (item.type === 'piece' || item.type === 'close') {
        const frame = assembler.take(item);
        if (frame?.type === 'data' || frame?.type === 'close')
          words.push(own.arrive(frame.seq, frame.type === 'data' ? frame.data.length : undefined, now));
      }
      must(own.received - before.received <= 1 && own.received >= before.received, 'received goes wrong');
      must(outbox.length <= before.length && outbox.length >= 0, 'the outbox grows');
      must(outbox.bytes >= 0 && outbox.unsentBytes >= 0 && outbox.cost >= 0, 'a count below zero');
      must(outbox.unsentBytes <= outbox.bytes, 'more is unsent than there is');
    }
    return [...new Set(words)].join();
  },
);

export const bodyDecoders: readonly Decoder[] = [
  records,
  bodies('bodies of clients', parseRequest),
  bodies('bodies of servers', parseAnswer),
  session,
];
