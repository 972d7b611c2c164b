/** Puts a soak into the documents: its figures as JSON and as a table, its curves as a picture. */

import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { drawn } from './picture.mjs';
import { median, mib, MIN_PERIODS, thirds } from './verdict.mjs';

/** @typedef {import('./verdict.mjs').Moment} Moment */

const at = (/** @type {string} */ path) => fileURLToPath(new URL(`../../docs/${path}`, import.meta.url));
const begin = '<!-- soak: printed by `npm run soak -- --write` -->';
const end = '<!-- /soak -->';
const MIB = 2 ** 20;

/**
 * @param {object} soak
 * @param {import('./verdict.mjs').Run} soak.run
 * @param {readonly Moment[]} soak.curve
 * @param {readonly import('./verdict.mjs').Finding[]} soak.findings
 * @param {number} soak.seconds
 * @param {number} soak.seed
 */
export function writeDocs({ run, curve, findings, seconds, seed }) {
  const { periods, endings, end: last } = run;
  if (periods.length < MIN_PERIODS) throw new Error('too few periods for the documents');
  const facts = `Node ${process.version.slice(1)}, ${type()} ${release().split('-')[0]}, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), seed ${seed}`;
  const { first, last: lasts } = thirds(periods);
  const row = (
    /** @type {string} */ name,
    /** @type {(period: import('./verdict.mjs').Period) => number} */ of,
    /** @type {(value: number) => string} */ print,
  ) => `| ${name} | ${print(median(first.map(of)))} | ${print(median(lasts.map(of)))} |`;
  const printed = [
    `${periods.length} periods in ${(seconds / 60).toFixed(1)} minutes, ${endings.length} restarts, ${last.server.handled.toLocaleString('en')} messages to the server and as many back. ${facts}.`,
    [
      '| calm moments | first third | last third |',
      '| --- | --- | --- |',
      row('memory of the server', (each) => each.server.memory, mib),
      row('memory of the clients', (each) => each.clients.memory, mib),
      row('resident memory of the server', (each) => each.server.rss, mib),
      row(
        'sessions',
        (each) => Object.values(each.server.sessions).reduce((sum, count) => sum + count, 0),
        String,
      ),
      row('connections of the server', (each) => each.server.sockets, String),
      row('timers of the server', (each) => each.server.timers, String),
      row('timers of the clients', (each) => each.clients.timers, String),
      row(
        'CPU time of the server for a message',
        (each) => each.perMessage.server,
        (µs) => `${µs.toFixed(0)} µs`,
      ),
    ].join('\n'),
    [
      '| verdict | |',
      '| --- | --- |',
      ...findings.map(({ name, isRight, text }) => `| ${name} | ${isRight ? '' : '**wrong:** '}${text} |`),
    ].join('\n'),
  ].join('\n\n');
  const text = readFileSync(at('soak.md'), 'utf8');
  const [head, tail] = [text.indexOf(begin), text.indexOf(end)];
  if (head < 0 || tail < head) throw new Error('docs/soak.md has no place for the figures');
  writeFileSync(at('soak.md'), `${text.slice(0, head + begin.length)}\n\n${printed}\n\n${text.slice(tail)}`);
  writeFileSync(
    at('soak.json'),
    `${JSON.stringify({ facts, seconds: Math.round(seconds), findings, endings, periods }, null, 2)}\n`,
  );
  writeFileSync(
    at('soak.svg'),
    drawn(
      'A soak: what a server and its clients take',
      panels(curve, periods),
      periods.map((each) => each.at),
    ),
  );
}

/** @param {readonly Moment[]} curve @param {readonly import('./verdict.mjs').Period[]} periods */
function panels(curve, periods) {
  const of = (/** @type {string} */ name, /** @type {(moment: Moment) => number} */ value) => ({
    name,
    points: curve.map((each) => ({ at: each.at, value: value(each) })),
  });
  return [
    {
      title: 'Memory in use after garbage is collected, MiB',
      curves: [
        of('server', (each) => each.server.memory / MIB),
        of('clients', (each) => each.clients.memory / MIB),
      ],
    },
    { title: 'Resident memory of the server, MiB', curves: [of('server', (each) => each.server.rss / MIB)] },
    {
      title: 'Sessions',
      curves: /** @type {const} */ (['websocket', 'streaming', 'polling', 'away']).map((name) =>
        of(name, (each) => each.server.sessions[name]),
      ),
    },
    {
      title: 'Connections',
      curves: [of('server', (each) => each.server.sockets), of('clients', (each) => each.clients.sockets)],
    },
    {
      title: 'Timers',
      curves: [of('server', (each) => each.server.timers), of('clients', (each) => each.clients.timers)],
    },
    {
      title: 'CPU time of the server for each message of a period, µs',
      curves: [
        { name: 'server', points: periods.map((each) => ({ at: each.at, value: each.perMessage.server })) },
      ],
    },
  ];
}
