/** Whether requests reach the session, each of them, once, and the same server; and how long one takes. */
import { adviceFor } from '../advice.ts';
import { describe, isElsewhere, isTaken } from '../describe.ts';
import { about, inTime, median, rounded } from '../finding.ts';
import { pings } from '../http-session.ts';
import type { Answer } from '../post.ts';
import type { Check, Probe } from '../probe.ts';

const { ok, impaired, broken, skipped } = about('requests');

const REQUESTS = 8;

export const requests: Check = async (probe) => {
  const { http, known } = probe;
  if (!http.welcome) return skipped('No Holdfast server answered over HTTP.');
  const answers: Answer[] = [];
  for (let i = 0; i < REQUESTS; i++) answers.push(await http.send(pings(1, i)));
  const taken = answers.filter(isTaken);
  const failed = answers.find((answer) => !isTaken(answer));
  const lost = REQUESTS - taken.length;
  const elsewhere = answers.filter(isElsewhere).length;
  if (elsewhere > 0) {
    return broken(
      `${elsewhere} of ${REQUESTS} requests came to a server that does not know the session.`,
      { requests: REQUESTS, elsewhere },
      adviceFor('nodes', known.proxy),
    );
  }
  if (failed && taken.length === 0) {
    return broken(`Requests do not come through: each ${describe(failed)}.`, { requests: REQUESTS, lost });
  }
  const pongs = await collect(probe);
  known.httpRoundTrip = median(taken.map(({ endAfter }) => endAfter));
  const twice = pongs.filter((count) => count > 1).length;
  const measured = { requests: REQUESTS, lost, twice, ms: rounded(known.httpRoundTrip) };
  if (pongs.length === 0) {
    return broken(
      'Requests come through, but what the server says does not arrive.',
      measured,
      adviceFor('streaming', known.proxy),
    );
  }
  if (failed) {
    return impaired(
      `${lost} of ${REQUESTS} requests failed (one ${describe(failed)}); Holdfast repeats them.`,
      measured,
    );
  }
  if (twice > 0) {
    return impaired(
      `Requests arrive twice (${twice} of ${REQUESTS} did).`,
      measured,
      adviceFor('twice', known.proxy),
    );
  }
  return ok(
    `Frames go both ways over HTTP; a request is answered in ${inTime(known.httpRoundTrip)}.`,
    measured,
  );
};

/** Polls until the pong of a last ping is there: those of the earlier ones came before it. Gives how often each came. */
async function collect({ http, signal, options }: Probe): Promise<number[]> {
  const [last = ''] = pings(1, REQUESTS);
  const lastId = Number(last.slice(5));
  await http.send([last]);
  for (let i = 0; i < REQUESTS && !http.pongs.has(lastId) && !signal.aborted; i++) {
    const { status } = await http.poll(options.patience.stream, 'poll').answer;
    if (status === 0) await http.attach();
  }
  return [...http.pongs].filter(([id]) => id !== lastId).map(([, count]) => count);
}
