import type { Weather } from '../../weather.ts';
import type { Answer, Deliver, Request } from '../message.ts';

export interface Circumstances {
  readonly weather: Weather;
  /** From 0 to 1, repeated by the proxy's seed. */
  readonly random: () => number;
}

/**
 * One fault on the way of a request: it may answer by itself, deliver the request on (once, twice, changed), and change the
 * answer that comes back. The answer's head goes to the browser when the promise resolves.
 */
export type Obstacle = (request: Request, deliver: Deliver, circumstances: Circumstances) => Promise<Answer>;
