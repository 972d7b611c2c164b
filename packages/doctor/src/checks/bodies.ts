/** Up to which size a request's body comes through, and who refuses what is larger. */
import { adviceFor, proxyOf } from '../advice.ts';
import { describe, isTaken } from '../describe.ts';
import { about, inSize } from '../finding.ts';
import { TRIES } from '../http-session.ts';
import { wasLost, type Answer } from '../post.ts';
import type { Check } from '../probe.ts';

const { ok, impaired, broken, skipped } = about('bodies');

const KIB = 1024;
const SIZES = [1, 4, 16, 32, 64, 128, 256, 512, 1024].map((kib) => kib * KIB);
/** What a client sends at most, unless it is told that it is too much. */
const FIRST_BATCH = 512 * KIB;
const UNSAID = 'Without a 413 that it may read, Holdfast does not learn to send smaller ones.';
/** It knows that from a 413 alone. */
const LEARNED = 'Nothing must be changed: Holdfast cuts its batches smaller';

export const bodies: Check = async ({ http, known, env, options, signal }) => {
  if (!http.welcome) return skipped('No Holdfast server answered over HTTP.');
  await http.renew();
  const startedAt = env.now();
  let passed = 0;
  let refused: { readonly size: number; readonly answer: Answer } | undefined;
  for (const size of SIZES) {
    if (env.now() - startedAt > options.patience.bodies || signal.aborted) break;
    let answer = await http.send([], size);
    // What fails without a word may have failed by chance.
    for (let i = 1; i < TRIES && wasLost(answer); i++) answer = await http.send([], size);
    if (!isTaken(answer)) {
      refused = { size, answer };
      break;
    }
    passed = size;
  }
  if (!refused) {
    const slow = passed < FIRST_BATCH ? ' The line is too slow to look further in this time.' : '';
    return ok(`Bodies of ${inSize(passed)} come through.${slow}`, { passed });
  }
  const { size, answer } = refused;
  const by = answer.status === 413 ? (isServers(answer) ? 'server' : 'proxy') : 'unknown';
  // An answer that has a name, or none at all, needs no more words.
  const isNamed = by === 'unknown' || answer.headers.has('server');
  const measured = { passed, refused: size, status: answer.status, by };
  const what = `a body of ${inSize(size)} ${describe(answer)}`;
  const who = by === 'server' ? ', by the Holdfast server itself' : isNamed ? '' : ', by a proxy before it';
  const settings = adviceFor('bodies', proxyOf(answer.headers) || known.proxy);
  const advice = answer.status === 413 ? [...settings, LEARNED] : settings;
  if (passed >= FIRST_BATCH) {
    return ok(
      `Bodies of ${inSize(passed)} come through, more than Holdfast sends at once; ${what}${who}.`,
      measured,
    );
  }
  if (passed === 0) return broken(`Not even small bodies come through: ${what}${who}.`, measured, advice);
  return impaired(
    `Bodies of ${inSize(passed)} come through, ${what}${who}.${answer.status === 413 ? ' Holdfast sends smaller ones.' : ` ${UNSAID}`}`,
    measured,
    advice,
  );
};

/** A Holdfast server says in words what its limit is; a proxy answers with a page or with nothing. */
const isServers = ({ text, headers }: Answer): boolean =>
  (headers.get('content-type') ?? '').startsWith('text/plain') && /^a body has \d+ bytes at most/.test(text);
