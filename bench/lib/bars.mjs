/** What is held, and what is not yet: the bars beside the results. */

import { bars } from '../bars.mjs';
import { rowOf } from '../rows/index.mjs';
import { subjectOf } from '../subjects/index.mjs';
import { baseOf, markdown, number } from './tables.mjs';

/** The bars whose figures are there. @param {Record<string, import('../types.ts').RowResult>} results by row */
export function barTable(results) {
  const lines = bars.flatMap(({ what, row, in: name, subject, metric, kind, most, least, floor }) => {
    const value = results[row]?.table[name]?.[subject]?.[metric]?.[kind];
    if (value === undefined) return [];
    const unit = kind === 'ratio' ? ` × ${baseOf(rowOf(row)).replace('raw ', '')}` : '';
    const digits = (least ?? most) > 20 ? 0 : 2;
    const holds = least === undefined ? value <= most : value >= least;
    const bar = least === undefined ? `≤ ${number(most, digits)}` : `≥ ${number(least, digits)}`;
    const bare = floor && results[row]?.table[name]?.[floor]?.[metric]?.[kind];
    const beside = bare ? `; ${subjectOf(floor).label}: ${number(bare, digits)}${unit}` : '';
    return [
      [what, bar + unit, `${number(value, digits)}${unit}`, `${holds ? 'holds' : '**not yet**'}${beside}`],
    ];
  });
  return markdown([['what', 'bar', 'today', ''], ...lines]);
}
