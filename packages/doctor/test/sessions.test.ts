/** What the server and its application see of the doctor: sessions that begin, carry nothing, and end in order. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '@holdfast/doctor';
import { controlRecord } from '@holdfast/protocol';
import { HttpSession } from '../src/http-session.ts';
import { nodeEnvironment } from '../src/node.ts';
import { addressOf, resolveOptions } from '../src/options.ts';
import { examine, withoutUpgrade, hasty, listen, open, urlOf } from './hospital.ts';

const goodbye = '1000 the doctor is done';

describe.concurrent('a session of the doctor', () => {
  test('is one over each transport, without a message, closed in order', async (context) => {
    const { url, server, closes, messages } = await open(context);
    await examine(url);
    expect(closes).toEqual([goodbye, goodbye]);
    expect(messages).toEqual([]);
    expect(server.clients.size).toBe(0);
  });

  test('is closed over HTTP if its WebSocket is mute', async (context) => {
    const { url, server, closes } = await open(context, { upgrade: 'mute' });
    await examine(url, { patience: withoutUpgrade });
    expect(closes).toEqual([goodbye, goodbye]);
    expect(server.clients.size).toBe(0);
  });

  test('is closed behind all that an application says', async (context) => {
    const { url, closes } = await open(context, { upgrade: 'kill' }, { chatty: true });
    await examine(url);
    expect(closes).toEqual([goodbye, goodbye]);
  });

  test('is closed if the diagnosis is ended', async (context) => {
    const { url, closes } = await open(context);
    const ending = new AbortController();
    const found: string[] = [];
    const patience = { ...hasty, hold: 20_000 };
    for await (const { check, verdict } of diagnose(url, nodeEnvironment(), {
      patience,
      signal: ending.signal,
    })) {
      if (check === 'buffering') ending.abort();
      if (verdict === 'skipped') found.push(check);
    }
    expect(found).toEqual(expect.arrayContaining(['idle', 'held']));
    expect(closes).toEqual([goodbye, goodbye]);
  });

  test('is closed if nobody wants to hear more', async (context) => {
    const { url, closes } = await open(context);
    for await (const { check } of diagnose(url, nodeEnvironment(), {
      patience: { ...hasty, hold: 20_000 },
    })) {
      if (check === 'streaming') break;
    }
    expect(closes).toEqual([goodbye, goodbye]);
  });

  test('ends by itself when its time is up', async (context) => {
    const { url, closes } = await open(context);
    const found = await examine(url, { patience: { ...hasty, hold: 20_000, total: 1000 } });
    expect(found.held.words).toBe('There was no time to look at it.');
    expect(closes).toEqual([goodbye, goodbye]);
  });

  test('leaves what an application closes at once', async (context) => {
    const { url, server } = await open(context);
    server.on('connection', (socket) => {
      socket.close(4001, 'not today');
    });
    const found = await examine(url);
    expect(found.requests.words).toMatch(/The application closed the doctor's session \(4001 not today\)/);
  });
});

test('pads a body to exactly the size that is asked for', async (context) => {
  const sizes: number[] = [];
  const http = await listen(context, (request, response) => {
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => {
      sizes.push(size);
      response.end(controlRecord('ack 0'));
    });
  });
  const { signal } = new AbortController();
  const session = new HttpSession({
    env: nodeEnvironment(),
    address: addressOf(urlOf(http)),
    options: resolveOptions({}),
    signal,
  });
  const wanted = [1024, 2100, 4096, 5000, 65_536, 1_048_576];
  for (const size of wanted) await session.send([], size);
  expect(sizes).toEqual(wanted);
});
