/**
 * Every network × every browser, measured: `npm run matrix` takes its time for it, and writes the table of
 * `docs/networks.md`; `npm test` has a short version. What is measured never fails a test: machines are noisy. What is
 * lost, doubled or out of order does, and what never opens or never comes to the transport that the network allows.
 */

import type { BrowserContext } from '@playwright/test';
import { forwardProxies, reverseProxies, type Passage } from './support/intermediaries/index.ts';
import { expect, test } from './support/passages.ts';
import { note, type Measured, type Part } from './support/results.ts';
import { openTraffic, type Traffic } from './support/traffic.ts';
import { weathers } from './support/weathers.ts';
import type { AppServer } from './support/server.ts';

/** Seconds of traffic for each row, if all that there is to measure is asked for. */
const seconds = Number(process.env['MATRIX'] ?? 0);
const isFull = seconds > 0;

/** Milliseconds between two messages of an end, and how long traffic flows at least. */
const interval = isFull ? 50 : 20;
const duration = isFull ? seconds * 1000 : 400;
const beatsIn = (ms: number): number => Math.ceil(Math.max(duration, ms) / interval);
/** How long the way back to WebSocket is waited for, in ms. */
const climbTimeout = 60_000;

test.use({ serverOptions: { origins: '*' } });
test.setTimeout(isFull ? 240_000 : 90_000);

const browserOf = (context: BrowserContext): string => context.browser()?.browserType().name() ?? '';

/** Sets traffic going from the first moment, and notes how it fares. */
async function measureStart(row: Row, server: AppServer, traffic: Traffic, beats: number): Promise<void> {
  const { peer } = traffic;
  await traffic.begin();
  await traffic.goesOn(beats);
  const requests = await peer.handle.evaluate((each) => each.requests);
  const { stall } = await traffic.account();
  const transport = await peer.carriedBy(...row.carries);
  await endsWell(row, 'start', server, traffic, { stall, transport, requests, messages: beats });
}

/** Sets traffic going, lets the network turn bad and good again, and notes how it fares. */
async function measureLater(
  row: Row,
  server: AppServer,
  traffic: Traffic,
  change: { begin: () => Promise<void>; readonly beats: number; end: () => void },
): Promise<void> {
  const { peer } = traffic;
  await traffic.begin();
  await traffic.goesOn(5);
  await peer.proven();
  await traffic.listenAnew();
  await change.begin();
  await traffic.goesOn(change.beats);
  const transport = await peer.carriedBy(...row.carries);
  const { stall } = await traffic.account();
  change.end();
  const climb = isFull ? { climbed: await timeToClimb(traffic) } : {};
  await endsWell(row, 'later', server, traffic, { stall, transport, ...climb });
}

/** Milliseconds until a WebSocket carries the session, or null. */
const timeToClimb = ({ peer }: Traffic): Promise<number | null> =>
  peer.handle.evaluate(async (each, timeout) => {
    const startedAt = performance.now();
    const climbed = each.until(() => each.socket.transport === 'websocket');
    const gaveUp = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), timeout));
    return (await Promise.race([climbed, gaveUp])) === 'late' ? null : performance.now() - startedAt;
  }, climbTimeout);

interface Row {
  readonly network: string;
  readonly order: number;
  readonly browser: string;
  readonly carries: Passage['carries'];
}

async function endsWell(
  { network, order, browser }: Row,
  part: Part,
  server: AppServer,
  traffic: Traffic,
  {
    stall,
    ...measured
  }: Pick<Measured, 'transport' | 'requests' | 'messages' | 'climbed'> & { stall: number },
): Promise<void> {
  await traffic.finish();
  const account = await traffic.account();
  const { opened, echoed } = traffic;
  const times = part === 'start' ? { opened, echoed } : {};
  note({ network, order, browser, part, account: { ...account, stall }, ...times, ...measured });
  expect(account).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, garbled: 0 });
  expect(await traffic.peer.events()).not.toContain('sessionlost');
  expect(server.sockets).toHaveLength(1);
}

for (const [order, weather] of weathers.entries()) {
  const {
    name,
    faults,
    before,
    begins,
    brief,
    crossOrigin,
    large = 0,
    strikesWithin = 0,
    carries,
    short,
  } = weather;
  const isWanted = (part: Part): boolean => isFull || !short || short.includes(part);
  const pace = { interval, large };
  const beats = beatsIn(strikesWithin);

  if (!brief && !before && isWanted('start'))
    test(`${name}: from the start`, async ({ page, context, server, faultProxy, open }) => {
      const row = { network: name, order, browser: browserOf(context), carries };
      await page.goto(crossOrigin ? server.url : faultProxy.url);
      faultProxy.set(faults);
      // Those that brought the page are warm.
      faultProxy.cut();
      const traffic = await openTraffic(server, () => open(faultProxy, { counts: true }), pace);
      await measureStart(row, server, traffic, beats);
    });

  if (isWanted('later'))
    test(`${name}: later`, async ({ page, context, server, faultProxy, open }) => {
      const row = { network: name, order, browser: browserOf(context), carries };
      await page.goto(crossOrigin ? server.url : faultProxy.url);
      if (before) faultProxy.set(before);
      const traffic = await openTraffic(server, () => open(faultProxy), pace);
      await measureLater(row, server, traffic, {
        begin: async () => {
          if (before) {
            await traffic.peer.carriedBy('streaming');
            await traffic.listenAnew();
          }
          faultProxy.set(faults);
          if (begins === 'cut') faultProxy.cut();
          if (!brief) return;
          await traffic.peer.happened('state reconnecting');
          faultProxy.clear();
        },
        beats,
        end: () => faultProxy.clear(),
      });
    });
}

// The short version leaves these to `intermediaries.spec.ts`.
if (isFull) {
  for (const [index, { name, configuration, carries, kind }] of [
    ...reverseProxies,
    ...forwardProxies,
  ].entries()) {
    const order = weathers.length + index;

    test(`${name}: from the start`, async ({ context, server, intermediary, open, openThrough }) => {
      const row = { network: name, order, browser: browserOf(context), carries };
      const proxy = await intermediary(configuration, server.port);
      const opening =
        kind === 'reverse'
          ? () => open(proxy, { counts: true })
          : async () => (await openThrough(proxy))(server, { counts: true });
      const traffic = await openTraffic(server, opening, { interval });
      await measureStart(row, server, traffic, beatsIn(0));
    });

    if (kind === 'reverse')
      test(`${name}: later`, async ({ context, server, intermediary, junction, open }) => {
        const row = { network: name, order, browser: browserOf(context), carries };
        const proxy = await intermediary(configuration, server.port);
        const way = await junction(server.port);
        const traffic = await openTraffic(server, () => open(way), { interval });
        await measureLater(row, server, traffic, {
          begin: async () => way.lead(proxy.port),
          beats: beatsIn(0),
          end: () => way.lead(server.port),
        });
      });
  }
}
