/**
 * Everything that the proxy can do to a connection, as one plain object. To add a fault: a field here with its
 * calm value in `clearWeather`, then the place that obeys it, which is one file in `http/obstacles` for whatever
 * happens to a request, `http/tunnel.ts` for an upgraded connection, and `tcp/lane.ts` for bytes.
 *
 * Changes apply at once, to live connections too, except where a field says that it is read when a request arrives.
 */

export interface Faults {
  /** Milliseconds by which bytes arrive later, one way, in each direction. Order is kept. */
  delay: number;
  /** All live connections are reset every so many milliseconds. */
  cutEvery: number | false;
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
  /** `buffer` holds a response to its end, head included; a number passes it on in blocks of so many bytes. */
  responses: 'pass' | 'buffer' | number;
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
  /** A share of the requests (0 to 1) is answered with this code and never reaches the server. Read on arrival. */
  status: { readonly code: number; readonly share: number; readonly retryAfter?: number } | false;
}

export const clearWeather: Readonly<Faults> = {
  delay: 0,
  cutEvery: false,
  silent: false,
  upgrade: 'pass',
  killAfter: 300,
  responses: 'pass',
  requests: 'pass',
  loseAnswers: 0,
  maxRequestTime: false,
  maxRequestTimeAnswer: 504,
  maxBody: false,
  status: false,
};
