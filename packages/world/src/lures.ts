/** What leads a connection into states that are over soon, so that what comes next strikes there. */
import type { TransportName } from '@holdfast/client';
import type { Op, Promised } from './plan.ts';
import type { Random } from './random.ts';
import type { Weather } from './weather.ts';

const weather = (change: Partial<Weather>): Op => ({ do: 'weather', change });
const cut: Op = { do: 'cut', fraction: 0 };
const talk: Op = { do: 'talk', up: 1, down: 1, pace: 0 };
const silence: Op = { do: 'silence', direction: 'up' };
const until = (state: string): Op => ({ do: 'await', state, ms: 20_000 });

/** A network without a fault, and a page that has forgiven all setbacks. */
const fairly = (random: Random): Op[] => [
  { do: 'clear' },
  weather({ latency: random.pick([5, 50, 400]) }),
  { do: 'page', what: 'wake' },
];
const overHttp = (random: Random): Op[] => [
  ...fairly(random),
  weather({ upgrade: 'refuse' }),
  cut,
  until('open (http)'),
];

type Lure = (random: Random) => Op[];

/** Those for any transports. */
const ANY: readonly [Lure, ...Lure[]] = [
  (random) => [...fairly(random), weather({ upgrade: 'refuse', busy: 1 }), cut, until('waiting')],
  (random) => [...fairly(random), cut, until('connecting (ws)')],
  (random) => [...fairly(random), weather({ upgrade: 'refuse' }), cut, until('connecting (http)')],
  (random) => [...fairly(random), cut, until('unproven (ws)')],
  (random) => [...fairly(random), until('open (ws)'), talk, silence, talk, until('probing (ws)')],
  (random) => [...overHttp(random), talk, silence, talk, until('probing (http)'), { do: 'speak' }],
];

/** Those where WebSocket and HTTP stand in for one another. */
const BOTH: readonly Lure[] = [
  (random) => [
    ...fairly(random),
    weather({ upgrade: random.pick(['swallow', 'pass', 'pass'] as const), latency: 400 }),
    cut,
    until('connecting (ws, http)'),
  ],
  // HTTP takes the session, and its answer is lost: the WebSocket finds that it came too late.
  (random) => [
    ...fairly(random),
    weather({ jitter: 1500, unanswered: random.pick([0, 1]) }),
    cut,
    until('connecting (ws, http)'),
    until('connecting (ws)'),
  ],
  // HTTP goes first, the WebSocket beside it takes the session, and is lost.
  (random) => [
    weather({ upgrade: 'kill', lifetime: random.pick([0, 50]), latency: 5, jitter: 1500 }),
    cut,
    until('connecting (ws, http)'),
    until('connecting (http)'),
  ],
  // The last WebSocket has to be old, or HTTP goes first.
  (random) => [
    ...fairly(random),
    until('open (ws)'),
    { do: 'pass', ms: 6000 },
    weather({ upgrade: 'mute-up', latency: random.pick([50, 400]), busy: random.pick([0, 0, 1]) }),
    cut,
    until('unproven (ws; http)'),
  ],
  (random) => [
    ...overHttp(random),
    weather({ upgrade: random.pick(['swallow', 'pass', 'pass'] as const), latency: 400 }),
    until('upgrading (http; ws)'),
  ],
  (random) => [...overHttp(random), weather({ upgrade: 'pass', latency: 400 }), until('claiming (http; ws)')],
];

/** Whole stories, of what hardly happens by itself. */
const STORIES: readonly [Lure, ...Lure[]] = [
  // HTTP dies while a WebSocket stands by, or claims in vain.
  (random) => [
    ...overHttp(random),
    weather({ upgrade: random.pick(['swallow', 'mute-up'] as const), latency: 5 }),
    until(random.pick(['upgrading (http; ws)', 'claiming (http; ws)'] as const)),
    weather({ busy: 1 }),
    talk,
    { do: 'pass', ms: 3000 },
  ],
  // An acknowledgement on the WebSocket overtakes the attach of the HTTP beside it.
  (random) => [
    ...fairly(random),
    until('open (ws)'),
    { do: 'pass', ms: 6000 },
    weather({ latency: 400 }),
    cut,
    until('unproven (ws)'),
    silence,
    until('unproven (ws; http)'),
    { do: 'talk', up: 0, down: 5, pace: 10 },
    { do: 'pass', ms: 1000 },
    // The WebSocket's answer waits behind this one.
    { do: 'talk', up: 0, down: 1, pace: 0 },
    weather({ latency: 5 }),
    { do: 'speak' },
    { do: 'pass', ms: 2000 },
  ],
  // A request that was given up takes the session from a WebSocket that was just asked for a sign of life.
  (random) => [
    ...fairly(random),
    { do: 'pass', ms: 6000 },
    weather({ latency: 5, jitter: 1500 }),
    cut,
    until('open (ws)'),
    { do: 'page', what: 'wake' },
    { do: 'pass', ms: 2000 },
  ],
];

/** Those in which the server loses the session. */
const LOSSES: readonly [Lure, ...Lure[]] = [
  (random) => [
    ...overHttp(random),
    weather({ upgrade: 'mute-up', latency: 5 }),
    until('claiming (http; ws)'),
    { do: 'terminate' },
  ],
  (random) => [
    ...fairly(random),
    until('open (ws)'),
    { do: 'pass', ms: 6000 },
    weather({ upgrade: 'mute-up' }),
    cut,
    until('unproven (ws)'),
    { do: 'forget' },
    { do: 'terminate' },
    { do: 'pass', ms: 3000 },
  ],
  (random) => [
    ...overHttp(random),
    weather({ latency: 400 }),
    { do: 'page', what: 'wake' },
    { do: 'drain', ms: 1000 },
  ],
];

/** A lure and a strike, or a whole story. */
export function scene(random: Random, promised: Promised, transports: readonly TransportName[]): Op[] {
  if (random.chance(0.75)) return [...lure(random, transports), strike(random, promised)];
  const loses = promised === 'resend' || promised === 'discard';
  return random.pick(loses ? LOSSES : STORIES)(random);
}

/** Leads into some state that is possible with these transports. */
export function lure(random: Random, transports: readonly TransportName[]): Op[] {
  const both = transports[0] === 'websocket' && transports.length > 1;
  // Half of the time into those that take two.
  const from = both && random.chance(0.6) ? (BOTH as typeof ANY) : ANY;
  return random.pick(from)(random);
}

/** What changes most in a state that was waited for. */
function strike(random: Random, promised: Promised): Op {
  const loses = promised === 'resend' || promised === 'discard';
  const direction = random.pick(['up', 'down', 'both'] as const);
  const any: [Op, ...Op[]] = [
    cut,
    { do: 'page', what: 'wake' },
    { do: 'page', what: 'sleep' },
    { do: 'silence', direction },
    { do: 'forget' },
    weather({ busy: 1 }),
  ];
  if (!loses || random.chance(0.4)) return random.pick(any);
  return random.pick<Op>([{ do: 'terminate' }, { do: 'drain', ms: 500 }, { do: 'restart', ms: 0 }]);
}
