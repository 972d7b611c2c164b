/** Which cookies come with the answers: those of a balancer keep a client at its server. */
import { about } from '../finding.ts';
import type { Check } from '../probe.ts';

const { ok, skipped } = about('cookies');

export const cookies: Check = ({ env, known }) => {
  const names = env.cookies();
  if (!names) {
    return Promise.resolve(skipped('A page cannot see the cookies of a server; the command line can.'));
  }
  if (!known.answer?.status) return Promise.resolve(skipped('No answer came that could bring cookies.'));
  const measured = { names };
  return Promise.resolve(
    names.length === 0
      ? ok('No cookie was set, which is fine for a single server.', measured)
      : ok(
          `Set: ${names.join(', ')}. Browsers send them along, so a balancer can find the server again.`,
          measured,
        ),
  );
};
