/**
 * Opening, and opening again, costs one round trip over each transport, whatever the session needs.
 *
 * The proxy holds back every byte for so long in each direction that all else takes no time beside it; but not the TCP
 * handshake, which the kernel answers on loopback at once. What a page measures from the constructor to `open` is
 * therefore so many round trips of the protocol, and a bit: the number is the quotient, rounded down.
 */

import { expect, test, transports, type RemotePeer } from './support/fixtures.ts';

/** One way, in ms. */
const delay = 500;

const roundTrips = (ms: number): number => Math.floor(ms / (2 * delay));

function annotate(type: string, ms: number): void {
  test.info().annotations.push({ type, description: `${Math.round(ms)} ms` });
}

/** Milliseconds from the loss of the only transport so far to the use of another one. */
const timeToResume = (peer: RemotePeer): Promise<number> =>
  peer.handle.evaluate(async (each) => {
    await each.until(() => each.changes.length >= 3);
    const [, lost, resumed] = each.changes;
    return resumed!.at - lost!.at;
  });

for (const transport of transports) {
  test(`opens in one round trip over ${transport}`, async ({ page, faultProxy, open }) => {
    await page.goto(faultProxy.url);
    faultProxy.set({ delay });
    const before = faultProxy.stats;
    const peer = await open(faultProxy, { transports: [transport] });
    const opened = await peer.opened();
    annotate('open after', opened);
    expect(roundTrips(opened)).toBe(1);
    expect(faultProxy.stats.upgrades - before.upgrades).toBe(transport === 'websocket' ? 1 : 0);
  });
}

test('resumes in one round trip over WebSocket', async ({ page, server, faultProxy, open }) => {
  await page.goto(faultProxy.url);
  faultProxy.set({ delay });
  const peer = await open(faultProxy, { transports: ['websocket'], reconnect: { minDelay: 0, maxDelay: 0 } });
  await peer.echo('hello');
  faultProxy.cut();
  const resumed = await timeToResume(peer);
  annotate('resumed after', resumed);
  expect(roundTrips(resumed)).toBe(1);
  expect(server.sockets).toHaveLength(1);
});

test('resumes in one round trip over HTTP', async ({ page, server, faultProxy, open }) => {
  await page.goto(faultProxy.url);
  faultProxy.set({ delay });
  // A WebSocket that dies young is not chosen again at once.
  const peer = await open(faultProxy, { fallbackDelay: 4000 });
  await peer.carriedBy('websocket');
  await peer.echo('hello');
  faultProxy.cut();
  const resumed = await timeToResume(peer);
  annotate('resumed after', resumed);
  expect(roundTrips(resumed)).toBe(1);
  expect(await peer.carriedBy('polling', 'streaming')).not.toBe('websocket');
  expect(server.sockets).toHaveLength(1);
});
