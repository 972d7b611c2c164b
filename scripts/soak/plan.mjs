/** How much of everything there is in a soak. Times are in ms, sizes in bytes. */

export const TALKERS = 120;
/** The ways between clients and server that can be cut apart from each other. */
export const LINES = 3;
/** A talker sends a message so often. */
export const TALK_INTERVAL = 1000;
/** In a period: readers that stop, some for good and some for a while; */
export const SLOW = 6;
/** they are sent so many pieces: more than the server keeps for one and the network holds, or less; */
export const PIECE = 128 * 1024;
export const SWAMP = 800;
export const SIP = 8;
/** and do not read for so long; */
export const UNREAD = 2000;
/** floods, each of so many messages; */
export const FLOODS = 6;
export const FLOOD = 200;
/** clients that vanish without a word; */
export const ABANDONED = 30;
/** and what comes from those who mean harm, of each kind. */
export const HOSTILE = 20;
/** Sessions that they ask for. */
export const ATTACHES = 200;
/** Addresses that they come from. */
export const ADDRESSES = 8;

/** What keeps a connection that nobody uses, at the server. */
export const KEEP_ALIVE = 3000;
/** What waits for something to become true gives up after this. */
export const PATIENCE = 60_000;

/** The options of the server: bounds that are reached, and times that pass within a period. */
export const SERVER_OPTIONS = {
  resumeWindow: 20_000,
  heartbeat: 20_000,
  attachTimeout: 2000,
  bodyTimeout: 2000,
  closeTimeout: 3000,
  receiveWindow: 1024 * 1024,
  maxBuffered: { maxMessages: 4096, maxBytes: 2 * 1024 * 1024 },
  maxSessions: { total: 1000, perAddress: 20 },
  maxUnattached: { total: 500, perAddress: 20 },
  attachRate: { burst: 60, perSecond: 10 },
};
/** Who says an address is counted by it; talkers say none. */
export const ADDRESS_HEADER = 'x-soak-address';
/** How long a server that goes away may take to hand over what is under way. */
export const DRAIN = 10_000;

/** @typedef {'resend' | 'discard'} Loss */

/** What becomes of a talker's messages when its session is lost. @param {number} talker @returns {Loss} */
export const lossOf = (talker) => (Math.floor(talker / 4) % 2 === 0 ? 'resend' : 'discard');

/** @type {(import('@holdfast/client').TransportName[] | undefined)[]} */
const KINDS = [['websocket'], ['streaming'], ['polling'], undefined];

/** @param {number} talker @returns its transports; undefined for the default ones */
export const transportsOf = (talker) => KINDS[talker % KINDS.length];

/** @typedef {{ urls: string[], port: number, seed: number }} Where `urls` lead through lines that are cut; `port` is the server's own */

/** @param {number} ms */
export const passed = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
