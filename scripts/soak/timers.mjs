/**
 * Counts the timers of a process that have been set and have neither fired nor been cleared. Node tells only of those that
 * keep it running, and those of a Holdfast server do not. To be imported before whatever sets timers.
 */

/** @type {Set<unknown>} */
const pending = new Set();
const { setTimeout: set, clearTimeout: clear, setInterval: repeat, clearInterval: stop } = globalThis;

/** @type {(callback: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => NodeJS.Timeout} */
const counted = (callback, ms, ...args) => {
  const timer = set(() => {
    pending.delete(timer);
    callback(...args);
  }, ms);
  pending.add(timer);
  return timer;
};

Object.assign(globalThis, {
  setTimeout: counted,
  clearTimeout: (/** @type {NodeJS.Timeout} */ timer) => {
    pending.delete(timer);
    clear(timer);
  },
  setInterval: (/** @type {Parameters<typeof repeat>} */ ...args) => {
    const timer = repeat(...args);
    pending.add(timer);
    return timer;
  },
  clearInterval: (/** @type {NodeJS.Timeout} */ timer) => {
    pending.delete(timer);
    stop(timer);
  },
});

export const pendingTimers = () => pending.size;
