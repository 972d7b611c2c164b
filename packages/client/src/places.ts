/**
 * Places for pages that keep a connection busy: a few of them for all tabs of an origin, held as Web Locks
 * (W3C Web Locks API), so that a tab that crashes leaves its own. Where there are no locks (insecure pages), each page counts
 * its own sockets. Where one connection carries all requests (HTTP/2), nobody has to ask.
 */

/** Of six connections, two are left for everything else. */
const PLACES = 4;

/** Places that this page holds without locks. */
let held = 0;

/** Takes a place now, if the page has one left. */
function count(taken: () => void): () => void {
  if (held === PLACES) return () => undefined;
  held++;
  taken();
  let isHeld = true;
  return () => {
    if (isHeld) held--;
    isHeld = false;
  };
}

/** What asks for a place; undefined where none is needed. */
export function placeTaker(): ((taken: () => void) => () => void) | undefined {
  const { locks } = (globalThis.navigator as Navigator | undefined) ?? {};
  const { location, performance } = globalThis as Partial<typeof globalThis>;
  // Node counts no connections.
  if (!location) return undefined;
  // How the page came; a worker has no such entry, but those of what it has loaded.
  const [first] = ['navigation', 'resource'].flatMap((type) => performance?.getEntriesByType(type) ?? []);
  if (/^h[23]/.test((first as PerformanceResourceTiming | undefined)?.nextHopProtocol ?? ''))
    return undefined;
  if (!locks) return count;
  return (taken) => {
    let isWanted = true;
    let giveBack = (): void => undefined;
    const ask = async (place: number): Promise<void> => {
      if (!isWanted || place === PLACES) return;
      await locks.request(`holdfast ${place}`, { ifAvailable: true }, (lock) => {
        if (!lock || !isWanted) return ask(place + 1);
        taken();
        return new Promise<void>((resolve) => (giveBack = resolve));
      });
    };
    // Where locks are forbidden (an opaque origin), nobody has a place, and nobody is the worse for asking often.
    ask(0).catch(() => undefined);
    return () => {
      isWanted = false;
      giveBack();
    };
  };
}
