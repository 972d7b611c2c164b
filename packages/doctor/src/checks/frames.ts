/** Whether frames go both ways over a WebSocket, and how long that takes. */
import { adviceFor } from '../advice.ts';
import { about, inTime, median, rounded } from '../finding.ts';
import type { Check } from '../probe.ts';

const { ok, broken, skipped } = about('frames');

const PINGS = 5;

export const frames: Check = async ({ tunnel, known }) => {
  if (!tunnel.welcome) return skipped('There is no WebSocket to send frames on.');
  const times: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    const ms = await tunnel.ping();
    if (ms === undefined) break;
    times.push(ms);
  }
  if (times.length === 0) {
    return broken(
      'The welcome comes through, but what is sent is not answered: frames go one way only.',
      { pongs: 0 },
      adviceFor('mute', known.proxy),
    );
  }
  known.webSocketRoundTrip = median(times);
  const measured = { pongs: times.length, ms: rounded(known.webSocketRoundTrip) };
  if (times.length < PINGS) {
    return broken(
      `After ${times.length} of ${PINGS} pings no frame came through any more.`,
      measured,
      adviceFor('mute', known.proxy),
    );
  }
  return ok(`Frames go both ways, in ${inTime(known.webSocketRoundTrip)} there and back.`, measured);
};
