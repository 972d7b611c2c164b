/** What peers in order say, and what means something in it: seeds and words for the decoders of `packages/protocol`. */
import { controlRecord } from '@holdfast/protocol';
import { join, Kind } from '../../../protocol/src/records.ts';
import { textOf } from './mutate.ts';

const utf8 = new TextDecoder();
export const ID = 'an-id-of-22-characters';
export const KEY = 'a-key-of-22-characters';
export const REQUESTS = [
  `attach ${ID} 1 new -`,
  `attach ${ID} 2 17 dG9rZW4 chat __proto__ allow=16777216`,
  `send ${ID} 3 ${KEY}`,
  `poll ${ID} 3 1 25000 stream ${KEY}`,
  'seen 4',
];
export const COMMON = ['ack 7', 'ping 1', 'pong 1', 'allow 9000', 'close 3000 good bye', 'from 3 128'];
export const ANSWERS = [
  'welcome {"received":3,"offset":5,"protocol":"chat","heartbeat":25000,"maxPayload":1000,"allow":9000,"key":"a-key-of-22-characters"}',
  'superseded',
  'gone',
  'drain',
  'refused 3000 who are you?',
  'go-away 1000 2000',
  'batch 1',
  'probe 1',
  'stream 1',
  'ended 1',
  'spread 500',
];
export const WORDS = [
  ...[
    'attach',
    'send',
    'poll',
    'seen',
    'ack',
    'ping',
    'pong',
    'allow',
    'close',
    'from',
    'welcome',
    'refused',
  ],
  ...[' ', '-', 'new', 'allow=', 'stream', ID, '1005', '1006', '4999', 'null', 'é'],
  ...[
    ',"key":{}',
    ',"key":["x"]',
    ',"received":[7]',
    ',"protocol":{"toString":1}',
    ',"offset":1e21',
    ',"__proto__":{}',
  ],
];
export const record = (kind: number, text: string): string =>
  textOf(join([], [{ kind, bytes: Buffer.from(text, 'latin1') }]));
export const line = (text: string): string => textOf(controlRecord(text));
export const BODIES = [
  line(REQUESTS[0] ?? '') + line('from 1 0') + record(Kind.text, 'hello') + record(Kind.binary, '\xff\x00'),
  line(`send ${ID} 1`) +
    line('ack 3') +
    line('from 2 0') +
    record(Kind.textPart, 'hel') +
    record(Kind.text, 'lo'),
  line('from 1 2') + record(Kind.binaryPart, 'abc') + record(Kind.binary, '') + line('close 1000 '),
  line('batch 1') + line(ANSWERS[0] ?? '') + line('from 4 0') + record(Kind.text, 'an answer'),
];
export const RECORDS = [
  ...[...REQUESTS, ...COMMON].map(line),
  record(0, ''),
  record(1, 'x'),
  record(2, 'y'),
  '\x80',
  '\x05',
];

/** A line, decoded as bodies and WebSockets do. */
export const lineOf = (input: Uint8Array): string => utf8.decode(input);
