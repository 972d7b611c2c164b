/** What the bench is made of: it must notice what is wrong, and draw what is right. */
import { expect, it } from 'vitest';
import { Audience } from '../lib/audience.mjs';
import { curves } from '../lib/curves.mjs';
import { texts } from '../lib/messages.mjs';
import { peak } from '../rows/herd.mjs';
import { growthSize } from '../rows/growth.mjs';
import { rows, rowsOf } from '../rows/index.mjs';
import { echoesAmong } from '../rows/steps.mjs';
import type { OpenClient, Table } from '../types.ts';

const client = (): OpenClient => ({
  send: () => undefined,
  onmessage: () => undefined,
  onopen: () => undefined,
  close: () => Promise.resolve(),
});

it('waits until each client has heard each message', async () => {
  const clients = [client(), client()];
  const audience = new Audience(clients, 64);
  const text = texts(64);
  let isHeard = false;
  const heard = audience.heard(2).then(() => (isHeard = true));
  for (const one of clients) one.onmessage(text(0));
  clients[0]!.onmessage(text(1));
  await Promise.resolve();
  expect(isHeard).toBe(false);
  clients[1]!.onmessage(text(1));
  await heard;
});

it('notices a message of a broadcast that is lost, comes twice or is another one', async () => {
  const text = texts(64);
  for (const wrong of [text(1), `${text(0).slice(0, -1)}!`]) {
    const one = client();
    const audience = new Audience([one], 64);
    one.onmessage(wrong);
    await expect(audience.heard(1)).rejects.toThrow('message 1 is not what was sent');
  }
  const twice = client();
  const audience = new Audience([twice, client()], 64);
  twice.onmessage(text(0));
  twice.onmessage(text(0));
  await expect(audience.heard(1)).rejects.toThrow('message 2 is not what was sent');
});

it('notices an echo that came to another client than it was sent by', async () => {
  const kept = [client(), client()];
  // All come to the second one: the first text is right, and comes again.
  kept[0]!.send = (text) => queueMicrotask(() => kept[1]!.onmessage(text));
  kept[1]!.send = (text) => queueMicrotask(() => kept[1]!.onmessage(text));
  const parameters = { size: 64, count: 4, sessions: 2, window: 4, interval: 0, heaps: 0 };
  const bench = { kept, open: () => Promise.reject(new Error('not here')), connect: client as never };
  await expect(echoesAmong(bench, parameters)).rejects.toThrow('echo 2 is not what was sent');
});

it('has texts of any size, of which none that follow one another are equal', () => {
  for (const size of [1, 3, 4, 64, 65_536]) {
    const text = texts(size);
    for (let i = 0; i < 9; i++) {
      expect(text(i)).toHaveLength(size);
      expect(text(i)).not.toBe(text(i + 1));
    }
  }
});

it('finds the busiest 100 ms, wherever they begin', () => {
  expect(peak([])).toBe(0);
  expect(peak([0, 90, 95, 100, 189, 195])).toBe(4);
});

it('draws a curve for each subject and metric, through all that was measured', () => {
  const cases = Object.keys(growthSize.cases);
  const table: Table = Object.fromEntries(
    cases.map((name, i) => [
      name,
      Object.fromEntries(
        growthSize.subjects.map((subject) => [
          subject,
          {
            rate: { value: 10 ** (6 - i) },
            server: { value: i === 0 ? NaN : 2 ** i },
            memory: { value: 70 },
          },
        ]),
      ),
    ]),
  );
  const svg = curves(growthSize, {
    measuredAt: '',
    rounds: 1,
    load: [0, 0],
    pinned: true,
    table,
  });
  const lines = [...svg.matchAll(/<path d="M([^"]*)" fill="none"/g)].map(
    ([, path]) => path!.split('L').length,
  );
  const [n, subjects] = [cases.length, growthSize.subjects.length];
  expect(lines).toEqual([n, n - 1, n].flatMap((points) => new Array<number>(subjects).fill(points)));
  expect(svg).not.toContain('NaN');
});

it('measures a group only when it is asked for', () => {
  expect(rowsOf('growth').map(({ name }) => name)).toEqual(['growth-sessions', 'growth-size']);
  expect(rowsOf('echo').map(({ name }) => name)).toEqual(['echo']);
  expect(() => rowsOf('nothing')).toThrow('there is no row nothing');
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});
