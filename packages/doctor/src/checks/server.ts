/** Whether a Holdfast server answers over HTTP at all, and if not, who does. */
import { adviceFor, proxyOf } from '../advice.ts';
import { describe, isPage, titleOf } from '../describe.ts';
import { about, inTime, rounded, type Finding } from '../finding.ts';
import { TRIES } from '../http-session.ts';
import { address, wasLost, type Answer } from '../post.ts';
import type { Check, Probe } from '../probe.ts';

const { ok, impaired, broken } = about('server');

export const server: Check = async (probe) => {
  const { http, known, signal } = probe;
  let tries = 0;
  let answer: Answer;
  do {
    answer = await http.attach();
    tries++;
  } while (wasLost(answer) && tries < TRIES && !signal.aborted);
  known.answer = answer;
  known.proxy = proxyOf(answer.headers);
  const measured = { status: answer.status, tries, ms: rounded(answer.endAfter) };
  const by = known.proxy ? `, through ${known.proxy}` : '';
  const [first] = answer.status === 200 ? answer.items : [];
  if (first?.type === 'welcome') {
    const words = `A Holdfast server answers over HTTP in ${inTime(answer.endAfter)}${by}.`;
    return tries === 1 ? ok(words, measured) : impaired(`${words} It took ${tries} tries.`, measured);
  }
  if (first?.type === 'refused') {
    const why = `${first.code} ${first.reason}`.trim();
    return broken(`The Holdfast server does not let the doctor in: ${why}.`, measured, [
      'Give the token that your application checks: --auth TOKEN',
    ]);
  }
  if (first?.type === 'gone' || first?.type === 'superseded') {
    return broken('The server does not know the session that a retry of the first request began.', measured, [
      ...adviceFor('nodes', known.proxy),
    ]);
  }
  return strange(probe, answer, measured);
};

/** Whatever answered, it was no Holdfast server. */
async function strange(probe: Probe, answer: Answer, measured: Finding['measured']): Promise<Finding> {
  const { env, known, given } = probe;
  if (answer.status === 403 && /origin/.test(answer.text)) {
    return broken(
      `The Holdfast server lets in no page of ${env.origin ?? 'this origin'}.`,
      measured,
      adviceFor('origin', known.proxy),
    );
  }
  // An error page of a proxy is a page too, but says by its status what is wrong.
  if (answer.status > 0 && answer.status < 400 && isPage(answer)) {
    const title = titleOf(answer);
    return broken(
      `Not a Holdfast server: a web page${title && ` ("${title}")`} comes from ${given}.`,
      measured,
      adviceFor('portal', known.proxy),
    );
  }
  if (answer.status >= 300 && answer.status < 400) {
    const to = answer.headers.get('location') ?? 'somewhere else';
    return broken(
      `Not a Holdfast server: ${given} redirects to ${to}, and Holdfast follows no redirect.`,
      measured,
      [
        'Give the address behind the redirect (https instead of http, or with its slash)',
        ...adviceFor('portal', known.proxy),
      ],
    );
  }
  if (answer.status >= 400) {
    const isGateway = answer.status === 502 || answer.status === 503 || answer.status === 504;
    return broken(
      `No Holdfast server: a request to ${given} ${describe(answer)}.`,
      measured,
      isGateway
        ? ['The proxy is there, the server behind it is not: is it running, on the port that the proxy asks?']
        : adviceFor('path', known.proxy),
    );
  }
  if (answer.status > 0) {
    return broken(
      `Not a Holdfast server: a request to ${given} ${describe(answer)}.`,
      measured,
      adviceFor('path', known.proxy),
    );
  }
  if (env.isBrowser && answer.end === 'failed' && (await isThere(probe))) {
    known.isHidden = true;
    return broken(
      'Something answers, but the browser does not let this page read it: the server does not know the origin of ' +
        'the page, or it is not the server that answers.',
      measured,
      [...adviceFor('origin', known.proxy), ...adviceFor('portal', known.proxy)],
    );
  }
  return broken(`No server answers over HTTP: a request to ${given} ${describe(answer)}.`, measured, [
    'Check the name, the port, and that the server is running and reachable from here',
  ]);
}

/** Whether a request gets an answer that the browser keeps from the page. */
async function isThere({ env, address: { http }, options, signal }: Probe): Promise<boolean> {
  const controller = new AbortController();
  const stop = (): void => {
    controller.abort();
  };
  const timer = env.setTimeout(stop, options.patience.answer);
  signal.addEventListener('abort', stop);
  try {
    await env.fetch(address(http, env), { method: 'POST', mode: 'no-cors', signal: controller.signal });
    return true;
  } catch {
    return false;
  } finally {
    env.clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
