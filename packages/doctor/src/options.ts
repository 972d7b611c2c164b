/** The options of a diagnosis, read once into a full form, and the address in its two spellings. */

/** How long is waited for what, in ms. */
export interface Patience {
  /** For an upgrade, and for a pong on a WebSocket. @default 5000 */
  readonly upgrade: number;
  /** For the answer to a request. @default 5000 */
  readonly answer: number;
  /** That a response stays open to show whether it streams. @default 3000 */
  readonly stream: number;
  /** For bytes that would be there already if nothing held them back. @default 250 */
  readonly quiet: number;
  /** That bodies of growing size may take together. @default 8000 */
  readonly bodies: number;
  /** That a request is held, and a WebSocket stays idle. @default 20000 */
  readonly hold: number;
  /** For everything; what has not been looked at by then is skipped. @default 38000 */
  readonly total: number;
}

export interface DoctorOptions {
  /** The token for the application's authentication. */
  readonly auth?: string | undefined;
  /** The application's subprotocols. */
  readonly protocols?: readonly string[] | undefined;
  readonly patience?: Partial<Patience> | undefined;
  /** Ends the diagnosis: what is open is closed, and nothing more is found. */
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedOptions {
  readonly auth: string;
  readonly protocols: readonly string[];
  readonly patience: Patience;
}

const PATIENCE: Patience = {
  upgrade: 5000,
  answer: 5000,
  stream: 3000,
  quiet: 250,
  bodies: 8000,
  hold: 20_000,
  total: 38_000,
};

/** For who wants to know about limits of a minute. */
export const patient: Partial<Patience> = { hold: 90_000, total: 120_000 };

export function resolveOptions({ auth = '', protocols = [], patience }: DoctorOptions): ResolvedOptions {
  const resolved = { ...PATIENCE, ...patience };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value > 0)) throw new TypeError(`patience.${name} must be a number of ms, more than 0`);
  }
  return { auth, protocols, patience: resolved };
}

/** Where a server is, for a WebSocket and for requests. */
export interface Address {
  readonly ws: string;
  readonly http: string;
}

/**
 * The address of a server, given with any of the schemes ws, wss, http and https.
 *
 * @throws TypeError that says what is wrong and what to give instead
 */
export function addressOf(given: string): Address {
  let url: URL;
  try {
    url = new URL(given);
  } catch {
    throw new TypeError(
      `"${given}" is not a URL: give the server's whole address, such as wss://app.example/live`,
    );
  }
  if (!/^(ws|http)s?:$/.test(url.protocol)) {
    throw new TypeError(
      `the scheme "${url.protocol}" is none of ws:, wss:, http: and https:, over which a server is reached`,
    );
  }
  if (url.username || url.password) {
    throw new TypeError(
      'the URL holds a user and a password, which no browser would send: give a token with auth instead',
    );
  }
  url.hash = '';
  const secure = /^(wss|https):$/.test(url.protocol) ? 's' : '';
  const rest = url.href.slice(url.protocol.length);
  return { ws: `ws${secure}:${rest}`, http: `http${secure}:${rest}` };
}
