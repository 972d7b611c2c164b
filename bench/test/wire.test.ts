/** What the bench counts that no machine changes: held here where it holds today. The bars are in `bench/bars.mjs`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { bars } from '../bars.mjs';
import { benchOn } from '../lib/client.mjs';
import { median } from '../lib/measure.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { rowOf } from '../rows/index.mjs';
import { subjectOf } from '../subjects/index.mjs';
import type { Figures, Pair, Parameters } from '../types.ts';

/** A busy machine adds to a time, and never takes from it: the least of so many tries is what counts. */
const TRIES = 10;

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

const notHere = (): Promise<never> => Promise.reject(new Error('not here'));

/** Measures a row in this process. */
async function measure(rowName: string, subjectName: string): Promise<Figures> {
  const row = rowOf(rowName);
  const subject = subjectOf(subjectName);
  const server = createServer();
  await subject.serve(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const connector = await subject.connector();
  const { port } = server.address() as AddressInfo;
  const pair: Pair = {
    subject: subjectName,
    async behindProxy(delay) {
      const proxy = await startProxy(port, delay);
      const bench = benchOn(connector, proxy.port);
      return { ...proxy, run: async (step, parameters) => row.steps[step]!(bench, parameters) };
    },
    broadcast: notHere,
    watch: notHere,
    cut: notHere,
    attempts: notHere,
    run: notHere,
    cpu: notHere,
    memory: notHere,
    peak: notHere,
  };
  const parameters: Parameters = { size: 64, count: 1, sessions: 1, window: 1, interval: 0, heaps: 0 };
  return row.measure(pair, { ...parameters, ...Object.values(row.cases)[0] });
}

/** The least of some tries, which end when it is small enough. */
async function least(
  rowName: string,
  subject: string,
  isEnough: (figures: Figures) => boolean,
): Promise<Figures> {
  for (let tries = 1; ; tries++) {
    const figures = await measure(rowName, subject);
    if (isEnough(figures) || tries === TRIES) return figures;
  }
}

describe('over WebSocket', () => {
  it('adds 8 bytes to an echo of 64, and less than one for acknowledgements', async () => {
    const { bytes } = await measure('bytes', 'holdfast');
    expect(bytes).toBeGreaterThanOrEqual(8);
    expect(bytes).toBeLessThan(9);
  });

  it('is open after two round trips, and has an echo after three, by one request', async () => {
    const figures = await least(
      'round-trips',
      'holdfast-default',
      ({ open, echo }) => open! < 2.5 && echo! < 3.5,
    );
    expect(Math.round(figures['open']!)).toBe(2);
    expect(Math.round(figures['echo']!)).toBe(3);
    expect(figures['requests']).toBe(1);
  });
});

describe.each(['holdfast-streaming', 'holdfast-polling'])('%s', (subject) => {
  it('is open after two round trips, and has the echo of a message that waited, by one request', async () => {
    const figures = await least('round-trips-http', subject, ({ echo }) => echo! < 2.5);
    expect(Math.round(figures['open']!)).toBe(2);
    expect(Math.round(figures['echo']!)).toBe(2);
    expect(figures['requests']).toBe(1);
  });
});

it('asks once for an echo at 10 messages a second, with bare requests in so many bytes', async () => {
  const [polling, streaming] = await Promise.all([
    measure('bytes-http', 'holdfast-polling-bare'),
    measure('bytes-http', 'holdfast-streaming-bare'),
  ]);
  // A busy machine sends two messages in one request.
  expect(polling['requests']).toBeLessThanOrEqual(1.1);
  expect(streaming['requests']).toBeLessThanOrEqual(1.1);
  expect(polling['bytes']).toBeLessThanOrEqual(345);
  expect(streaming['bytes']).toBeLessThanOrEqual(345);
});

it('takes the middle of the rounds', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

it('has a row, a case and a metric for every bar', () => {
  for (const bar of bars) {
    const row = rowOf(bar.row);
    expect(row.cases).toHaveProperty([bar.in]);
    expect(row.subjects).toContain(bar.subject);
    if (bar.floor) expect(row.subjects).toContain(bar.floor);
    expect(row.metrics.map(({ name }) => name)).toContain(bar.metric);
  }
});
