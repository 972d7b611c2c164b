/** Whether a page of another origin may read what the server answers. */
import { adviceFor } from '../advice.ts';
import { about } from '../finding.ts';
import type { Check } from '../probe.ts';

const { ok, broken, skipped } = about('cors');

export const cors: Check = ({ env, known, http }) => Promise.resolve(verdict({ env, known, http }));

function verdict({ env, known, http }: Pick<Parameters<Check>[0], 'env' | 'known' | 'http'>) {
  const { origin = '' } = env;
  const { answer } = known;
  if (!origin) {
    return skipped('No origin was given: --origin https://app.example asks as the pages of app.example do.');
  }
  if (env.isBrowser) {
    if (http.welcome) return ok(`The pages of ${origin} may read the answers.`, { origin });
    if (known.isHidden) {
      return broken(
        `The pages of ${origin} may not read the answers.`,
        { origin },
        adviceFor('origin', known.proxy),
      );
    }
    return skipped('No answer came that could be read or not.', { origin });
  }
  if (!answer || answer.status === 0) return skipped('No answer came that could be read or not.', { origin });
  const allowed = answer.headers.get('access-control-allow-origin') ?? '';
  const credentials = answer.headers.get('access-control-allow-credentials') === 'true';
  const measured = { origin, allowed, credentials, status: answer.status };
  if (allowed === origin && credentials && answer.status === 200) {
    return ok(`The pages of ${origin} may read the answers, and come with their cookies.`, measured);
  }
  if (answer.status === 403) {
    return broken(`The server refuses the pages of ${origin}.`, measured, adviceFor('origin', known.proxy));
  }
  const reason = !allowed
    ? 'the answer has no Access-Control-Allow-Origin'
    : allowed === origin
      ? 'the answer does not allow credentials'
      : `the answer allows only ${allowed}`;
  return broken(`A browser would keep the answers from pages of ${origin}: ${reason}.`, measured, [
    'A proxy that sets CORS headers of its own, or takes them away, is in the way: leave those of Holdfast alone',
    ...adviceFor('origin', known.proxy),
  ]);
}
