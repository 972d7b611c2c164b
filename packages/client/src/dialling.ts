/**
 * What a transport needs before it can be opened: the URL, the token, and HTTP itself where it is loaded on demand. Each of
 * them may have to be waited for; a failure is the transport's, and what comes when it was let go is not used.
 */
import type { Carriers, Http, HttpOnDemand, Open } from './carriers.ts';
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

export class Dialling {
  readonly #env: Environment;
  readonly #options: ResolvedOptions;
  readonly #carriers: Carriers;
  readonly #address: Address;
  readonly #url: string;
  readonly #observed: Observed;
  /** Left out until it is loaded. */
  #http: Http | undefined;

  /** @param url what is known of it from the start, or '' */
  constructor(
    env: Environment,
    options: ResolvedOptions,
    carriers: Carriers,
    address: Address,
    url: string,
    observed: Observed,
  ) {
    this.#env = env;
    this.#options = options;
    this.#carriers = carriers;
    this.#address = address;
    this.#url = url;
    this.#observed = observed;
    this.#http = carriers.http?.begin(env, options, url, observed);
  }

  /** How often WebSocket failed where HTTP got through, as earlier pages have learned. */
  get setbacks(): number {
    return this.#http?.setbacks ?? 0;
  }

  /** Keeps that for the next page. */
  keep(setbacks: number): void {
    this.#http?.keep(setbacks);
  }

  /** Makes a transport, and finds the token that it attaches with. */
  open(kind: Kind, seeker: Seeker, use: (transport: Transport, auth: string) => void): void {
    lookUp(seeker, this.#address, (url) => {
      this.auth(seeker, (auth) => {
        lookUp(
          seeker,
          () => this.#opener(kind),
          (open) => {
            use(open(asText(url), seeker), auth);
          },
        );
      });
    });
  }

  /** Finds the token for another attach. */
  auth(seeker: Seeker, use: (auth: string) => void): void {
    lookUp(seeker, this.#options.auth, (auth) => {
      use(asText(auth));
    });
  }

  /** What opens a transport: HTTP may have to be loaded first. */
  #opener(kind: Kind): Open | Promise<Open> {
    if (kind === 'websocket')
      return (url, owner) => this.#carriers.webSocket(this.#env, this.#options, url, owner);
    if (this.#http) return this.#http.open;
    const loaded = (this.#options.http as HttpOnDemand).load();
    return loaded.then(({ http }) => {
      this.#http ??= http.begin(this.#env, this.#options, this.#url, this.#observed);
      return this.#http.open;
    });
  }
}

/** Goes on with a value, at once if it is there. */
function lookUp<T>(seeker: Seeker, ask: () => T | Promise<T>, use: (value: T) => void): void {
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
