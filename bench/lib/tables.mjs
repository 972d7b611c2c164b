/** Results as Markdown. */

import { subjectOf } from '../subjects/index.mjs';

/** @param {readonly (readonly string[])[]} lines the first one is the head */
export const markdown = ([head = [], ...body]) =>
  [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** @param {number} value @param {number} digits */
export const number = (value, digits) =>
  Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** What the others of a row are compared with, in words. @param {import('../types.ts').Row} row */
export function baseOf({ base: inWords, subjects: [base = ''] }) {
  if (inWords) return inWords;
  return base === 'ws' ? 'raw `ws`' : subjectOf(base).label;
}

/**
 * A row of the bench: a table with its cases below one another, and below it how it was measured.
 *
 * @param {import('../types.ts').Row} row
 * @param {import('../types.ts').RowResult} result
 */
export function tableOf(row, result) {
  const isRelative = row.metrics.some(({ relative }) => relative);
  const lines = Object.entries(result.table).flatMap(([name, bySubject]) =>
    Object.entries(bySubject).map(([subject, byMetric]) => [
      name,
      subjectOf(subject).label,
      ...row.metrics.map(({ name: metric, digits }) => {
        const { value = NaN, ratio } = byMetric[metric] ?? {};
        const text = number(value, digits);
        return ratio === undefined ? text : `**${number(ratio, 2)}** (${text})`;
      }),
    ]),
  );
  const { rounds, load, measuredAt, pinned } = result;
  const how =
    rounds === 1 ? 'One round' : `The ${row.takes === 'least' ? 'least' : 'medians'} of ${rounds} rounds`;
  return [
    markdown([['', '', ...row.metrics.map(({ unit }) => unit)], ...lines]),
    '',
    `${how}${isRelative ? `; bold: beside ${baseOf(row)} in the same round` : ''}. ${measuredAt.slice(0, 10)}, load ${number(load[0], 1)} before and ${number(load[1], 1)} after${pinned ? '' : ', server and client not on cores of their own'}.`,
  ].join('\n');
}
