/** What leads a connection into states that are over soon, so that what comes next strikes there. */
import type { TransportName } from '@holdfast/client';
import type { Op, Promised } from './plan.ts';
import type { Random } from './random.ts';
import type { Weather } from './weather.ts';

const weather = (change: Partial<Weather>): Op => ({ do: 'weather', change });
const latency = (ms: number): Op => weather({ latency: ms });
const pass = (ms: number): Op => ({ do: 'pass', ms });
const wake: Op = { do: 'page', what: 'wake' };
const cut: Op = { do: 'cut', fraction: 0 };
const talk: Op = { do: 'talk', up: 1, down: 1, pace: 0 };
const say: Op = { do: 'talk', up: 1, down: 0, pace: 0 };
const hear = (down: number): Op => ({ do: 'talk', up: 0, down, pace: 0 });
const silence: Op = { do: 'silence', direction: 'up' };
const until = (state: string): Op => ({ do: 'await', state, ms: 20_000 });

/** A WebSocket is open, and something was sent on it. */
const asked: readonly Op[] = [until('untried (ws)'), say, until('unproven (ws)')];

/** A network without a fault, and a page that has forgiven all setbacks. */
const fairly = (random: Random): Op[] => [{ do: 'clear' }, latency(random.pick([5, 50, 400])), wake];
/** A round begins: with WebSocket if that comes first, unless the one that was cut was young. */
const anew = (random: Random): Op[] => (random.chance(0.3) ? [cut] : [{ do: 'page', what: 'sleep' }, wake]);
const perhapsSpeak = (random: Random): Op[] => (random.chance(0.5) ? [{ do: 'speak' }] : []);
const overHttp = (random: Random): Op[] => [
  ...fairly(random),
  weather({ upgrade: 'refuse' }),
  cut,
  until('open (http)'),
];
/** A WebSocket that opens before HTTP starts beside it. */
const soonUnproven = (random: Random): Op[] => [
  ...fairly(random),
  latency(random.pick([5, 20])),
  ...anew(random),
  ...asked,
];
/** One after the other, the second much faster than the first: it takes the session from it. Its answer comes late, or never. */
const overtaken = (random: Random): Op[] => {
  const late = random.chance(0.5);
  const before = random.chance(0.5)
    ? [
        ...fairly(random),
        latency(1500),
        ...anew(random),
        until('connecting (ws)'),
        weather({ latency: 5, unanswered: late ? 0 : 1 }),
      ]
    : [
        // After a WebSocket that died young HTTP goes first.
        ...soonUnproven(random),
        until('open (ws)'),
        latency(1500),
        cut,
        until('connecting (http)'),
        weather({ latency: 5, upgrade: late ? 'pass' : 'kill', lifetime: 0 }),
      ];
  return [...before, until('connecting (ws, http)'), latency(late ? 3000 : 5), pass(20), latency(5)];
};

type Lure = (random: Random) => Op[];

/** For any transports. */
const ANY: readonly [Lure, ...Lure[]] = [
  (random) => [...fairly(random), weather({ upgrade: 'refuse', busy: 1 }), cut, until('waiting')],
];

/** For those that begin with WebSocket. */
const WEBSOCKET: readonly Lure[] = [
  (random) => [...fairly(random), ...anew(random), until('connecting (ws)')],
  (random) => [...fairly(random), ...anew(random), until('untried (ws)')],
  (random) => [...fairly(random), ...anew(random), ...asked],
  (random) => [...fairly(random), until('open (ws)'), talk, silence, talk, until('probing (ws)')],
];

/** For those with HTTP. */
const HTTP: readonly Lure[] = [
  (random) => [
    ...fairly(random),
    weather({ upgrade: 'refuse' }),
    ...anew(random),
    until('connecting (http)'),
  ],
  (random) => [
    ...overHttp(random),
    talk,
    silence,
    random.pick([talk, say]),
    until('probing (http)'),
    ...perhapsSpeak(random),
  ],
];

/** For those where WebSocket and HTTP stand in for one another. */
const BOTH: readonly [Lure, ...Lure[]] = [
  (random) => [
    ...fairly(random),
    weather({ upgrade: random.pick(['swallow', 'pass', 'pass'] as const), latency: 400 }),
    ...anew(random),
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
  (random) => [
    ...fairly(random),
    weather({
      upgrade: 'mute-up',
      latency: random.pick([5, 20, 50, 400]),
      busy: random.pick([0, 0, 1]),
    }),
    ...anew(random),
    ...asked,
    until('unproven (ws; http)'),
  ],
  (random) => [...soonUnproven(random), silence, until('unproven (ws; http)'), ...perhapsSpeak(random)],
  (random) => [
    ...overHttp(random),
    weather({ upgrade: random.pick(['swallow', 'pass', 'pass'] as const), latency: 400 }),
    until('upgrading (http; ws)'),
  ],
  (random) => [...overHttp(random), weather({ upgrade: 'pass', latency: 400 }), until('claiming (http; ws)')],
];

/** Whole stories, of what hardly happens by itself; for those where WebSocket and HTTP stand in for one another. */
const STORIES: readonly [Lure, ...Lure[]] = [
  // HTTP dies while a WebSocket stands by, or claims in vain.
  (random) => [
    ...overHttp(random),
    weather({ upgrade: random.pick(['swallow', 'mute-up'] as const), latency: 5 }),
    until(random.pick(['upgrading (http; ws)', 'claiming (http; ws)'] as const)),
    weather({ busy: 1 }),
    talk,
    pass(3000),
  ],
  (random) => [...overtaken(random), pass(3000)],
  // An acknowledgement on the WebSocket overtakes the attach of the HTTP beside it.
  (random) => [
    ...soonUnproven(random),
    silence,
    latency(2000),
    until('unproven (ws; http)'),
    latency(5),
    // So many are acknowledged at once.
    hear(64),
    pass(50),
    // The WebSocket's answer waits behind this one.
    latency(3000),
    hear(1),
    latency(5),
    { do: 'speak' },
    pass(4000),
  ],
  // An acknowledgement over HTTP overtakes the claim of the WebSocket.
  (random) => [
    ...overHttp(random),
    weather({ upgrade: 'pass', latency: 5 }),
    until('upgrading (http; ws)'),
    latency(1000),
    until('claiming (http; ws)'),
    latency(5),
    hear(3),
    pass(2000),
  ],
  // A claim that was given up takes the session from HTTP.
  (random) => [
    ...overHttp(random),
    weather({ upgrade: 'pass', latency: 400 }),
    until('claiming (http; ws)'),
    wake,
    pass(2000),
  ],
  // A request that was given up takes the session from a WebSocket that is open, or was just asked for a sign of life.
  (random) => [
    ...soonUnproven(random),
    silence,
    latency(2000),
    until('unproven (ws; http)'),
    latency(5),
    { do: 'speak' },
    ...(random.chance(0.3) ? [] : [pass(1800), latency(400), wake]),
    pass(2500),
  ],
  // Nothing comes on a WebSocket on which nothing was sent.
  (random) => [
    ...fairly(random),
    ...anew(random),
    until('untried (ws)'),
    { do: 'silence', direction: random.pick(['down', 'both'] as const) },
    pass(33_000),
  ],
  // Neither comes to anything.
  (random) => [
    ...soonUnproven(random),
    { do: 'silence', direction: 'both' },
    until('unproven (ws; http)'),
    pass(11_000),
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
    ...overHttp(random),
    weather({ upgrade: random.pick(['swallow', 'pass'] as const), latency: 400 }),
    until('upgrading (http; ws)'),
    { do: 'terminate' },
    pass(2000),
  ],
  (random) => [
    ...overHttp(random),
    weather({ upgrade: 'pass', latency: 400 }),
    until('claiming (http; ws)'),
    { do: 'terminate' },
    pass(2000),
  ],
  (random) => [...soonUnproven(random), { do: 'forget' }, { do: 'terminate' }, pass(3000)],
  (random) => [...overHttp(random), latency(400), wake, { do: 'drain', ms: 1000 }],
  (random) => [
    ...overHttp(random),
    pass(1000),
    silence,
    say,
    until('probing (http)'),
    { do: 'drain', ms: 1000 },
  ],
  (random) => [...soonUnproven(random), { do: 'drain', ms: 1000 }],
  (random) => [...random.pick(BOTH)(random), { do: 'drain', ms: 1000 }],
];

/** Whether HTTP stands in for WebSocket. */
export const standIn = (transports: readonly TransportName[]): boolean =>
  transports[0] === 'websocket' && transports.length > 1;

/** A lure and a strike, or a whole story. */
export function scene(random: Random, promised: Promised, transports: readonly TransportName[]): Op[] {
  if (!standIn(transports) || random.chance(0.7))
    return [...lure(random, transports), strike(random, promised)];
  const loses = promised === 'resend' || promised === 'discard';
  return random.pick(loses && random.chance(0.7) ? LOSSES : STORIES)(random);
}

/** Leads into some state that is possible with these transports. */
export function lure(random: Random, transports: readonly TransportName[]): Op[] {
  // Most often into those that take two.
  if (standIn(transports) && random.chance(0.7)) return random.pick(BOTH)(random);
  const http = transports.some((name) => name !== 'websocket');
  // After HTTP comes WebSocket only where HTTP does not get through.
  const ws = transports[0] === 'websocket' || (transports.includes('websocket') && random.chance(0.3));
  return random.pick([...ANY, ...(ws ? WEBSOCKET : []), ...(http ? HTTP : [])] as typeof ANY)(random);
}

/** What changes most in a state that was waited for. */
function strike(random: Random, promised: Promised): Op {
  const loses = promised === 'resend' || promised === 'discard';
  const direction = random.pick(['up', 'down', 'both'] as const);
  const any: [Op, ...Op[]] = [
    cut,
    wake,
    { do: 'page', what: 'sleep' },
    { do: 'silence', direction },
    { do: 'forget' },
    weather({ busy: 1 }),
  ];
  if (!loses || random.chance(0.4)) return random.pick(any);
  const drain: Op = { do: 'drain', ms: 500 };
  return random.pick<Op>([drain, drain, { do: 'terminate' }, { do: 'restart', ms: 0 }]);
}
