/** How long a request may wait for its answer before something between gives it up. */
import { adviceFor } from '../advice.ts';
import { about, inTime, rounded, type Finding } from '../finding.ts';
import { describe } from '../describe.ts';
import { wasLost, type Answer } from '../post.ts';
import type { Check, Probe } from '../probe.ts';

const { ok, impaired, broken, skipped } = about('held');

/** A hold shorter than this is not worth a poll, in ms. */
const USELESS = 1000;
/** Polls that an application ends by what it says, until a request is held in another way; or that are lost. */
const TRIES = 3;
/** Clocks and timers differ a little. */
const NEARLY = 0.95;

export const held: Check = async (probe) => {
  const { http, env, options } = probe;
  const { hold } = options.patience;
  if (!http.welcome) return skipped('No Holdfast server answered over HTTP.');
  await http.renew();
  let startedAt = env.now();
  for (let i = 0; i < TRIES; i++) {
    const left = hold - (env.now() - startedAt);
    const answer = await http.poll(left, 'poll').answer;
    const lasted = answer.endAfter;
    if (answer.end === 'stopped') return skipped('There was no time to look at it.');
    if (wasLost(answer) && i < TRIES - 1) {
      await http.renew();
      startedAt = env.now();
      continue;
    }
    if (answer.status !== 200 || answer.end !== 'whole') return ended(probe, answer);
    if (lasted >= left * NEARLY) return wasHeld(hold, false);
    if (answer.items.length < 2) {
      return ok(`A request is held for ${inTime(lasted)}, and then answered by the server itself.`, {
        ms: rounded(lasted),
      });
    }
  }
  return ahead(probe);
};

const wasHeld = (ms: number, isChatty: boolean): Finding =>
  ok(`A request could wait ${inTime(ms)} for its answer; no longer was tried.`, { ms, isChatty });

/** The application says something all the time, which ends each poll: a request that the server keeps for another reason. */
async function ahead(probe: Probe): Promise<Finding> {
  const { hold } = probe.options.patience;
  const answer = await probe.http.sendAhead(hold).answer;
  if (answer.end === 'silent') return wasHeld(hold, true);
  if (answer.end === 'stopped') return skipped('There was no time to look at it.');
  if (answer.status === 409 || answer.status === 200) {
    return skipped('The application says something all the time, so that no request is ever held for long.');
  }
  return ended(probe, answer);
}

function ended({ known, options }: Probe, answer: Answer): Finding {
  const ms = rounded(answer.endAfter);
  const measured = { ms, status: answer.status };
  const { hold } = options.patience;
  if (answer.end === 'silent') {
    return broken(
      `A request that the server holds for ${inTime(hold)} is never answered.`,
      measured,
      adviceFor('held', known.proxy),
    );
  }
  const how = answer.status > 0 && answer.status !== 200 ? describe(answer) : 'is cut off';
  const words = `A request that waits ${how} after ${inTime(ms)}.`;
  return ms < USELESS
    ? broken(words, measured, adviceFor('held', known.proxy))
    : impaired(`${words} Holdfast asks for shorter ones.`, measured, adviceFor('held', known.proxy));
}
