/** What storms reached: rows of the state table, all pairs of state and event, and how long a recovery took. */
import type { Step } from '../../client/src/environment.ts';
import { eventInWords, isImpossible, stateInWords, stateRows } from './state-table.ts';

export class Coverage {
  /** How often each pair "state, event" came, and how often something followed from it. */
  readonly pairs: Record<string, { count: number; moved: number }> = {};
  /** The longest times, in ms. */
  readonly longest: Record<string, number> = {};

  count({ before, event, facts, after, effects }: Step): void {
    const key = `${stateInWords(before.link)} | ${eventInWords(event, before, facts)}`;
    const pair = (this.pairs[key] ??= { count: 0, moved: 0 });
    pair.count++;
    if (after !== before || effects.length > 0) pair.moved++;
  }

  took(what: string, ms: number): void {
    this.longest[what] = Math.max(this.longest[what] ?? 0, ms);
  }

  /** Adds what another one counted. */
  add({ pairs, longest }: Pick<Coverage, 'pairs' | 'longest'>): void {
    for (const [key, { count, moved }] of Object.entries(pairs)) {
      const pair = (this.pairs[key] ??= { count: 0, moved: 0 });
      pair.count += count;
      pair.moved += moved;
    }
    for (const [what, ms] of Object.entries(longest)) this.took(what, ms);
  }

  /** The rows of the state table, with how often each was taken. */
  rows(): { readonly row: string; readonly taken: number; readonly possible: boolean }[] {
    return stateRows().map(({ state, event }) => {
      const row = `${state} | ${event}`;
      return { row, taken: this.pairs[row]?.moved ?? 0, possible: !isImpossible({ state, event }) };
    });
  }
}
