/** Many storms, and what is to be told of them: counts, or the one that failed, made small, as a transcript. */
import { Coverage } from './coverage.ts';
import { inWords, planOf, type Plan } from './plan.ts';
import { shrink } from './shrink.ts';
import { runPlan, storm, type StormOptions } from './storm.ts';

export interface Tally {
  readonly storms: number;
  readonly messages: number;
  readonly coverage: Pick<Coverage, 'pairs' | 'longest'>;
  /** The report of the first storm that failed. */
  readonly failure?: string;
}

/**
 * Runs every `stride`-th storm of a range, up to the first that fails.
 *
 * @param progress called for each hundred; ends them with `false`
 */
export function runStorms(
  first: number,
  count: number,
  stride = 1,
  progress?: (storms: number) => boolean,
): Tally {
  const coverage = new Coverage();
  let storms = 0;
  let messages = 0;
  for (let seed = first; seed < first + count; seed += stride) {
    try {
      messages += storm(seed, { coverage });
    } catch {
      return { storms, messages, coverage, failure: report(planOf(seed)) };
    }
    if (++storms % 100 === 0 && progress?.(storms) === false) break;
  }
  return { storms, messages, coverage };
}

/** A failing plan, made small, and what happens in it. */
export function report(plan: Plan, options: Pick<StormOptions, 'sabotage'> = {}): string {
  const small = shrink(plan, (candidate) => failureOf(candidate, options)?.replace(/[\d.]+/g, 'N'));
  const { ops, ...rest } = small;
  const lines: string[] = [];
  const failure = failureOf(small, { ...options, note: (line) => lines.push(line) });
  return [
    `storm ${plan.seed}: ${failure}`,
    `${plan.ops.length} ops were made ${ops.length}: ${ops.map(inWords).join('; ')}`,
    JSON.stringify(rest),
    ...lines,
  ].join('\n');
}

function failureOf(plan: Plan, options: StormOptions): string | undefined {
  try {
    runPlan(plan, options);
    return undefined;
  } catch (error) {
    return String(error);
  }
}
