/**
 * Prints the life of a connection as Promela, from the code that is the table: the client of the model (`model/`) does not
 * imitate `step`, it is `step`, with instants and counts taken out. Where they decide, the model may do either.
 */
import {
  beginning,
  dialsOf,
  type Dial,
  type Effect,
  type Facts,
  type Kind,
  type Life,
  type Link,
  type LinkEvent,
} from '../../client/src/link.ts';
import { step } from '../../client/src/step.ts';

const NOW = 100_000;
const facts: Facts = {
  now: NOW,
  heardAt: NOW,
  heardBytes: 0,
  heartbeat: 25_000,
  owedSince: Infinity,
  owedBytes: 0,
  latency: 50,
  offline: false,
  midway: false,
  spread: 0,
};
const silent: Facts = { ...facts, heardAt: 0 };

/** What a model without clock and counters does not know: how old the transport is, how many rounds and setbacks there were. */
const AGES = [0, 2000, 60_000];
const MEMORIES = [0, 1, 5].flatMap((rounds) => [0, 1].map((setbacks) => ({ rounds, setbacks, dialled: 2 })));

const short = (kind: Kind): string => (kind === 'websocket' ? 'ws' : 'http');

/** The name of a state, which tells all that makes a difference to `step` but for instants. */
function nameOf(link: Link): string {
  // A transport that carries the session alone has been answered.
  const marks = link.name !== 'untried' && link.name !== 'open' && link.name !== 'probing';
  const dials = dialsOf(link).map(
    ({ kind, answered }) => (answered && marks ? 'answered_' : '') + short(kind),
  );
  const hedges = link.name === 'connecting' && link.hedgeAt < Infinity;
  return [link.name, ...dials, ...(hedges ? ['to_hedge'] : [])].join('_').toUpperCase();
}

/** The same state with transports 1 and 2, `age` ms old, and due now if `isDue`. */
function example(link: Link, age: number, isDue: boolean): Link {
  const at = isDue ? NOW : NOW + 1;
  const renamed = dialsOf(link).map((dial, i) => ({ ...dial, id: i + 1 }));
  const [first, second] = renamed as [Dial, Dial];
  const since = NOW - age;
  switch (link.name) {
    case 'waiting':
      return { name: 'waiting', retryAt: at };
    case 'connecting':
      return link.hedgeAt < Infinity
        ? { ...link, dials: renamed, hedgeAt: at, deadline: NOW + 1 }
        : { ...link, dials: renamed, deadline: at };
    case 'untried':
      return { ...link, current: first, since };
    case 'unproven':
      return { ...link, current: first, hedge: link.hedge && second, since, deadline: at };
    case 'open':
      return { ...link, current: first, since, upgradeAt: link.upgradeAt < Infinity ? at : Infinity };
    case 'probing':
      return { ...link, current: first, since, askedAt: NOW, deadline: at };
    case 'upgrading':
    case 'claiming':
      return { ...link, current: first, candidate: second, since, deadline: at };
    case 'closed':
      return link;
  }
}

type Happening = readonly [name: string, event: LinkEvent, facts: Facts, isDue: boolean];

const happenings = (link: Link): Happening[] => [
  ['TICK', { type: 'tick' }, facts, true],
  ['DOUBT', { type: 'tick' }, silent, false],
  ['WAKE', { type: 'wake' }, facts, false],
  ['SLEEP', { type: 'sleep' }, facts, false],
  ['END', { type: 'end' }, facts, false],
  ['SPEAK', { type: 'speak' }, facts, false],
  ['PROVEN', { type: 'proven' }, facts, false],
  ...dialsOf(link).flatMap((_, i) =>
    (['welcome', 'superseded', 'gone', 'lost'] as const).map((type): Happening => [
      `${type.toUpperCase()}_${i + 1}`,
      { type, id: i + 1 },
      facts,
      false,
    ]),
  ),
];

function effectName(effect: Effect): string {
  if (!('dial' in effect)) return effect.do.toUpperCase();
  const { kind, id } = effect.dial;
  if (effect.do !== 'dial') return `${effect.do.toUpperCase()}_${id}`;
  return effect.standby ? 'STAND_BY' : `DIAL_${short(kind).toUpperCase()}`;
}

/** For each state what may follow on what: the next state, what has to be done, and which transports are in the next state. */
function tables(kinds: readonly Kind[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const seen = new Map([[nameOf(beginning.link), beginning.link]]);
  const options = { kinds, fallbackDelay: 300, retryDelay: () => 500, random: () => 0.5 };
  for (const [name, link] of seen) {
    const rows = new Set<string>();
    found.set(name, rows);
    for (const [event, what, observed, isDue] of happenings(link)) {
      for (const life of lives(link, isDue)) {
        const [next, effects] = step(life, what, observed, options);
        // At an instant that is not this state's deadline a tick can only be a doubt.
        if (next === life || (event === 'DOUBT' && next.link.name !== 'probing')) continue;
        const nextName = nameOf(next.link);
        if (!seen.has(nextName)) seen.set(nextName, next.link);
        const [first = 'NONE', second = 'NONE'] = dialsOf(next.link).map(({ id }) =>
          id > 2 ? 'FRESH' : `SLOT_${id}`,
        );
        const does = effects.map(effectName).join(' + ') || '0';
        rows.add(`    ROW(${event}, ${nextName}, ${does}, ${first}, ${second})`);
      }
    }
  }
  return found;
}

/** The same state with all histories that make a difference. */
const lives = (link: Link, isDue: boolean): Life[] =>
  MEMORIES.flatMap((memory) => AGES.map((age) => ({ link: example(link, age, isDue), memory })));

/** How effects, events and rows are written in Promela. Effects are carried out in this order. */
const EFFECTS = ['DROP_1', 'DROP_2', 'RENEW', 'ADOPT_1', 'ADOPT_2', 'ATTACH_1', 'ATTACH_2'].concat([
  'DIAL_WS',
  'DIAL_HTTP',
  'STAND_BY',
  'PING_1',
  'PING_2',
]);
const EVENTS = ['TICK', 'DOUBT', 'WAKE', 'SLEEP', 'END', 'SPEAK', 'PROVEN'].concat(
  ['WELCOME', 'SUPERSEDED', 'GONE', 'LOST'].flatMap((name) => [`${name}_1`, `${name}_2`]),
);
const WORDS = [
  ...EFFECTS.map((name, i) => `#define ${name} ${2 ** i}`),
  '',
  ...EVENTS.map((name, i) => `#define ${name} ${i + 1}`),
  '',
  ...['SLOT_1', 'SLOT_2', 'FRESH'].map((name, i) => `#define ${name} ${i + 1}`),
  '#define ROW(event, next, what, first, second) :: happened == event -> link = next; does = what; nextOne = first; nextTwo = second',
  '#define NOTHING does = 0; nextOne = SLOT_1; nextTwo = SLOT_2',
  '#define NO_ROW :: else -> NOTHING',
];

/** The whole of `model/step.pml`. */
export function clientTable(): string {
  const all = [
    ['#if defined(ONLY_WS)', tables(['websocket'])],
    ['#elif defined(ONLY_HTTP)', tables(['http'])],
    ['#else', tables(['websocket', 'http'])],
  ] as const;
  const names = [...new Set(all.flatMap(([, found]) => [...found.keys()]))];
  const lines = [
    '/* The life of a connection, printed from packages/client/src/step.ts by `npm run model -- --write`. Not to be edited. */',
    '',
    ...names.map((name, i) => `#define ${name} ${i}`),
    '',
    ...WORDS,
  ];
  for (const [condition, found] of all) {
    lines.push('', condition, 'inline clientTable() {', '  if');
    for (const [name, rows] of found) {
      if (rows.size > 0) lines.push(`  :: link == ${name} ->`, '    if', ...rows, '    NO_ROW', '    fi');
    }
    lines.push('  :: else -> NOTHING', '  fi', '}');
  }
  return [...lines, '#endif', ''].join('\n');
}
