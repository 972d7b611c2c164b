/**
 * Upgrades that nobody answers, in Firefox. It keeps the connection of such a WebSocket, whether that is closed, given up
 * or gone with its page, and a host has six over HTTP/1.1, HTTP's own included: a few tries more, and HTTP has none left.
 * So there is one try for all, until it is answered or the network is another one. It is not closed: Firefox lets others
 * wait behind it without a connection (RFC 6455 §4.1), and its answer may still come.
 */
import type { Environment, PlatformOptions, WebSocketClass } from './environment.ts';
import type { LearnedStorage } from './learned.ts';
import { platformStorage } from './page.ts';

/** How long a try stands for all, in ms. Most proxies have given up by then what nobody answers; Firefox has not. */
const KEPT = 900_000;
/** What is younger may still be answered, in ms. */
const EARLY = 2000;
/** What is given up as late as this had no HTTP beside it that was answered, in ms: nothing is known of upgrades. */
const LATE = 9000;
/** Firefox gives up after 20 s: an error before that is an answer, in ms. */
const PATIENCE = 15_000;

/** A WebSocket class for those who have HTTP as well. Its constructor throws where another try would be one too many. */
export interface SparingClass extends WebSocketClass {
  /** The network may be another one: what was tried before says nothing about it, and stands in nobody's way. */
  moved(): void;
}

/** The last try at each host without an answer: it outlives its socket, and all others of the page or worker share it. */
const tries = new Map<string, WebSocket & { readonly beganAt: number }>();
/** When the network was last another one. */
let movedAt = 0;

/** The native class, used sparingly. Other pages know of a try by the storage, where there is one. */
export function sparing(Native: typeof WebSocket, storage: LearnedStorage | undefined): SparingClass {
  const use = (act: (storage: LearnedStorage) => unknown): unknown => {
    try {
      return act(storage as LearnedStorage);
    } catch {
      // There is none, it is full, or forbidden.
      return undefined;
    }
  };
  return class extends Native {
    static moved(): void {
      movedAt = Date.now();
      for (const [key, each] of tries) {
        tries.delete(key);
        each.close();
      }
    }

    readonly beganAt = Date.now();

    constructor(url: string, protocols?: string | string[]) {
      const key = `holdfast unanswered ${new URL(url).host}`;
      const told = Number(use((items) => items.getItem(key)));
      const since = tries.get(key)?.beganAt ?? (told > movedAt ? told : 0);
      const age = Math.abs(Date.now() - since);
      if (age >= EARLY && age < KEPT) throw new Error('upgrades are not answered');
      super(url, protocols);
      if (age < KEPT) return;
      tries.set(key, this);
      const settle = (): void => {
        if (tries.get(key) !== this || Date.now() - this.beganAt > PATIENCE) return;
        tries.delete(key);
        use((items) => {
          items.removeItem(key);
        });
      };
      this.addEventListener('open', settle);
      this.addEventListener('error', settle);
      this.close = () => {
        const age = Date.now() - this.beganAt;
        if (age > LATE) settle();
        if (this.readyState > 0 || tries.get(key) !== this) {
          super.close();
          return;
        }
        this.onopen = () => {
          super.close();
        };
        // A page that ends at once has not waited for an answer.
        if (age >= EARLY)
          use((items) => {
            items.setItem(key, String(this.beganAt));
          });
      };
    }
  };
}

/** The class for a page's WebSockets where HTTP may be beside them. */
export function sparingPlatform(options: PlatformOptions): Partial<Environment> {
  // Nothing but its name tells what Firefox does with connections.
  const { userAgent = '' } = (globalThis.navigator as Navigator | undefined) ?? {};
  const isFirefox = !options.WebSocket && userAgent.includes(' Firefox/');
  return isFirefox ? { sparing: sparing(globalThis.WebSocket, platformStorage(options)) } : {};
}
