import type { Writable } from 'node:stream';

/**
 * Lets all that is written to a stream within one turn of the event loop go out together: a burst costs one system call,
 * and nothing waits for a later turn.
 */
export class Cork {
  readonly #stream: Writable;
  #isIn = false;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** To be called before each write. */
  gather(): void {
    if (this.#isIn) return;
    this.#isIn = true;
    this.#stream.cork();
    process.nextTick(uncork, this);
  }

  /** @internal */
  uncork(): void {
    this.#isIn = false;
    this.#stream.uncork();
  }
}

const uncork = (cork: Cork): void => {
  cork.uncork();
};
