/** What the network does to those who use it. */
export interface Weather {
  /** One way, in ms, with a part that varies. Order is kept. */
  readonly latency: number;
  readonly jitter: number;
  /** Bytes that leave in a ms, on each connection and in each direction. */
  readonly bandwidth: number;
  /**
   * `refuse`: answered 403. `swallow`: never answered. `mute`: 101, then nothing either way. `mute-up`: 101, then only
   * what the server sends. `kill`: 101, then a reset after `lifetime`.
   */
  readonly upgrade: 'pass' | 'refuse' | 'swallow' | 'mute' | 'mute-up' | 'kill';
  /** In ms. */
  readonly lifetime: number;
  /** How much of a response a proxy gathers before it passes it on: nothing, so many bytes, or all of it. */
  readonly hold: number;
  /** The probability that a piece of a response arrives in two. */
  readonly shredded: number;
  /** The probability that a POST is delivered twice; one of the answers is thrown away. */
  readonly doubled: number;
  /** How much later the second one comes at most, in ms. */
  readonly late: number;
  /** The probability that a request takes effect and its answer is lost. */
  readonly unanswered: number;
  /** The probability that a request is answered 503 by a proxy. */
  readonly busy: number;
  /** How long the page's application asks for its token, in ms, */
  readonly asks: number;
  /** and the probability that it gets none. */
  readonly tokenless: number;
  /** A proxy answers 504 to requests that take longer, in ms. */
  readonly maxRequestTime: number;
  /** A proxy answers 413 to bodies that are larger, in bytes. */
  readonly maxBody: number;
  /** The page is of another origin, and what a proxy answers by itself says nothing of CORS: it cannot be read. */
  readonly unread: boolean;
}

export const fair: Weather = {
  latency: 20,
  jitter: 0,
  bandwidth: Infinity,
  upgrade: 'pass',
  lifetime: 1000,
  hold: 0,
  shredded: 0,
  doubled: 0,
  late: 0,
  unanswered: 0,
  busy: 0,
  asks: 0,
  tokenless: 0,
  maxRequestTime: Infinity,
  maxBody: Infinity,
  unread: false,
};
