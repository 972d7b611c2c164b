/** What networks do to a connection that no proxy does on request: the rows of the matrix that a fault proxy makes. */

import type { FaultProxy } from '@holdfast/fault-proxy';
import type { TransportName } from '../page/peer.js';
import type { Part } from './results.ts';

export interface Weather {
  readonly name: string;
  readonly faults: Parameters<FaultProxy['set']>[0];
  /** What carries the session while it lasts; the first is what it comes to. */
  readonly carries: readonly [TransportName, ...TransportName[]];
  /** Has no row from the start: these faults are there before, so that a stream carries the session when it begins. */
  readonly before?: Parameters<FaultProxy['set']>[0];
  /** In the middle of a session: `live` strikes the connections that there are, `cut` new ones only, so those there are end. */
  readonly begins: 'live' | 'cut';
  /** Lets nothing through, and so is over when the page has noticed. */
  readonly brief?: boolean;
  /** The page comes from the server itself, past the proxy: what the proxy answers by itself is of another origin, and cannot be read. */
  readonly crossOrigin?: boolean;
  /** Characters of every tenth message. */
  readonly large?: number;
  /** Milliseconds until it has struck for sure. */
  readonly strikesWithin?: number;
  /** What the short version measures of it: less where it takes long, and another row shows the same. @default all */
  readonly short?: readonly Part[];
}

const refused = { upgrade: 'refuse' } as const;
const anyTransport = ['websocket', 'streaming', 'polling'] as const;

type Row = readonly [begins: Weather['begins'], faults: Weather['faults'], ...carries: Weather['carries']];

const rows: Record<string, Row> = {
  'clear weather': ['live', {}, 'websocket'],

  'upgrade swallowed': ['cut', { upgrade: 'swallow' }, 'streaming'],
  'upgrade refused with 403': ['cut', refused, 'streaming'],
  '101, then RST after 50 ms': ['live', { upgrade: 'kill', killAfter: 50 }, 'streaming'],
  '101, then no frame passes': ['live', { upgrade: 'mute' }, 'streaming'],
  '101, then only what the server sends passes': ['live', { upgrade: 'mute-up' }, 'streaming'],
  'works 1 s, then RST, for ever': [
    'live',
    { upgrade: 'kill', killAfter: 1000 },
    'streaming',
    'websocket',
    'polling',
  ],

  '403, responses held to their end': ['cut', { ...refused, responses: 'buffer' }, 'polling'],
  '403, heads pass, bodies held': ['cut', { ...refused, responses: 'buffer-body' }, 'polling'],
  '403, responses in blocks of 1 KiB': ['cut', { ...refused, responses: 1024 }, 'polling', 'streaming'],
  '403, responses in blocks of 4 KiB': ['cut', { ...refused, responses: 4096 }, 'polling', 'streaming'],
  'swallowed, responses held to their end': ['cut', { upgrade: 'swallow', responses: 'buffer' }, 'polling'],

  'a stream, then held to its end': ['live', { responses: 'buffer' }, 'polling'],
  'a stream, then all but its head held': ['live', { responses: 'buffer-body' }, 'polling'],
  'a stream, then in blocks of 1 KiB': ['live', { responses: 1024 }, 'polling', 'streaming'],
  'a stream, then in blocks of 4 KiB': ['live', { responses: 4096 }, 'polling', 'streaming'],
  'a stream, then a silence of everything': ['live', { silent: 'both' }, ...anyTransport],
  'a stream, then a silence upwards': ['live', { silent: 'up' }, ...anyTransport],
  'a stream, then a silence downwards': ['live', { silent: 'down' }, ...anyTransport],

  'each connection half-open after 2 s': [
    'live',
    { halfOpen: { after: 2000, direction: 'both' } },
    ...anyTransport,
  ],
  'each silent upwards after 2 s': ['live', { halfOpen: { after: 2000, direction: 'up' } }, ...anyTransport],
  'each silent downwards after 2 s': [
    'live',
    { halfOpen: { after: 2000, direction: 'down' } },
    ...anyTransport,
  ],
  'a cut every 3 s': ['live', { cutEvery: 3000 }, ...anyTransport],
  'RST at random, after 2 s on average': ['live', { resetAfter: 2000 }, ...anyTransport],

  'a silence of everything': ['live', { silent: 'both' }, ...anyTransport],
  'a silence upwards': ['live', { silent: 'up' }, ...anyTransport],
  'a silence downwards': ['live', { silent: 'down' }, ...anyTransport],
  'a captive portal': ['cut', { portal: true }, ...anyTransport],

  '403, requests end after 10 s': ['cut', { ...refused, maxRequestTime: 10_000 }, 'streaming'],
  '403, requests end after 1.5 s': ['cut', { ...refused, maxRequestTime: 1500 }, 'streaming', 'polling'],
  'HTTP/1.0 only': ['cut', { http10: true }, 'streaming'],
  '403, 411 for bodies in chunks': ['cut', { ...refused, demandLength: true }, 'streaming'],
  '403, 413 above 64 KiB': ['cut', { ...refused, maxBody: 65_536 }, 'streaming'],
  '403, 413 above 64 KiB that cannot be read': ['cut', { ...refused, maxBody: 65_536 }, 'streaming'],
  'headers stripped': ['cut', { stripHeaders: true }, 'streaming'],
  '403, every POST delivered twice': ['cut', { ...refused, requests: 'doubled' }, 'streaming'],
  '403, every POST twice, first answer lost': [
    'cut',
    { ...refused, requests: 'retried' },
    'streaming',
    'polling',
  ],
  '403, a cache that ignores no-store': ['cut', { ...refused, cache: true }, 'streaming'],
  '403, one answer in ten lost': ['cut', { ...refused, loseAnswers: 0.1 }, 'streaming', 'polling'],
  '403, one request in ten is a 502': [
    'cut',
    { ...refused, status: { code: 502, share: 0.1 } },
    'streaming',
    'polling',
  ],
  '403, one request in ten is a 503': [
    'cut',
    { ...refused, status: { code: 503, share: 0.1 } },
    'streaming',
    'polling',
  ],
  '403, one request in ten is a 504': [
    'cut',
    { ...refused, status: { code: 504, share: 0.1 } },
    'streaming',
    'polling',
  ],

  '200 ms round trip': ['live', { delay: 100 }, 'websocket'],
  '403, 200 ms round trip': ['cut', { ...refused, delay: 100 }, 'streaming'],
  '64 kbit/s': ['live', { bandwidth: 8000 }, 'websocket'],
  '403, 64 kbit/s': ['cut', { ...refused, bandwidth: 8000 }, 'streaming', 'polling'],
};

/** What does not strike whoever passes at once, or not with a hundred characters. */
const particulars: Record<
  string,
  Pick<Weather, 'before' | 'brief' | 'crossOrigin' | 'large' | 'strikesWithin' | 'short'>
> = {
  'a stream, then held to its end': { before: refused },
  'a stream, then all but its head held': { before: refused },
  'a stream, then in blocks of 1 KiB': { before: refused },
  'a stream, then in blocks of 4 KiB': { before: refused },
  'a stream, then a silence of everything': { before: refused, brief: true, short: [] },
  'a stream, then a silence upwards': { before: refused, brief: true, short: [] },
  'a stream, then a silence downwards': { before: refused, brief: true, short: [] },
  '403, 413 above 64 KiB': { large: 100_000 },
  '403, 413 above 64 KiB that cannot be read': { large: 100_000, crossOrigin: true },
  '101, then no frame passes': { short: ['start'] },
  '101, then only what the server sends passes': { short: ['start'] },
  'works 1 s, then RST, for ever': { strikesWithin: 1500, short: ['start'] },
  '403, requests end after 1.5 s': { strikesWithin: 2500, short: ['start'] },
  'each connection half-open after 2 s': { strikesWithin: 2500, short: [] },
  'each silent upwards after 2 s': { strikesWithin: 2500, short: [] },
  'each silent downwards after 2 s': { strikesWithin: 2500, short: [] },
  'RST at random, after 2 s on average': { strikesWithin: 2500, short: ['start'] },
  'a cut every 3 s': { strikesWithin: 3500, short: ['start'] },
  'a silence of everything': { brief: true },
  'a silence upwards': { brief: true },
  'a silence downwards': { brief: true },
  'a captive portal': { brief: true },
};

export const weathers: readonly Weather[] = Object.entries(rows).map(
  ([name, [begins, faults, ...carries]]) => ({
    name,
    faults,
    begins,
    carries,
    ...particulars[name],
  }),
);
