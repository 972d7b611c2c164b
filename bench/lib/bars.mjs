/** What is held, and what is not yet: the bars beside the results. */

import { bars } from '../bars.mjs';
import { markdown, number } from './tables.mjs';

/** @param {Record<string, import('../types.ts').RowResult>} results by row */
export function barTable(results) {
  return markdown([
    ['what', 'bar', 'today', ''],
    ...bars.map(({ what, row, in: name, subject, metric, kind, most }) => {
      const value = results[row]?.table[name]?.[subject]?.[metric]?.[kind];
      const unit = kind === 'ratio' ? ' × `ws`' : '';
      const digits = most > 20 ? 0 : 2;
      const verdict = value === undefined ? '' : value <= most ? 'holds' : '**not yet**';
      const today = value === undefined ? 'not measured' : `${number(value, digits)}${unit}`;
      return [what, `≤ ${number(most, digits)}${unit}`, today, verdict];
    }),
  ]);
}
