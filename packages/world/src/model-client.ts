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
  heartbeat: 25_000,
  owedSince: Infinity,
  owedBytes: 0,
  latency: 50,
  offline: false,
};
const silent: Facts = { ...facts, heardAt: 0 };

/** What a model without clock and counters does not know: how old the transport is, how many rounds and setbacks there were. */
const AGES = [0, 2000, 60_000];
const MEMORIES = [0, 1, 5].flatMap((rounds) => [0, 1].map((setbacks) => ({ rounds, setbacks, dialled: 2 })));

const short = (kind: Kind): string => (kind === 'websocket' ? 'ws' : 'http');

/** The name of a state, which tells all that makes a difference to `step` but for instants. */
function nameOf(link: Link): string {
  const dials = dialsOf(link).map(({ kind, answered }) => (answered ? 'answered_' : '') + short(kind));
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

/** One row for each thing that may follow. A state is `NAME`, and the transports in it: the first, the second or the new one. */
function table(kinds: readonly Kind[], names: Set<string>): string[] {
  const rows = new Set<string>();
  const seen = new Map([[nameOf(beginning.link), beginning.link]]);
  const options = { kinds, fallbackDelay: 300, retryDelay: () => 500, random: () => 0.5 };
  for (const [name, link] of seen) {
    names.add(name);
    for (const [event, what, observed, isDue] of happenings(link)) {
      for (const memory of MEMORIES) {
        for (const age of AGES) {
          const life: Life = { link: example(link, age, isDue), memory };
          const [next, effects] = step(life, what, observed, options);
          if (next === life || (event === 'DOUBT' && next.link.name !== 'probing')) continue;
          const nextName = nameOf(next.link);
          if (!seen.has(nextName)) seen.set(nextName, next.link);
          const [first = 'NONE', second = 'NONE'] = dialsOf(next.link).map(({ id }) =>
            id > 2 ? 'FRESH' : `SLOT_${id}`,
          );
          const does = effects.map(effectName).join(' + ') || '0';
          rows.add(`  ROW(${name}, ${event}, ${nextName}, ${does}, ${first}, ${second})`);
        }
      }
    }
  }
  return [...rows];
}

/** The whole of `model/client.pml`. */
export function clientTable(): string {
  const names = new Set<string>();
  const tables = [
    ['defined(ONLY_WS)', table(['websocket'], names)],
    ['defined(ONLY_HTTP)', table(['http'], names)],
    ['1', table(['websocket', 'http'], names)],
  ] as const;
  return [
    '/* The life of a connection, printed from packages/client/src/step.ts by `npm run model -- --write`. Not to be edited. */',
    '',
    ...[...names].map((name, i) => `#define ${name} ${i}`),
    '',
    '#define CLIENT_TABLE \\',
    ...[],
  ]
    .slice(0, -1)
    .concat(
      tables.flatMap(([condition, rows], i) => [
        `${i === 0 ? '#if' : '#elif'} ${condition}`,
        'inline clientTable() {',
        '  if',
        ...rows,
        '  :: else -> does = 0; left = SLOT_1; right = SLOT_2',
        '  fi',
        '}',
        '',
      ]),
      ['#endif', ''],
    )
    .join('\n');
}
