/** A picture of how a row grows: a panel for each metric, a curve for each subject, drawn as SVG on logarithmic axes. */

import { subjectOf } from '../subjects/index.mjs';
import { COLOURS, text } from './picture.mjs';

const WIDTH = 720;
const LEFT = 70;
const RIGHT = 50;
const PANEL = 190;
const TOP = 86;
/** What a panel has above its curves, and below. */
const ABOVE = 26;
const BELOW = 24;
/** For Holdfast over each transport, by its order. */
const OWN = [COLOURS.own, '#2b6cb0', '#b7791f'];
/** The legend has two columns. */
const COLUMN = 330;

/**
 * @param {import('../types.ts').Row} row
 * @param {import('../types.ts').RowResult} result
 */
export function curves(row, { table }) {
  const cases = Object.keys(table).map((name) => ({
    name,
    at: row.cases[name]?.[row.along?.parameter ?? 'size'] ?? NaN,
  }));
  const own = row.subjects.filter((subject) => subject.startsWith('holdfast'));
  const series = row.subjects.map((subject) => ({
    subject,
    label: subjectOf(subject).label,
    colour: OWN[own.indexOf(subject)] ?? COLOURS.ws,
  }));
  const x = axis(
    cases.map(({ at }) => at),
    LEFT,
    WIDTH - RIGHT,
  );

  const panels = row.metrics.map((metric, index) => {
    const top = TOP + index * PANEL;
    const [above, below] = [top + ABOVE, top + PANEL - BELOW];
    const points = series.map(({ subject, colour }) => ({
      colour,
      values: cases.flatMap(({ name, at }) => {
        const value = table[name]?.[subject]?.[metric.name]?.value ?? NaN;
        return value > 0 ? [{ at, value }] : [];
      }),
    }));
    const powers = decades(points.flatMap(({ values }) => values.map(({ value }) => value)));
    const y = axis(powers, below, above);
    return [
      text(16, top + 14, metric.unit, 'font-weight="bold"'),
      ...powers.flatMap((power) => [
        `<path d="M${LEFT} ${y(power).toFixed(1)}H${WIDTH - RIGHT}" stroke="#d8dee4"/>`,
        text(LEFT - 8, Math.round(y(power)) + 4, power.toLocaleString('en'), 'text-anchor="end"'),
      ]),
      ...cases.map(({ name, at }) => text(x(at), below + 16, name, 'text-anchor="middle"')),
      ...points.flatMap(({ colour, values }) => {
        const places = values.map(({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`);
        return [
          `<path d="M${places.join('L')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
          ...places.map(
            (place) => `<path d="M${place}h0" stroke="${colour}" stroke-width="7" stroke-linecap="round"/>`,
          ),
        ];
      }),
    ].join('\n');
  });

  const legend = series.map(({ label, colour }, index) => {
    const [left, y] = [16 + (index % 2) * COLUMN, 50 + Math.floor(index / 2) * 18];
    return `<path d="M${left} ${y - 4}h18" stroke="${colour}" stroke-width="3"/>${text(left + 24, y, label)}`;
  });
  const height = TOP + row.metrics.length * PANEL + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2328">
<title>${row.title}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(16, 26, row.title, 'font-size="15" font-weight="bold"')}
${legend.join('\n')}
${panels.join('\n')}
</svg>
`;
}

/** Where a value stands between two ends, by its logarithm. @param {readonly number[]} values @param {number} from @param {number} to */
function axis(values, from, to) {
  const [least, most] = [Math.log(Math.min(...values)), Math.log(Math.max(...values))];
  return (/** @type {number} */ value) =>
    from + ((Math.log(value) - least) / (most - least || 1)) * (to - from);
}

/** The powers of ten that have all values between them, two at least. @param {readonly number[]} values */
function decades(values) {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(least + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: most - least + 1 }, (_, index) => 10 ** (least + index));
}
