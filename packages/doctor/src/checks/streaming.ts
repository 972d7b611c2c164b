/** Whether responses arrive while they are written: proven as a client proves it (PROTOCOL.md §6.3.3), not timed. */
import { adviceFor } from '../advice.ts';
import { describe } from '../describe.ts';
import { about, inTime, median, rounded } from '../finding.ts';
import { pings, TRIES, type HttpSession } from '../http-session.ts';
import { wasLost, type Post } from '../post.ts';
import type { Check, Probe } from '../probe.ts';
import { within } from '../waiting.ts';

const { ok, impaired, broken, skipped } = about('streaming');

const PINGS = 5;
/** A piece of a response that comes so much later than an answer was held on its way, in ms. */
const LAG = 100;

export const streaming: Check = async (probe) => {
  const { http, known } = probe;
  if (!http.welcome) return skipped('No Holdfast server answered over HTTP.');
  let { ear, poll, isProven } = await listen(probe);
  for (let i = 1; i < TRIES && !isProven && wasLost(await poll.answer); i++) {
    ({ ear, poll, isProven } = await listen(probe));
  }
  known.streams = isProven;
  if (!isProven) return notStreaming(probe, poll);
  const lags = await lagsOf(probe, ear);
  poll.stop();
  await poll.answer;
  if (lags.length === 0) {
    return broken(
      'A response begins while it is written, and then stops short.',
      {},
      adviceFor('streaming', known.proxy),
    );
  }
  const lag = Math.max(0, median(lags));
  const measured = { lag: rounded(lag) };
  if (lag > LAG) {
    return impaired(
      `Responses stream, but each piece is kept for ${inTime(lag)}.`,
      measured,
      adviceFor('lag', known.proxy),
    );
  }
  return ok('Responses arrive while they are written.', measured);
};

/** Waits for a response to begin, and tells the server so while it is open. */
async function listen(probe: Probe): Promise<{ ear: Ear; poll: Post; isProven: boolean }> {
  const { http, options } = probe;
  await http.renew();
  const ear = new Ear();
  const poll = http.poll(options.patience.stream, 'stream', ear.hear);
  const first = await Promise.race([ear.next.then(() => 'while open' as const), poll.answer]);
  return { ear, poll, isProven: first === 'while open' && (await isSeen(http)) };
}

/** Whether the server learns of the beginning of its response before it has ended it. */
async function isSeen(http: HttpSession): Promise<boolean> {
  for (let i = 0; i < TRIES; i++) {
    const answer = await http.send([`seen ${http.polls}`]);
    if (!wasLost(answer)) return answer.items.some(({ type }) => type === 'stream');
  }
  return false;
}

async function notStreaming({ known, options }: Probe, poll: Post) {
  const answer = await poll.answer;
  const measured = { headAfter: rounded(answer.headAfter), firstAfter: rounded(answer.firstAfter) };
  if (answer.end !== 'whole' || answer.status !== 200) {
    return broken(
      `A response that stays open for ${inTime(options.patience.stream)} does not arrive: the request ${describe(answer)}.`,
      measured,
      adviceFor('streaming', known.proxy),
    );
  }
  return broken(
    'Responses arrive only when they are over: something on the way gathers them.',
    measured,
    adviceFor('streaming', known.proxy),
  );
}

/** How much later than the answer to its ping each pong comes on the stream. */
async function lagsOf(probe: Probe, ear: Ear): Promise<number[]> {
  const { http, env, options } = probe;
  const lags: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    const [ping = ''] = pings(1, 1000 + i);
    const id = Number(ping.slice(5));
    const heard = (async () => {
      while (!http.pongs.has(id)) await ear.next;
      return env.now();
    })();
    await http.send([ping]);
    const answeredAt = env.now();
    const heardAt = await within(probe, heard, options.patience.stream);
    if (heardAt === undefined) break;
    lags.push(heardAt - answeredAt);
  }
  return lags;
}

/** Listens to a response. */
class Ear {
  /** Resolves when something more has come. */
  next: Promise<void>;
  #heard: () => void = () => undefined;

  constructor() {
    this.next = new Promise((resolve) => (this.#heard = resolve));
  }

  readonly hear = (): void => {
    const heard = this.#heard;
    this.next = new Promise((resolve) => (this.#heard = resolve));
    heard();
  };
}
