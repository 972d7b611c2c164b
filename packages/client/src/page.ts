/** What the page and its network go through, as far as a connection cares. Outside a page: nothing ever happens. */
import type { PlatformOptions } from './environment.ts';
import type { LearnedStorage } from './learned.ts';

export interface PageListener {
  /** The page or its network may have come back: links want to be looked at. With an event the network may be another one. */
  readonly wake: (change?: Event) => void;
  /** The page is put aside, and may come back (back/forward cache). */
  readonly sleep: () => void;
  /** The page ends. */
  readonly end: () => void;
}

export interface PageSignals {
  /** False only when the browser is sure to have no network. */
  readonly online: () => boolean;
  /** Listens; gives what ends it. */
  readonly listen: (listener: PageListener) => () => void;
}

/** Windows and workers both have a global EventTarget; what one of them never fires costs nothing. */
export const pageSignals: PageSignals = {
  online: () => (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine !== false,
  listen(listener) {
    const scope = globalThis as Partial<EventTarget>;
    const page = globalThis.document as Document | undefined;
    if (!scope.addEventListener) return () => undefined;
    const unbind: (() => void)[] = [];
    const on = (
      target: Partial<EventTarget> | undefined,
      type: string,
      listen: (event: Event) => void,
    ): void => {
      target?.addEventListener?.(type, listen);
      unbind.push(() => target?.removeEventListener?.(type, listen));
    };
    on(scope, 'online', listener.wake);
    on(scope, 'pageshow', (event) => {
      // The first `pageshow` of a page follows its load: nothing was away.
      if ((event as PageTransitionEvent).persisted) listener.wake();
    });
    on(scope, 'pagehide', (event) => {
      if ((event as PageTransitionEvent).persisted) listener.sleep();
      else listener.end();
    });
    on(page, 'resume', listener.wake);
    on(page, 'visibilitychange', () => {
      if (page?.visibilityState === 'visible') listener.wake();
    });
    on(
      (globalThis as { navigator?: { connection?: EventTarget } }).navigator?.connection,
      'change',
      listener.wake,
    );
    return () => {
      for (const end of unbind) end();
    };
  },
};

/** The storage that is meant: the page's `localStorage`; undefined where there is none, or it is forbidden. Node's own warns, and is not asked. */
export function platformStorage({ storage }: Pick<PlatformOptions, 'storage'>): LearnedStorage | undefined {
  if (storage !== undefined) return storage || undefined;
  try {
    return (globalThis.document as Document | undefined) && globalThis.localStorage;
  } catch {
    return undefined;
  }
}
