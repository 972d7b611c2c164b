/** What has passed through the proxy so far, as its browser side saw it. */
export interface Stats {
  connectionsOpened: number;
  connectionsOpen: number;
  /** Plain requests that arrived, the refused ones included. */
  requests: number;
  /** Requests to upgrade that arrived, the refused ones included. */
  upgrades: number;
  /** Bytes that left the browser and were passed on. */
  bytesUp: number;
  /** Bytes that were passed on to the browser. */
  bytesDown: number;
}

export const newStats = (): Stats => ({
  connectionsOpened: 0,
  connectionsOpen: 0,
  requests: 0,
  upgrades: 0,
  bytesUp: 0,
  bytesDown: 0,
});
