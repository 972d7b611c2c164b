/** Each thing that a network can do to a session, done by the fault proxy: it is found, and nothing else is. */
import { describe, expect, test } from 'vitest';
import { summarize, type Transport } from '@holdfast/doctor';
import type { Faults } from '@holdfast/fault-proxy';
import type { Patience } from '../src/options.ts';
import {
  complaints,
  examine,
  hasty,
  listOf,
  open,
  withoutStream,
  withoutUpgrade,
  type Circumstances,
} from './hospital.ts';

interface Case {
  readonly title: string;
  readonly faults: Partial<Faults>;
  readonly circumstances?: Circumstances;
  readonly patience?: Partial<Patience>;
  readonly finds: Record<string, string>;
  readonly words: Record<string, RegExp>;
  readonly uses: Transport | undefined;
}

const cases: readonly Case[] = [
  {
    title: 'nothing in the way',
    faults: {},
    finds: {},
    words: {
      server: /answers over HTTP/,
      frames: /both ways/,
      bodies: /1 MiB come through/,
      held: /could wait 300 ms/,
    },
    uses: 'websocket',
  },
  {
    title: 'nothing in the way of an application that talks all the time',
    faults: {},
    circumstances: { chatty: true },
    finds: {},
    words: { streaming: /while they are written/, held: /could wait 300 ms/ },
    uses: 'websocket',
  },
  {
    title: 'an upgrade that is refused',
    faults: { upgrade: 'refuse' },
    finds: { upgrade: 'broken' },
    words: { upgrade: /answered 403 instead of 101/ },
    uses: 'streaming',
  },
  {
    title: 'an upgrade that is swallowed',
    faults: { upgrade: 'swallow' },
    patience: withoutUpgrade,
    finds: { upgrade: 'broken' },
    words: { upgrade: /not answered within 1 s: something swallows it/ },
    uses: 'streaming',
  },
  {
    title: 'a 101 with nothing behind it',
    faults: { upgrade: 'mute' },
    patience: withoutUpgrade,
    finds: { upgrade: 'broken' },
    words: { upgrade: /looks open and is mute/ },
    uses: 'streaming',
  },
  {
    title: 'a WebSocket that is mute in one direction',
    faults: { upgrade: 'mute-up' },
    patience: withoutUpgrade,
    finds: { frames: 'broken' },
    words: { frames: /one way only/ },
    uses: 'streaming',
  },
  {
    title: 'a tunnel that is killed',
    faults: { upgrade: 'kill', killAfter: 1500 },
    patience: { ...hasty, hold: 2200 },
    finds: { idle: 'broken' },
    words: { idle: /is cut \d\.?\d* s after it opened/ },
    uses: 'streaming',
  },
  {
    title: 'a subprotocol that is taken away',
    faults: { stripHeaders: true },
    finds: { upgrade: 'broken' },
    words: { upgrade: /without the subprotocol holdfast\.1/ },
    uses: 'streaming',
  },
  {
    title: 'responses that are held to their end',
    faults: { responses: 'buffer' },
    patience: withoutStream,
    finds: { streaming: 'broken', buffering: 'broken' },
    words: { streaming: /only when they are over/, buffering: /not even of \d+ KiB/ },
    uses: 'websocket',
  },
  {
    title: 'responses of which only the head passes',
    faults: { responses: 'buffer-body', upgrade: 'refuse' },
    patience: withoutStream,
    finds: { upgrade: 'broken', streaming: 'broken', buffering: 'broken' },
    words: { streaming: /only when they are over/ },
    uses: 'polling',
  },
  {
    title: 'responses in blocks',
    faults: { responses: 4096 },
    patience: withoutStream,
    finds: { streaming: 'broken', buffering: 'impaired' },
    words: { buffering: /about (4|8) KiB/ },
    uses: 'websocket',
  },
  {
    title: 'responses in blocks, of an application that talks all the time',
    faults: { responses: 2048 },
    circumstances: { chatty: true },
    patience: withoutStream,
    finds: { streaming: 'broken', buffering: 'impaired' },
    words: { buffering: /about (1|2|4) KiB/ },
    uses: 'websocket',
  },
  {
    title: 'a limit on how long a request takes',
    faults: { maxRequestTime: 2000 },
    patience: { ...withoutStream, hold: 2400 },
    finds: { held: 'impaired' },
    words: { held: /answered 504 after 2\.?\d* s/ },
    uses: 'websocket',
  },
  {
    title: 'the same limit with an answer, where responses are held',
    faults: { maxRequestTime: 2000, responses: 'buffer', upgrade: 'refuse' },
    patience: { ...withoutStream, hold: 2400 },
    finds: { upgrade: 'broken', streaming: 'broken', buffering: 'broken', held: 'impaired' },
    words: { held: /answered 504 after 2\.?\d* s/ },
    uses: 'polling',
  },
  {
    title: 'a limit on a request of an application that talks all the time',
    faults: { maxRequestTime: 2000 },
    circumstances: { chatty: true },
    patience: { ...withoutStream, hold: 2400 },
    finds: { held: 'impaired' },
    words: { held: /answered 504 after 2\.?\d* s/ },
    uses: 'websocket',
  },
  {
    title: 'a limit on bodies',
    faults: { maxBody: 64 * 1024 },
    finds: { bodies: 'impaired' },
    words: { bodies: /64 KiB come through, a body of 128 KiB was answered 413, by a proxy/ },
    uses: 'websocket',
  },
  {
    title: 'requests that arrive twice',
    faults: { requests: 'doubled' },
    finds: { requests: 'impaired' },
    words: { requests: /arrive twice/ },
    uses: 'websocket',
  },
  {
    title: 'answers that are lost',
    faults: { loseAnswers: 0.3 },
    finds: { requests: 'impaired' },
    words: {
      requests: /of 8 requests failed \(one failed: the connection was reset\); Holdfast repeats them/,
    },
    uses: 'websocket',
  },
  {
    title: 'requests that are retried',
    faults: { requests: 'retried' },
    finds: { requests: 'impaired' },
    words: { requests: /arrive twice \(8 of 8 did\)/ },
    uses: 'websocket',
  },
  {
    title: 'a cache that goes by the URL alone',
    faults: { cache: true },
    finds: {},
    words: { requests: /both ways over HTTP/ },
    uses: 'websocket',
  },
  {
    title: 'a proxy of HTTP/1.0',
    faults: { http10: true },
    finds: { upgrade: 'broken' },
    words: { upgrade: /instead of 101/ },
    uses: 'streaming',
  },
  {
    title: 'a captive portal',
    faults: { portal: true },
    finds: { server: 'broken', upgrade: 'broken' },
    words: { server: /a web page \("Welcome"\) comes from/, upgrade: /answered 200 instead of 101/ },
    uses: undefined,
  },
  {
    title: 'an overloaded proxy',
    faults: { status: { code: 503, share: 1 } },
    finds: { server: 'broken' },
    words: { server: /answered 503/ },
    uses: 'websocket',
  },
  {
    title: 'a network that is silent',
    faults: { silent: 'both' },
    patience: { ...hasty, upgrade: 300, answer: 300 },
    finds: { server: 'broken', upgrade: 'broken' },
    words: { server: /not answered within \d+ ms/, upgrade: /swallows it/ },
    uses: undefined,
  },
];

describe.concurrent('the doctor finds', () => {
  test.for(cases)('$title', async ({ faults, circumstances, patience, finds, words, uses }, context) => {
    const { url, messages } = await open(context, faults, circumstances);
    const found = await examine(url, { patience: patience ?? hasty });
    expect(complaints(found), JSON.stringify(found, null, 1)).toEqual(finds);
    for (const [check, pattern] of Object.entries(words)) {
      expect(found[check as keyof typeof found].words).toMatch(pattern);
    }
    expect(summarize(listOf(found)).transport).toBe(uses);
    expect(messages).toEqual([]);
  });
});
