/** Where responses do not stream: after how many bytes the one in the way lets go. */
import { adviceFor } from '../advice.ts';
import { about, inSize } from '../finding.ts';
import { PONG_SIZE, pings, type HttpSession } from '../http-session.ts';
import type { Check, Probe } from '../probe.ts';

const { ok, impaired, broken, skipped } = about('buffering');

/** So many bytes are written in all, at each step. */
const STEPS = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];
/** Until a request that was sent before has reached the server. */
const TRIES = 5;

export const buffering: Check = async (probe) => {
  const { http, known, options } = probe;
  if (!http.welcome) return skipped('No Holdfast server answered over HTTP.');
  if (known.streams)
    return ok('Nothing gathers responses: a frame of some bytes arrives at once.', { held: 0 });
  await http.renew();
  const before = pongsOf(http);
  const poll = http.poll(STEPS.length * options.patience.quiet * 2 + options.patience.stream, 'stream');
  let isOver = false;
  void poll.answer.then(() => (isOver = true));
  const found = (await keepsOpen(probe)) ? await fill(probe, outcome) : 'closed';
  poll.stop();
  await poll.answer;

  // What comes with the end of the response was not let go before.
  function outcome(): 'held' | 'out' | 'over' {
    return isOver ? 'over' : pongsOf(http) > before ? 'out' : 'held';
  }
  if (found === 'closed') {
    return skipped('It could not be found out: the server was not brought to write a long response.');
  }
  if ('held' in found) {
    return broken(
      `Not a byte of a response is let go before its end, not even of ${inSize(found.held)}. Holdfast polls.`,
      found,
      adviceFor('streaming', known.proxy),
    );
  }
  return impaired(
    `Responses are let go once about ${inSize(found.blocks)} have gathered. Holdfast polls.`,
    found,
    adviceFor('streaming', known.proxy),
  );
};

/**
 * Makes the server leave the response open, by telling that its beginning was seen. That is not true here, where nobody
 * but the doctor waits for what it brings.
 */
async function keepsOpen({ http }: Probe): Promise<boolean> {
  for (let i = 0; i < TRIES; i++) {
    const { items } = await http.send([`seen ${http.polls}`]);
    if (items.some(({ type }) => type === 'stream')) return true;
  }
  return false;
}

/** Writes more and more into the response: how much it took until something came out, or how much was held. */
async function fill(
  probe: Probe,
  outcome: () => 'held' | 'out' | 'over',
): Promise<{ readonly blocks: number } | { readonly held: number }> {
  let written = 0;
  for (const step of STEPS) {
    const count = Math.ceil((step - written) / PONG_SIZE);
    await probe.http.send(pings(count, 10_000 + written));
    await quiet(probe);
    const now = outcome();
    if (now === 'out') return { blocks: step };
    if (now === 'over' || probe.signal.aborted) break;
    written += count * PONG_SIZE;
  }
  return { held: written };
}

const pongsOf = ({ pongs }: HttpSession): number =>
  [...pongs.values()].reduce((sum, count) => sum + count, 0);

/** Waits for as long as bytes could need that nothing holds back: the server does not leave the response open for long. */
function quiet({ env, known, options }: Probe): Promise<void> {
  const likely = 50 + 3 * (known.httpRoundTrip ?? Infinity);
  return new Promise((resolve) => {
    env.setTimeout(resolve, Math.min(options.patience.quiet, likely));
  });
}
