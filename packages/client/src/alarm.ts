/** One timer for all that is due. It is moved only when something is due earlier; what became later is found out when it rings. */
import type { Environment } from './environment.ts';

/** `setTimeout` takes no more than 2^31 − 1 ms. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Makes what sets it: it rings at that instant, or earlier; for Infinity no more. */
export function alarm(env: Environment, ring: () => void): (at: number) => void {
  let timer: unknown;
  let setAt = Infinity;
  return (at) => {
    if (at >= setAt && at < Infinity) return;
    env.clearTimeout(timer);
    setAt = at;
    if (at === Infinity) return;
    timer = env.setTimeout(
      () => {
        setAt = Infinity;
        ring();
      },
      // A timer that fires a fraction of a ms early would find nothing due, and be set again for that fraction.
      Math.min(MAX_TIMEOUT, Math.max(0, Math.ceil(at - env.now()))),
    );
  };
}
