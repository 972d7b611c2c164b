import { pipeline, Transform, type TransformCallback } from 'node:stream';
import type { Weather } from '../../weather.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `responses`. Where its body is held back in blocks, a response's head waits with its first byte, as in most proxies. */
export const holdsResponses: Obstacle = async (request, deliver, { weather }) => {
  const answer = await deliver(request);
  const held = new HeldBody(weather);
  pipeline(answer.body, held, () => undefined);
  await held.begun;
  return { ...answer, body: held };
};

/** A body that comes out as the weather of each moment allows. It holds as much as comes: a server behind such a proxy ends its responses. */
class HeldBody extends Transform {
  /** Resolves when the first byte, or the end, is let through; rejects if the body fails before that. */
  readonly begun: Promise<void>;

  readonly #weather: Weather;
  readonly #unfollow: () => void;
  #begin: () => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #held = Buffer.alloc(0);

  constructor(weather: Weather) {
    super();
    this.#weather = weather;
    this.#unfollow = weather.onChange(() => this.#release());
    this.begun = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#fail = reject;
    });
    this.#release();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#held = Buffer.concat([this.#held, chunk]);
    this.#release();
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#letThrough(this.#held.length);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#unfollow();
    this.#fail(error ?? new Error('The response was given up'));
    done(error);
  }

  #release(): void {
    const { responses } = this.#weather.faults;
    if (responses === 'buffer') return;
    if (responses === 'buffer-body') this.#begin();
    else if (responses === 'pass') this.#letThrough(this.#held.length);
    else while (this.#held.length >= responses) this.#letThrough(responses);
  }

  #letThrough(length: number): void {
    this.#begin();
    if (length > 0) this.push(this.#held.subarray(0, length));
    this.#held = this.#held.subarray(length);
  }
}
