/** A picture of a row: a bar for each subject beside the first one, drawn as SVG. It has its own background: a page may be dark or light. */

import { subjectOf } from '../subjects/index.mjs';
import { baseOf, number } from './tables.mjs';

const WIDTH = 720;
const LABELS = 235;
const LINE = 20;
const TOP = 44;
export const COLOURS = /** @type {const} */ ({ own: '#0b6e4f', ws: '#444c56', peer: '#a3adb8' });

/**
 * @param {import('../types.ts').Row} row
 * @param {import('../types.ts').RowResult} result
 */
export function drawn(row, result) {
  const metric = row.metrics.find(({ name }) => name === row.picture);
  const cases = Object.entries(result.table).map(([name, bySubject]) => ({
    name,
    bars: Object.entries(bySubject).map(([subject, byMetric]) => {
      const { ratio = NaN, value = NaN } = byMetric[metric?.name ?? ''] ?? {};
      const colour = subject.startsWith('holdfast') ? 'own' : /^(ws|held|bare)/.test(subject) ? 'ws' : 'peer';
      return { label: subjectOf(subject).label.replaceAll('`', ''), ratio, value, colour: COLOURS[colour] };
    }),
  }));
  const longest = Math.max(...cases.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const scale = (WIDTH - LABELS - 130) / longest;
  const one = LABELS + scale;

  let y = TOP;
  /** @type {string[]} */
  const shapes = [];
  for (const { name, bars } of cases) {
    y += LINE + 4;
    shapes.push(text(16, y, name, 'font-weight="bold"'));
    for (const { label, ratio, value, colour } of bars) {
      y += LINE;
      const length = Math.max(1, ratio * scale);
      shapes.push(
        text(LABELS - 10, y, label, 'text-anchor="end"'),
        `<rect x="${LABELS}" y="${y - 12}" width="${length.toFixed(1)}" height="15" fill="${colour}"/>`,
        text(LABELS + length + 6, y, `${number(ratio, 2)} (${number(value, metric?.digits ?? 1)})`),
      );
    }
  }
  const height = y + 20;
  const title = `${row.title}: ${metric?.unit ?? ''}, beside ${baseOf(row)}`.replaceAll('`', '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12" fill="#1f2328">
<title>${title}</title>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${text(16, 28, title, 'font-size="15" font-weight="bold"')}
<path d="M${one.toFixed(1)} ${TOP}V${height - 12}" stroke="#d0484880" stroke-dasharray="3 3"/>
${shapes.join('\n')}
</svg>
`;
}

/** @param {number} x @param {number} y @param {string} what @param {string} [style] */
export const text = (x, y, what, style = '') =>
  `<text x="${x.toFixed(1)}" y="${y}"${style && ` ${style}`}>${what.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;
