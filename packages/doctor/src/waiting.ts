/** Waiting with an end: for a time, or until the diagnosis is over. */
import type { Environment } from './environment.ts';

interface Waiter {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** What a promise gives within so many ms; undefined if it does not. */
export function within<T>({ env, signal }: Waiter, promise: Promise<T>, ms: number): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      env.clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      done();
      resolve(undefined);
    };
    const timer = env.setTimeout(giveUp, ms);
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    promise.then(resolve, reject).finally(done);
  });
}
