/**
 * What a transport needs before it can be opened: the URL, the token, and HTTP itself where it is loaded on demand. Each of
 * them may have to be waited for; a failure is the transport's, and what comes when it was let go is not used.
 */
import type { Carriers, Http, HttpCarrier, HttpOnDemand, Open, OpenWebSocket } from './carriers.ts';
import { asError, type Environment } from './environment.ts';
import type { Kind } from './link.ts';
import type { Observed } from './observed.ts';
import type { ResolvedOptions } from './options.ts';
import type { Transport, TransportOwner } from './transport.ts';

/** Where to connect and as whom, looked up before each try. */
export type Address = () => string | Promise<string>;

/** For whom something is looked up: whom the transport reports to. */
export interface Seeker extends TransportOwner {
  /** It needs no transport any more. */
  readonly isGone: boolean;
}

export interface Dialling {
  /** How often WebSocket failed where HTTP got through, as earlier pages have learned. */
  readonly setbacks: number;
  /** Keeps that for the next page. */
  keep(setbacks: number): void;
  /** Makes a transport, and finds the token that it attaches with. */
  open(kind: Kind, seeker: Seeker, use: (transport: Transport, auth: string) => void): void;
  /** Finds the token for another attach. */
  auth(seeker: Seeker, use: (auth: string) => void): void;
}

/** @param url what is known of the address from the start, or '' */
export function dialling(
  env: Environment,
  options: ResolvedOptions,
  carriers: Carriers,
  address: Address,
  url: string,
  observed: Observed,
): Dialling {
  const begin = (carrier: HttpCarrier): Http => carrier.begin(env, options, url, observed);
  /** Left out until it is loaded. */
  let http = carriers.http && begin(carriers.http);

  /** What opens a transport: HTTP may have to be loaded first. */
  const opener = (kind: Kind): Open | Promise<Open> => {
    if (kind === 'websocket')
      return (to, owner) => (carriers.webSocket as OpenWebSocket)(env, options, to, owner);
    if (http) return http.open;
    const loaded = (options.http as HttpOnDemand).load();
    return loaded.then((loaded) => (http ??= begin(loaded.http)).open);
  };

  const auth: Dialling['auth'] = (seeker, use) => {
    lookUp(seeker, options.auth, (found) => {
      use(asText(found));
    });
  };

  return {
    setbacks: http?.setbacks ?? 0,
    keep: (setbacks) => http?.keep(setbacks),
    open(kind, seeker, use) {
      lookUp(seeker, address, (to) => {
        auth(seeker, (token) => {
          lookUp(
            seeker,
            () => opener(kind),
            (open) => {
              use(open(asText(to), seeker), token);
            },
          );
        });
      });
    },
    auth,
  };
}

/** Goes on with a value, at once if it is there. */
export function lookUp<T>(
  seeker: Pick<Seeker, 'isGone' | 'lost'>,
  ask: () => T | Promise<T>,
  use: (value: T) => void,
): void {
  let value: T | Promise<T>;
  try {
    value = ask();
  } catch (error) {
    value = Promise.reject(asError(error));
  }
  if (!(value instanceof Promise)) use(value);
  else {
    value.then(
      (found) => {
        if (!seeker.isGone) use(found);
      },
      (error: unknown) => {
        seeker.lost({ reason: String(error) });
      },
    );
  }
}

/** What an application's function gave; what is no text is ''. */
const asText = (value: unknown): string => (typeof value === 'string' ? value : '');
