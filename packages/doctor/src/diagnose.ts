/**
 * A diagnosis: two sessions of the doctor's own, one over HTTP and one over WebSocket, are looked at side by side, each
 * check after what it builds on. What is found is given as it comes.
 */
import { checks } from './checks/index.ts';
import type { Environment } from './environment.ts';
import { about, type CheckName, type Finding } from './finding.ts';
import { HttpSession } from './http-session.ts';
import { addressOf, resolveOptions, type DoctorOptions } from './options.ts';
import type { Probe } from './probe.ts';
import { within } from './waiting.ts';
import { WebSocketSession } from './websocket-session.ts';

/** What needs the WebSocket, and what needs requests, in their order. */
const OVER_WEBSOCKET = ['upgrade', 'frames', 'idle'] as const;
const OVER_HTTP = ['cors', 'cookies', 'requests', 'streaming', 'buffering', 'bodies', 'held'] as const;

/**
 * Looks at the way to a Holdfast server, and gives each finding as it comes. Whoever stops iterating ends the diagnosis.
 *
 * @param given the server's address, with ws, wss, http or https
 * @throws TypeError for an address or options that cannot be meant
 */
export function diagnose(
  given: string,
  env: Environment,
  options: DoctorOptions = {},
): AsyncGenerator<Finding> {
  const address = addressOf(given);
  const resolved = resolveOptions(options);
  return findings(given, { env, address, options: resolved }, options.signal);
}

async function* findings(
  given: string,
  context: Pick<Probe, 'env' | 'address' | 'options'>,
  outer: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  const { env, options } = context;
  const controller = new AbortController();
  const { signal } = controller;
  const stop = (): void => {
    controller.abort();
  };
  const timer = env.setTimeout(stop, options.patience.total);
  outer?.addEventListener('abort', stop);
  if (outer?.aborted) stop();

  const session = { ...context, signal };
  const probe: Probe = {
    ...session,
    given,
    http: new HttpSession(session),
    tunnel: new WebSocketSession(session),
    known: { proxy: '' },
  };
  const found = new Queue<Finding>();
  const all = runAll(probe, (finding) => {
    found.push(finding);
  }).finally(() => {
    found.end();
  });
  all.catch(() => undefined);
  try {
    yield* found;
    await all;
  } finally {
    stop();
    env.clearTimeout(timer);
    outer?.removeEventListener('abort', stop);
    await Promise.all([probe.http.close(), probe.tunnel.close()]);
  }
}

async function runAll(probe: Probe, tell: (finding: Finding) => void): Promise<void> {
  const run = async (name: CheckName): Promise<void> => {
    tell(await look(name, probe));
  };
  const inTurn = async (names: readonly CheckName[]): Promise<void> => {
    for (const name of names) await run(name);
  };
  const until = (names: readonly CheckName[], last: CheckName): readonly CheckName[] =>
    names.slice(0, names.indexOf(last) + 1);
  const after = (names: readonly CheckName[], last: CheckName): readonly CheckName[] =>
    names.slice(names.indexOf(last) + 1);

  await run('server');
  const tunnel = inTurn(until(OVER_WEBSOCKET, 'frames'));
  const requests = inTurn(until(OVER_HTTP, 'requests'));
  await Promise.all([
    tunnel.then(() => inTurn(after(OVER_WEBSOCKET, 'frames'))),
    requests.then(() => inTurn(after(OVER_HTTP, 'requests'))),
    Promise.all([tunnel, requests]).then(() => run('latency')),
  ]);
}

/** One check; what it can no longer find out is skipped. */
async function look(name: CheckName, probe: Probe): Promise<Finding> {
  const { skipped } = about(name);
  const ended = (OVER_HTTP as readonly CheckName[]).includes(name) ? probe.http.ended : undefined;
  if (ended && probe.http.welcome) {
    return skipped(
      `The application closed the doctor's session (${`${ended.code} ${ended.reason}`.trim()}).`,
    );
  }
  if (probe.signal.aborted) return skipped('There was no time to look at it.');
  const finding = await within(probe, checks[name](probe), probe.options.patience.total);
  return finding ?? skipped('There was no time to look at it.');
}

/** What is pushed comes out in order, until the end. */
class Queue<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #isEnded = false;
  #wake: () => void = () => undefined;

  push(item: T): void {
    this.#items.push(item);
    this.#wake();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      yield* this.#items.splice(0);
      if (this.#items.length > 0) continue;
      if (this.#isEnded) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
