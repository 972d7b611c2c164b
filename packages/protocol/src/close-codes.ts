/** Close codes that Holdfast itself gives (PROTOCOL.md §8); the application's own are 3000 to 4999 but for these. */
export const CloseCode = {
  /** RFC 6455 §7.4.1. */
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  /** No code was given. Never on a WebSocket's own close frame. */
  noStatus: 1005,
  /** The connection was lost, or there never was one. Never sent. */
  abnormal: 1006,
  invalidData: 1007,
  policyViolation: 1008,
  tooBig: 1009,
  internalError: 1011,
  /** Unauthorized, in IANA's registry of WebSocket close codes. */
  unauthorized: 3000,
  /** Forbidden, in the same registry. */
  forbidden: 3003,
  /** The reader is too slow for what it was sent: the server's buffer for it is full. */
  slowReader: 3950,
  /** The session ends, and its client begins another: each end has all that the other sent (PROTOCOL.md §8.4). */
  moved: 3951,
} as const;
