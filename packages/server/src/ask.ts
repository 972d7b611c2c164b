/** Questions to the application, and what becomes of its errors. */

/** Hears of an error of the application's that has no other place to go. */
export type OnError = (error: Error) => void;

/**
 * Asks whether somebody may come in. The answer may come now or later, or be a failure. Only `true` is a yes; a failure is
 * a no, and is told.
 */
export function ask(question: () => unknown, decide: (yes: boolean) => void, onError: OnError): void {
  const fail = (error: unknown): void => {
    decide(false);
    onError(asError(error));
  };
  let answer: unknown;
  try {
    answer = question();
  } catch (error) {
    fail(error);
    return;
  }
  if (!(answer instanceof Promise)) decide(answer === true);
  else {
    answer.then((late) => {
      decide(late === true);
    }, fail);
  }
}

/** What an application threw, as an Error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

/** Throws an application's error where nothing of ours is under way: it is as uncaught as it would be without us. */
export function surface(error: unknown): void {
  process.nextTick(() => {
    throw error;
  });
}
