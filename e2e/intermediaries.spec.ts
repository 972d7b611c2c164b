/** Through the proxies that people run: the best transport that each lets through, and both ends count. */

import { startDialogue, type Dialogue } from './support/dialogue.ts';
import {
  forwardProxies,
  haproxy,
  nginx,
  reverseProxies,
  tinyproxy,
  type Passage,
} from './support/intermediaries/index.ts';
import { expect, test } from './support/passages.ts';
import { AppServer } from './support/server.ts';

// Most of them put their own `Host` into what they pass on.
test.use({ serverOptions: { origins: '*' } });
// On a busy machine the server may find out only at its second try that responses stream, 10 s later, or at its third.
test.setTimeout(90_000);

const overHttp = ['streaming', 'polling'] as const;
const reconnect = { minDelay: 20, maxDelay: 100 };

async function endsWell(dialogue: Dialogue, server: AppServer): Promise<void> {
  await dialogue.finish();
  expect(await dialogue.verdict()).toBe('complete');
  expect(await dialogue.peer.events()).not.toContain('sessionlost');
  expect(server.sockets).toHaveLength(1);
}

/** What may carry a session where this is the best that comes through: a stream begins as a poll, and a WebSocket may be late. */
const upTo = (carries: Passage['carries']): readonly string[] =>
  ({ websocket: ['websocket', ...overHttp], streaming: overHttp, polling: carries })[carries[0]];

/** Lets another way begin when the session is open over a WebSocket, and goes on with what comes through there. */
async function leadElsewhere(
  dialogue: Dialogue,
  turn: () => void,
  carries: Passage['carries'],
): Promise<void> {
  const { peer } = dialogue;
  await peer.carriedBy('websocket');
  turn();
  await peer.happened('state open', 2);
  // The way back to a WebSocket, where there is one, takes its time: the matrix measures it.
  await peer.carriedBy(...carries, ...(carries[0] === 'websocket' ? overHttp : []));
  await dialogue.goesOn(250);
}

for (const { name, configuration, carries, kind } of [...reverseProxies, ...forwardProxies]) {
  const isReverse = kind === 'reverse';

  test(`${name}: opens and goes on over ${carries[0]}`, async ({
    server,
    open,
    openThrough,
    intermediary,
  }) => {
    const proxy = await intermediary(configuration, server.port);
    const opening = isReverse ? () => open(proxy) : async () => (await openThrough(proxy))(server);
    const dialogue = await startDialogue(server, opening, {});
    await dialogue.peer.carriedBy(...carries);
    await dialogue.goesOn(250);
    await endsWell(dialogue, server);
    for (const transport of await dialogue.peer.transports()) expect(upTo(carries)).toContain(transport);
  });

  test(`${name}: comes between in the middle of a session`, async ({
    server,
    open,
    openThrough,
    intermediary,
    junction,
  }) => {
    const proxy = await intermediary(configuration, server.port);
    const before = isReverse ? server : await intermediary(tinyproxy.withConnect, server.port);
    const way = await junction(before.port);
    const opening = isReverse
      ? () => open(way, { reconnect })
      : async () => (await openThrough(way))(server, { reconnect });
    const dialogue = await startDialogue(server, opening, {});
    await leadElsewhere(dialogue, () => way.lead(proxy.port), carries);
    await endsWell(dialogue, server);
  });
}

for (const [name, configuration] of Object.entries({
  'nginx, with Upgrade, 2 s timeouts': nginx.impatient,
  'HAProxy, 2 s timeouts': haproxy.impatient,
})) {
  test(`${name}: an idle WebSocket is cut, and nothing is lost`, async ({ server, open, intermediary }) => {
    const proxy = await intermediary(configuration, server.port);
    const peer = await open(proxy, { transports: ['websocket'], reconnect });
    expect(await peer.echo('before')).toBe('before');
    await peer.happened('state reconnecting');
    for (const text of ['cut', 'and', 'back']) expect(await peer.echo(text)).toBe(text);
    expect(await peer.events()).not.toContain('sessionlost');
    expect(server.sockets).toHaveLength(1);
  });
}

test('nginx, 2 s timeouts: a poll that waits too long is repeated, and the next one is shorter', async ({
  server,
  open,
  intermediary,
}) => {
  const proxy = await intermediary(nginx.impatientWithoutUpgrade, server.port);
  const peer = await open(proxy, { transports: ['streaming', 'polling'], reconnect });
  expect(await peer.echo('before')).toBe('before');
  const ended = (): number => server.exchanges.filter(({ response }) => response.closed).length;
  const before = ended();
  // The first one is cut by the proxy; what ends after that, Holdfast ends in time.
  await expect.poll(ended, { timeout: 20_000 }).toBeGreaterThan(before + 2);
  const [last] = server.exchanges.filter(({ response }) => response.closed).slice(-1);
  expect(last!.response.writableFinished).toBe(true);
  for (const text of ['still', 'there']) expect(await peer.echo(text)).toBe(text);
  expect(await peer.events()).toEqual(['open', 'state open']);
  expect(server.sockets).toHaveLength(1);
});

for (const { name, configuration, length } of [
  { name: 'nginx, as delivered', configuration: nginx.asDelivered, length: 3_000_000 },
  { name: 'nginx, bodies up to 64 KiB', configuration: nginx.withSmallBodies, length: 500_000 },
]) {
  test(`${name}: a message larger than any body passes`, async ({ server, open, intermediary }) => {
    const proxy = await intermediary(configuration, server.port);
    const peer = await open(proxy);
    const isSame = await peer.handle.evaluate(async (each, count) => {
      const bytes = someBytes(count);
      return holds((await each.echo(bytes)) as ArrayBuffer, bytes);
    }, length);
    expect(isSame).toBe(true);
    expect(await peer.transports()).not.toContain('websocket');
    expect(server.sockets).toHaveLength(1);
  });
}

for (const { name, configuration, carries } of [
  { name: 'in turn', configuration: haproxy.roundRobin, carries: 'websocket' },
  { name: 'by a cookie, no Upgrade', configuration: haproxy.sticky, carries: 'streaming' },
] as const) {
  test(`HAProxy, two nodes, ${name}: one of them has the session`, async ({ server, open, intermediary }) => {
    const other = new AppServer({ origins: '*' });
    await other.start();
    const proxy = await intermediary(configuration, server.port, other.port);
    const peer = await open(proxy);
    for (let n = 1; n <= 50; n++) expect(await peer.echo(String(n))).toBe(String(n));
    expect(await peer.carriedBy(carries)).toBe(carries);
    expect(await peer.events()).not.toContain('sessionlost');
    expect(server.sockets.length + other.sockets.length).toBe(1);
    await other.close();
  });
}
