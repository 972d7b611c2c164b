/** Two nodes behind HAProxy are replaced, one after the other, while clients on all three transports talk to them. */
import { once } from 'node:events';
import { choosePort } from '../support/intermediaries/ports.ts';
import {
  isInstalled,
  startIntermediary,
  type Configuration,
} from '../support/intermediaries/intermediary.ts';
import { expect, test, transports } from './support/fixtures.ts';
import { LoadedClient } from './support/loaded-client.ts';
import { filesOf } from './support/recipe.ts';

/** What the page shows; only its ports are those of the test. */
const haproxy: Configuration = {
  proxy: 'haproxy',
  configure: ({ port, targets: [first, second] }) => ({
    files: {
      'haproxy.cfg': filesOf('deploy')
        .get('haproxy.cfg')!
        .replace('bind :80', `bind 127.0.0.1:${port}`)
        .replace(':8081', `:${first}`)
        .replace(':8082', `:${second}`),
    },
    args: ['-db', '-f', 'haproxy.cfg'],
  }),
};

const CLIENTS_PER_TRANSPORT = 4;
/** Over how many ms few clients come back. */
const SPREAD = 1000;

test('the recipe deploy holds: a rolling restart under load loses nothing, and nobody waits for long', async ({
  recipe,
}) => {
  if (!isInstalled(haproxy)) {
    const reason = 'haproxy is not installed (npm run proxies)';
    process.stdout.write(`skipped, since ${reason}: the recipe deploy\n`);
    test.skip(true, reason);
  }
  const files = recipe('deploy');
  const [one, two] = [await choosePort(), await choosePort()];
  let a = await files.runAt(one, 'server.mjs', '8081');
  let b = await files.runAt(two, 'server.mjs', '8082');
  const balancer = await startIntermediary(haproxy, one, two);
  const clients = transports.flatMap((transport) =>
    Array.from({ length: CLIENTS_PER_TRANSPORT }, () => new LoadedClient(`${balancer.url}/live`, transport)),
  );
  const talk = async (messages: number): Promise<void> => {
    const goals = clients.map((client) => client.sent + messages);
    for (let isThere = false; !isThere; isThere = clients.every(({ sent }, i) => sent >= goals[i]!))
      await once(clients[0]!.socket, 'message');
  };
  const calm: number[] = [];
  try {
    await talk(10);
    // A busy machine is slow all the time.
    calm.push(...clients.map(({ longestWait }) => longestWait));
    const exits = [await a.stop()];
    a = await files.runAt(one, 'server.mjs', '8081');
    await talk(10);
    exits.push(await b.stop());
    b = await files.runAt(two, 'server.mjs', '8082');
    await talk(10);
    for (const client of clients) await client.settle();
    expect(exits).toEqual([0, 0]);
  } finally {
    for (const client of clients) client.close();
    await balancer.close();
  }

  expect(clients.flatMap(({ mishaps }) => mishaps)).toEqual([]);
  expect(clients.map(({ unacknowledged }) => unacknowledged)).toEqual(clients.map(() => 0));
  // Each was on a node that was replaced, once or twice.
  for (const { opened } of clients) expect(opened).toBeGreaterThan(1);
  for (const transport of transports) {
    const waits = clients
      .filter((client) => client.transport === transport)
      .map((client) => client.longestWait);
    const longest = Math.round(Math.max(...waits));
    process.stdout.write(
      `${transport}: the longest wait was ${longest} ms, ${Math.round(Math.max(...calm))} ms in a calm\n`,
    );
    expect(longest).toBeLessThan(1000 + SPREAD + 3 * Math.max(...calm));
  }
});
