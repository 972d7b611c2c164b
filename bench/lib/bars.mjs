/** What is held, and what is not yet: the bars beside the results. */

import { bars } from '../bars.mjs';
import { markdown, number } from './tables.mjs';

/** The bars whose figures are there. @param {Record<string, import('../types.ts').RowResult>} results by row */
export function barTable(results) {
  const lines = bars.flatMap(({ what, row, in: name, subject, metric, kind, most }) => {
    const value = results[row]?.table[name]?.[subject]?.[metric]?.[kind];
    if (value === undefined) return [];
    const unit = kind === 'ratio' ? ' × `ws`' : '';
    const digits = most > 20 ? 0 : 2;
    const verdict = value <= most ? 'holds' : '**not yet**';
    return [[what, `≤ ${number(most, digits)}${unit}`, `${number(value, digits)}${unit}`, verdict]];
  });
  return markdown([['what', 'bar', 'today', ''], ...lines]);
}
