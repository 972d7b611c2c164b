/** Prints the table of a connection's life from the code that is the table: every state meets every event. */
import {
  deadline,
  dialsOf,
  suspiciousAt,
  type Dial,
  type Effect,
  type Facts,
  type Life,
  type Link,
  type LinkEvent,
} from '../../client/src/link.ts';
import { step } from '../../client/src/step.ts';

const NOW = 100_000;
const SUSPICION = 'silence, or an ack overdue';
const ws: Dial = { id: 1, kind: 'websocket' };
const http: Dial = { id: 2, kind: 'http' };
const later = NOW + 1000;

/** One example of each state that behaves in its own way. */
const STATES: readonly (readonly [string, Link])[] = [
  ['waiting', { name: 'waiting', retryAt: NOW }],
  ['connecting (ws)', { name: 'connecting', dials: [ws], hedgeAt: NOW, deadline: later }],
  ['connecting (ws, http)', { name: 'connecting', dials: [ws, http], hedgeAt: Infinity, deadline: NOW }],
  ['connecting (http)', { name: 'connecting', dials: [http], hedgeAt: Infinity, deadline: NOW }],
  ['untried (ws)', { name: 'untried', current: ws, since: NOW, patience: 300 }],
  ['unproven (ws)', { name: 'unproven', current: ws, hedge: undefined, since: 0, deadline: NOW }],
  ['unproven (ws; http)', { name: 'unproven', current: ws, hedge: http, since: 0, deadline: NOW }],
  ['open (ws)', { name: 'open', current: ws, since: 0, upgradeAt: Infinity }],
  ['open (http)', { name: 'open', current: http, since: 0, upgradeAt: NOW }],
  ['probing (ws)', { name: 'probing', current: ws, since: 0, askedAt: NOW, askedBytes: 0, deadline: NOW }],
  [
    'probing (http)',
    { name: 'probing', current: http, since: 0, askedAt: NOW, askedBytes: 0, deadline: NOW },
  ],
  ['upgrading (http; ws)', { name: 'upgrading', current: http, candidate: ws, since: 0, deadline: NOW }],
  ['claiming (http; ws)', { name: 'claiming', current: http, candidate: ws, since: 0, deadline: NOW }],
];

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
const options = {
  kinds: ['websocket', 'http'],
  fallbackDelay: 300,
  retryDelay: () => 500,
  random: () => 0.5,
} as const;

/** Whether it is noticed that nothing comes. */
const isWatched = ({ name }: Link): boolean => name === 'untried' || name === 'open' || name === 'upgrading';

/** The events, with what is observed when they come. */
const events = (link: Link): (readonly [string, LinkEvent, Facts])[] => [
  ['start', { type: 'start' }, facts],
  ['its time is up', { type: 'tick' }, facts],
  ...(isWatched(link) ? ([[SUSPICION, { type: 'tick' }, silent]] as const) : []),
  ['speak', { type: 'speak' }, facts],
  ['proven', { type: 'proven' }, facts],
  ['wake', { type: 'wake' }, facts],
  ...dialsOf(link).flatMap(({ id, kind }) =>
    (['welcome', 'superseded', 'gone', 'lost'] as const).map(
      (type) => [`${short(kind)} ${type}`, { type, id }, facts] as const,
    ),
  ),
  ['sleep', { type: 'sleep' }, facts],
  ['go-away', { type: 'go-away', delay: 700 }, facts],
  ['end', { type: 'end' }, facts],
];

const short = (kind: Dial['kind']): string => (kind === 'websocket' ? 'ws' : 'http');

/** A state of the table, by its name there. */
export function stateInWords(link: Link): string {
  const dials = dialsOf(link).map(({ kind }) => short(kind));
  if (dials.length === 0) return link.name;
  // Of those on their way none comes first.
  if (link.name === 'connecting') return `connecting (${dials.sort().reverse().join(', ')})`;
  return `${link.name} (${dials.join('; ')})`;
}

/** An event of the table, by its name there. */
export function eventInWords(event: LinkEvent, life: Life, observed: Facts): string {
  const { link } = life;
  if (event.type === 'tick') {
    const { now } = observed;
    if (isWatched(link) && now >= suspiciousAt(observed)) return SUSPICION;
    return now >= deadline(life, { ...facts, now, heardAt: now }) ? 'its time is up' : 'nothing is due';
  }
  if (!('id' in event)) return event.type;
  const dial = dialsOf(link).find(({ id }) => id === event.id);
  return `${dial ? short(dial.kind) : 'forgotten'} ${event.type}`;
}

function effectInWords(effect: Effect): string {
  if (!('dial' in effect)) return effect.do;
  return `${effect.do === 'dial' && effect.standby ? 'stand by' : effect.do} ${short(effect.dial.kind)}`;
}

/** What changes something: a state, an event, what follows. */
export interface Row {
  readonly state: string;
  readonly event: string;
  readonly next: string;
  readonly done: string;
}

/** The rows of the table. What changes nothing is left out. */
export function stateRows(): Row[] {
  return STATES.flatMap(([state, link]) =>
    events(link).flatMap(([event, what, observed]) => {
      const life: Life = { link, memory: { rounds: 1, setbacks: 0, dialled: 2 } };
      const [next, effects] = step(life, what, observed, options);
      if (next === life) return [];
      return [{ state, event, next: stateInWords(next.link), done: effects.map(effectInWords).join(', ') }];
    }),
  );
}

/** What a correct server never causes, row by row, and why; what follows all the same is in the table. */
export const IMPOSSIBLE: readonly {
  readonly states: RegExp;
  readonly event: RegExp;
  readonly why: string;
}[] = [
  {
    states: /^(waiting|connecting)/,
    event: /^go-away$/,
    why: 'it is taken only from the transport that carries the session, and there is none',
  },
  {
    states: /^(untried|unproven|open|probing) \(ws/,
    event: /^ws (welcome|gone)$/,
    why: 'each answers an attach, and one WebSocket has no second attach under way',
  },
  {
    states: /^(open|probing|upgrading) \(http/,
    event: /^http welcome$/,
    why: 'an attach that was answered is not repeated',
  },
];

/** Whether only an incorrect server causes this row. */
export const isImpossible = ({ state, event }: Pick<Row, 'state' | 'event'>): boolean =>
  IMPOSSIBLE.some((each) => each.states.test(state) && each.event.test(event));

/** The names of all states but `closed`. */
export const stateNames: readonly string[] = STATES.map(([name]) => name);

/** The table in Markdown. */
export function stateTable(): string {
  const rows = stateRows().map(
    ({ state, event, next, done }) => `| ${state} | ${event} | ${next} | ${done} |`,
  );
  return ['| state | event | next state | what is done |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
