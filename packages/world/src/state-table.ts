/** Prints the table of a connection's life from the code that is the table: every state meets every event. */
import {
  dialsOf,
  type Dial,
  type Effect,
  type Facts,
  type Life,
  type Link,
  type LinkEvent,
} from '../../client/src/link.ts';
import { step } from '../../client/src/step.ts';

const NOW = 100_000;
const ws: Dial = { id: 1, kind: 'websocket' };
const http: Dial = { id: 2, kind: 'http' };
const later = NOW + 1000;

/** One example of each state that behaves in its own way. */
const STATES: readonly (readonly [string, Link])[] = [
  ['waiting', { name: 'waiting', retryAt: NOW }],
  ['connecting (ws)', { name: 'connecting', dials: [ws], hedgeAt: NOW, deadline: later }],
  ['connecting (ws, http)', { name: 'connecting', dials: [ws, http], hedgeAt: Infinity, deadline: NOW }],
  ['connecting (http)', { name: 'connecting', dials: [http], hedgeAt: Infinity, deadline: NOW }],
  ['unproven (ws)', { name: 'unproven', current: ws, hedge: undefined, since: 0, deadline: NOW }],
  ['unproven (ws; http)', { name: 'unproven', current: ws, hedge: http, since: 0, deadline: NOW }],
  ['open (ws)', { name: 'open', current: ws, since: 0, upgradeAt: Infinity }],
  ['open (http)', { name: 'open', current: http, since: 0, upgradeAt: NOW }],
  ['probing (ws)', { name: 'probing', current: ws, since: 0, askedAt: NOW, deadline: NOW }],
  ['upgrading (http; ws)', { name: 'upgrading', current: http, candidate: ws, since: 0, deadline: NOW }],
  ['claiming (http; ws)', { name: 'claiming', current: http, candidate: ws, since: 0, deadline: NOW }],
];

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
const options = {
  kinds: ['websocket', 'http'],
  fallbackDelay: 300,
  retryDelay: () => 500,
  random: () => 0.5,
} as const;

/** The events, with what is observed when they come. */
const events = (link: Link): (readonly [string, LinkEvent, Facts])[] => [
  ['start', { type: 'start' }, facts],
  ['its time is up', { type: 'tick' }, facts],
  ...(link.name === 'open' ? ([['silence, or an ack overdue', { type: 'tick' }, silent]] as const) : []),
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

function inWords(link: Link): string {
  const dials = dialsOf(link).map(({ kind }) => short(kind));
  if (dials.length === 0) return link.name;
  return `${link.name} (${dials.join(link.name === 'connecting' ? ', ' : '; ')})`;
}

function effectInWords(effect: Effect): string {
  if (!('dial' in effect)) return effect.do;
  return `${effect.do === 'dial' && effect.standby ? 'stand by' : effect.do} ${short(effect.dial.kind)}`;
}

/** The table in Markdown. What changes nothing is left out. */
export function stateTable(): string {
  const rows = STATES.flatMap(([name, link]) =>
    events(link).flatMap(([event, what, observed]) => {
      const life: Life = { link, memory: { rounds: 1, setbacks: 0, dialled: 2 } };
      const [next, effects] = step(life, what, observed, options);
      if (next === life) return [];
      return [`| ${name} | ${event} | ${inWords(next.link)} | ${effects.map(effectInWords).join(', ')} |`];
    }),
  );
  return ['| state | event | next state | what is done |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
