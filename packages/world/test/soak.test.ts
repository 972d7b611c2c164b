/** What a soak (`npm run soak`) finds wrong, on curves that are made up: it must be able to fail. */
import { expect, it } from 'vitest';

interface Finding {
  readonly name: string;
  readonly isRight: boolean;
  readonly text: string;
}
interface Seam {
  readonly talker: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

const script = new URL('../../../scripts/soak/verdict.mjs', import.meta.url).href;
const { verdictOn } = (await import(/* @vite-ignore */ script)) as {
  readonly verdictOn: (run: object) => readonly Finding[];
};

const MIB = 2 ** 20;
const TALKERS = 12;

const part = (memory: number, changes: object = {}): object => ({
  memory,
  rss: 3 * memory,
  cpu: 0,
  sockets: TALKERS,
  listeners: 1,
  resources: 20,
  timers: 5,
  sessions: { websocket: TALKERS, streaming: 0, polling: 0, away: 0 },
  plain: 0,
  unattached: 0,
  queued: { messages: 0, bytes: 0, unsent: 0 },
  ...changes,
});
const nothing = {
  sockets: 0,
  timers: 0,
  resources: 1,
  sessions: { websocket: 0, streaming: 0, polling: 0, away: 0 },
};

/** A period, with a little noise, and with what is changed in it. */
const period = (i: number, server: object = {}, clients: object = {}, cpu = 100): object => ({
  at: i * 30,
  server: part(12 * MIB + (i % 3) * 50_000, server),
  clients: part(20 * MIB - (i % 2) * 70_000, clients),
  perMessage: { server: cpu + (i % 4), clients: cpu },
});

const pages = (seams: readonly Seam[] = [], faults: readonly string[] = []): object => ({
  errors: [],
  books: Array.from({ length: TALKERS }, (_, i) => (i === 0 ? { seams, faults } : { seams: [], faults: [] })),
});

function soak(changes: object = {}, each: (i: number) => object = period): readonly string[] {
  const run = {
    talkers: TALKERS,
    periods: Array.from({ length: 20 }, (_, i) => each(i)),
    endings: [
      { how: 'drain', left: 0 },
      { how: 'die', left: 0 },
    ],
    books: { server: pages(), clients: pages() },
    end: {
      server: part(MIB, nothing),
      clients: part(MIB, { ...nothing, listeners: 0 }),
      stopped: part(MIB, { ...nothing, listeners: 0 }),
      unclosed: 0,
    },
    ...changes,
  };
  return verdictOn(run).flatMap(({ name, isRight, text }) => (isRight ? [] : [`${name}: ${text}`]));
}

it('finds nothing wrong with what goes up and down', () => {
  expect(soak()).toEqual([]);
});

it('lets what is warming up grow', () => {
  expect(soak({}, (i) => period(i, { memory: (i < 3 ? 6 + 2 * i : 12) * MIB }))).toEqual([]);
});

it('finds memory that grows', () => {
  expect(soak({}, (i) => period(i, { memory: (12 + i * 0.3) * MIB }))).toEqual([
    'memory of the server: 13.5 MiB in the first third, 17.1 MiB in the last one',
  ]);
  expect(soak({}, (i) => period(i, {}, { memory: (20 + i * 0.3) * MIB }))).toHaveLength(1);
});

it('finds timers and handles that stay', () => {
  expect(soak({}, (i) => period(i, { timers: 5 + i, resources: 20 + i }))).toEqual([
    'resources of the server: 25 in the first third, 37 in the last one',
    'timers of the server: 10 in the first third, 22 in the last one',
  ]);
});

it('finds work that grows with time', () => {
  expect(soak({}, (i) => period(i, {}, {}, 100 + 10 * i))).toEqual([
    'CPU of the server: 151 µs a message in the first third, 271 µs a message in the last one',
  ]);
});

it('finds sessions, connections and messages that stay behind at one calm moment', () => {
  const stays = {
    sessions: { websocket: TALKERS, streaming: 1, polling: 0, away: 2 },
    sockets: TALKERS + 1,
    queued: { messages: 3, bytes: 3, unsent: 0 },
  };
  const [wrong = '', ...others] = soak({}, (i) => period(i, i === 7 ? stays : {}));
  expect(others).toEqual([]);
  expect(wrong).toContain('period 8: sessions: 13 instead of 12; period 8: away: 2 instead of 0');
  expect(wrong).toContain('period 8: sockets: 13 instead of 12');
});

it('finds what is left when all have closed', () => {
  const end = {
    server: part(MIB, { ...nothing, timers: 1 }),
    clients: part(MIB, { ...nothing, sockets: 2 }),
    stopped: part(MIB, { ...nothing, listeners: 1 }),
    unclosed: 0,
  };
  expect(soak({ end })).toEqual([
    'leftovers: timers: 1 instead of 0; sockets of clients: 2 instead of 0; listeners after the stop: 1 instead of 0',
  ]);
});

it('finds a message that is out of order', () => {
  const books = { server: pages([], ['talker 3: 8 came after 6']), clients: pages() };
  expect(soak({ books })).toEqual(['messages: talker 3: 8 came after 6']);
});

it('finds books that nobody kept', () => {
  const books = { server: pages(), clients: { errors: [], books: [] } };
  expect(soak({ books })).toEqual(['messages: 0 of 12 books of the clients']);
});

it('finds a message that a drain lost or doubled', () => {
  const seams = [
    { talker: 0, from: 1, to: 2, step: 1 },
    { talker: 4, from: 1, to: 2, step: -2 },
  ];
  expect(soak({ books: { server: pages(), clients: pages(seams) } })).toEqual([
    'messages: talker 0, at the clients: 1 lost between lives 1 and 2; talker 4, at the clients: 2 doubled between lives 1 and 2',
  ]);
});

it('excuses a death of the server for no more than the option sessionLost does', () => {
  // Talker 0 resends, talker 4 discards.
  const kept = [
    { talker: 0, from: 2, to: 3, step: -2 },
    { talker: 4, from: 2, to: 3, step: 2 },
  ];
  expect(soak({ books: { server: pages(kept), clients: pages(kept) } })).toEqual([]);
  const broken = kept.map(({ step, ...seam }) => ({ ...seam, step: -step }));
  expect(soak({ books: { server: pages(broken), clients: pages() } })).toEqual([
    'messages: talker 0, at the server: 2 lost between lives 2 and 3; talker 4, at the server: 2 doubled between lives 2 and 3',
  ]);
});

it('says nothing of trends after a few periods, and all the same finds what stayed', () => {
  const periods = [period(0), period(1, { memory: 90 * MIB })];
  expect(soak({ periods })).toEqual([]);
  expect(soak({ periods: [period(0, { plain: 1 })] })).toEqual(['calm: period 1: plain: 1 instead of 0']);
});
