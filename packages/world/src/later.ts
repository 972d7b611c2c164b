/** A promise in the world's time: it is kept while the clock runs, where real ones wait until the test does. */
export class Later extends Promise<string> {
  readonly #tell: (found: (value: string) => void, failed: (error: unknown) => void) => void;

  /** @param tell calls one of the two, later */
  constructor(tell: (found: (value: string) => void, failed: (error: unknown) => void) => void) {
    super(() => undefined);
    this.#tell = tell;
  }

  override then(found?: unknown, failed?: unknown): Promise<never> {
    this.#tell(found as (value: string) => void, failed as (error: unknown) => void);
    return new Promise(() => undefined);
  }
}
