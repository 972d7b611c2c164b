/** What a round trip takes, over either way. */
import { about, inTime, rounded } from '../finding.ts';
import type { Check } from '../probe.ts';

const { ok, impaired, skipped } = about('latency');

/** A client dials HTTP beside a WebSocket that has not opened in this time, in ms. */
const FALLBACK_DELAY = 300;

export const latency: Check = ({ known: { webSocketRoundTrip, httpRoundTrip } }) => {
  const ways = Object.entries({ WebSocket: webSocketRoundTrip, HTTP: httpRoundTrip }).filter(
    (way): way is [string, number] => way[1] !== undefined,
  );
  const measured = Object.fromEntries(ways.map(([name, ms]) => [name, rounded(ms)]));
  const best = Math.min(...ways.map(([, ms]) => ms));
  const words = `There and back: ${ways.map(([name, ms]) => `${inTime(ms)} over ${name}`).join(', ')}.`;
  if (ways.length === 0) return Promise.resolve(skipped('Nothing came back.'));
  if (best <= FALLBACK_DELAY) return Promise.resolve(ok(words, measured));
  return Promise.resolve(
    impaired(words, measured, [
      `The server is far away, or the line is busy. Where it is always so: new HoldfastSocket(url, [], { fallbackDelay: ${Math.ceil(best / 100) * 200} })`,
    ]),
  );
};
