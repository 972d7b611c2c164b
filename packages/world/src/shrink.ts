/** Makes a failing storm small: what is left of its plan is what it takes to fail, in the same way. */
import type { Op, Plan } from './plan.ts';

/** Runs that are tried at most. */
const MAX_RUNS = 600;

/**
 * The smallest plan found that still fails.
 *
 * @param failure what a plan fails with, without what differs from run to run; undefined if it does not fail
 */
export function shrink(plan: Plan, failure: (plan: Plan) => string | undefined): Plan {
  const wanted = failure(plan);
  if (wanted === undefined) throw new Error('the plan does not fail');
  let best = plan;
  let runs = 0;
  const fails = (candidate: Plan): boolean => {
    if (runs >= MAX_RUNS || failure(candidate) !== wanted) return false;
    best = candidate;
    return true;
  };
  for (;;) {
    const before = best;
    withoutSome(best, (candidate) => (runs++, fails(candidate)));
    for (let i = 0; i < best.ops.length; i++) {
      // Each simpler form of an op is tried until none of them fails.
      while (simpler(best.ops[i] as Op).some((op) => (runs++, fails(withOp(best, i, op)))));
    }
    const calm = { ...best, end: { ...best.end, when: 'calm' } } as const;
    if (best.end.when === 'storm') fails(calm);
    if (best === before || runs >= MAX_RUNS) return best;
  }
}

/** Leaves out runs of ops, long ones first (delta debugging). */
function withoutSome(plan: Plan, fails: (plan: Plan) => boolean): void {
  let { ops } = plan;
  for (let length = Math.ceil(ops.length / 2); length >= 1; length = length > 1 ? Math.ceil(length / 2) : 0) {
    for (let at = 0; at < ops.length;) {
      const fewer = ops.filter((_, i) => i < at || i >= at + length);
      if (fails({ ...plan, ops: fewer })) ops = fewer;
      else at += length;
    }
  }
}

const withOp = (plan: Plan, at: number, op: Op): Plan => ({
  ...plan,
  ops: plan.ops.map((each, i) => (i === at ? op : each)),
});

/** Simpler forms of an op, the simplest first. */
function simpler(op: Op): Op[] {
  switch (op.do) {
    case 'talk': {
      const { up, down, pace } = op;
      return [
        ...(up > 0
          ? [
              { ...op, up: 0 },
              { ...op, up: up >> 1 },
            ]
          : []),
        ...(down > 0
          ? [
              { ...op, down: 0 },
              { ...op, down: down >> 1 },
            ]
          : []),
        ...(op.size === undefined ? [] : [{ do: op.do, up, down, pace } as const]),
      ];
    }
    case 'weather':
      return Object.keys(op.change).length > 1
        ? Object.entries(op.change).map(([name, value]) => ({ do: op.do, change: { [name]: value } }))
        : [];
    case 'cut':
      return op.fraction > 0 ? [{ ...op, fraction: 0 }] : [];
    default:
      return [];
  }
}
