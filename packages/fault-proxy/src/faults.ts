/**
 * Everything that the proxy can do to a connection, as one plain object. To add a fault: a field here with its
 * calm value in `clearWeather`, then the place that obeys it, which is one file in `http/obstacles` for whatever
 * happens to a request, `http/tunnel.ts` for an upgraded connection, `tcp/lane.ts` for bytes, and `tcp/lifetime.ts` for
 * how long a connection lives.
 *
 * Changes apply at once, to live connections too, except where a field says that it is read when a request arrives.
 */

export interface Faults {
  /** Milliseconds by which bytes arrive later, one way, in each direction. Order is kept. */
  delay: number;
  /** Bytes a second that all connections share, in each direction. */
  bandwidth: number | false;
  /** All live connections are reset every so many milliseconds. */
  cutEvery: number | false;
  /**
   * Each connection is reset by itself, at moments that the seed chooses: so many milliseconds after it began, or after
   * the change of weather, on average.
   */
  resetAfter: number | false;
  /**
   * Each connection falls silent for ever, in these directions, so many milliseconds after it began or the weather
   * changed, without a FIN; new ones work. That is `forget()` by the clock.
   */
  halfOpen: { readonly after: number; readonly direction: 'both' | 'up' | 'down' } | false;
  /**
   * Bytes stop in these directions, without a FIN. When the silence ends they flow on, as TCP would send them again;
   * `forget()` is the silence that never ends.
   */
  silent: 'both' | 'up' | 'down' | false;
  /**
   * What becomes of a request to upgrade: `refuse` answers 403, `swallow` accepts it and never answers. These three
   * let the server's 101 pass, then: `mute` passes no frame, `mute-up` only those of the server, and `kill` resets the
   * connection after `killAfter`. A tunnel that has lost a byte stays dead when the weather clears.
   */
  upgrade: 'pass' | 'refuse' | 'swallow' | 'mute' | 'mute-up' | 'kill';
  /** Milliseconds from the 101, or from the change of weather, to the reset of `upgrade: 'kill'`. */
  killAfter: number;
  /**
   * `buffer` holds a response to its end, head included, and `buffer-body` all but its head; a number passes it on in
   * blocks of so many bytes.
   */
  responses: 'pass' | 'buffer' | 'buffer-body' | number;
  /**
   * `doubled` delivers every POST twice and relays the answer to the first; `retried` too, but throws the first answer
   * away and relays the second, as a proxy (or Chromium) does that believes the first attempt lost. Read on arrival.
   */
  requests: 'pass' | 'doubled' | 'retried';
  /** The fraction of requests which take effect, and whose answer is a reset of the connection. */
  loseAnswers: number;
  /** Milliseconds after which any request is ended. Read on arrival; an upgraded connection has no such limit. */
  maxRequestTime: number | false;
  /** What a request that took too long is given; once its head has passed, it can only be reset. */
  maxRequestTimeAnswer: 504 | 'reset';
  /** Bytes of a request's body, above which the answer is 413. Read on arrival. */
  maxBody: number | false;
  /** A request whose body comes in chunks is answered 411, however short. Read on arrival. */
  demandLength: boolean;
  /**
   * Only the headers that HTTP itself cannot do without pass, up and down: no type, no `Origin`, nothing about caches, and
   * no subprotocol of a WebSocket. Read on arrival.
   */
  stripHeaders: boolean;
  /** A cache that goes by the URL alone, whatever the method, and ignores what answers say of it. Read on arrival. */
  cache: boolean;
  /** HTTP/1.0 on both sides: no upgrade, no chunks, one request for each connection. Read on arrival. */
  http10: boolean;
  /** A captive portal: whatever is asked, also an upgrade, is answered 200 with its page. Read on arrival. */
  portal: boolean;
  /** A share of the requests (0 to 1) is answered with this code and never reaches the server. Read on arrival. */
  status: { readonly code: number; readonly share: number; readonly retryAfter?: number } | false;
}

export const clearWeather: Readonly<Faults> = {
  delay: 0,
  bandwidth: false,
  cutEvery: false,
  resetAfter: false,
  halfOpen: false,
  silent: false,
  upgrade: 'pass',
  killAfter: 300,
  responses: 'pass',
  requests: 'pass',
  loseAnswers: 0,
  maxRequestTime: false,
  maxRequestTimeAnswer: 504,
  maxBody: false,
  demandLength: false,
  stripHeaders: false,
  cache: false,
  http10: false,
  portal: false,
  status: false,
};
