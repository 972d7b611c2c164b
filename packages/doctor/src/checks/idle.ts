/** Whether a WebSocket on which little is said lives on. */
import { adviceFor } from '../advice.ts';
import { about, inTime, rounded } from '../finding.ts';
import type { Check } from '../probe.ts';
import { within } from '../waiting.ts';

const { ok, impaired, broken, skipped } = about('idle');

/** What lives no longer than this is of no use, in ms. */
const USELESS = 5000;

export const idle: Check = async (probe) => {
  const { tunnel, known, options } = probe;
  const { hold } = options.patience;
  if (known.webSocketRoundTrip === undefined) return skipped('There is no WebSocket to leave idle.');
  const lived = await within(probe, tunnel.over, hold);
  if (lived !== undefined) {
    if (tunnel.ended) {
      return skipped(
        `The application closed the doctor's session (${tunnel.ended.code} ${tunnel.ended.reason}).`,
      );
    }
    const measured = { ms: rounded(lived) };
    return lived < USELESS
      ? broken(
          `The WebSocket is cut ${inTime(lived)} after it opened.`,
          measured,
          adviceFor('mute', known.proxy),
        )
      : impaired(
          `An idle WebSocket is cut after ${inTime(lived)}.`,
          measured,
          adviceFor('idle', known.proxy),
        );
  }
  if (probe.signal.aborted) return skipped('There was no time to look at it.');
  if ((await tunnel.ping()) === undefined) {
    return impaired(
      `After ${inTime(hold)} with little said the WebSocket is silent for ever, without a word of it.`,
      { ms: hold },
      adviceFor('idle', known.proxy),
    );
  }
  return ok(
    `A WebSocket on which nothing is said was alive after ${inTime(hold)}; it was not watched for longer.`,
    { ms: hold },
  );
};
