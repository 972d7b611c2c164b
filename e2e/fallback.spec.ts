/** No WebSocket gets through, in one way or another: the socket opens all the same, soon, and carries on over HTTP. */

import type { FaultProxy } from '@holdfast/fault-proxy';
import { expect, test, type RemotePeer } from './support/fixtures.ts';
import { echo } from './support/server.ts';

/**
 * In ms. Far more than it takes, so that a busy machine fails nothing, and less than a round of connecting that waits for
 * its deadline; the figures are in the annotations.
 */
const generous = 8000;

/** What is in the way, and what the proxy does for it. */
const obstacles: Record<string, Parameters<FaultProxy['set']>[0]> = {
  'is refused with 403': { upgrade: 'refuse' },
  'is never answered': { upgrade: 'swallow' },
  'is answered 101, and then nothing passes': { upgrade: 'mute' },
  'is answered 101, and then nothing passes that the page sends': { upgrade: 'mute-up' },
  'is reset just after the 101': { upgrade: 'kill', killAfter: 0 },
  'is reset 300 ms after the 101': { upgrade: 'kill', killAfter: 300 },
};

function annotate(type: string, ms: number): void {
  test.info().annotations.push({ type, description: `${Math.round(ms)} ms` });
}

/** Sends a message as soon as it may, and gives the milliseconds from the constructor until it came back. */
async function firstEcho(peer: RemotePeer): Promise<number> {
  return peer.handle.evaluate(async (each) => {
    const openedAfter = await each.opened;
    const openedAt = performance.now();
    await each.echo('hello');
    return openedAfter + performance.now() - openedAt;
  });
}

for (const [obstacle, faults] of Object.entries(obstacles)) {
  test(`an upgrade that ${obstacle} is replaced at once`, async ({ faultProxy, open }) => {
    faultProxy.set(faults);
    const peer = await open(faultProxy);
    const echoed = firstEcho(peer);
    const opened = await peer.opened();
    annotate('open after', opened);
    expect(opened).toBeLessThan(generous);
    const echoedAfter = await echoed;
    annotate('first echo after', echoedAfter);
    expect(echoedAfter).toBeLessThan(generous);
    expect(await peer.carriedBy('streaming', 'polling')).not.toBe('websocket');
    for (const text of ['still', 'there']) expect(await peer.echo(text)).toBe(text);
    expect(await peer.events()).not.toContain('error');
  });
}

test('responses that are held to their end are polled for', async ({ faultProxy, open }) => {
  faultProxy.set({ upgrade: 'refuse', responses: 'buffer' });
  const peer = await open(faultProxy);
  const opened = await peer.opened();
  annotate('open after', opened);
  expect(opened).toBeLessThan(generous);
  for (let i = 0; i < 10; i++) expect(await peer.echo(String(i))).toBe(String(i));
  expect(await peer.transports()).toEqual(['polling']);
});

for (const transports of [undefined, ['streaming', 'polling']] as const) {
  test(`connections that fall silent for ever just as it opens are given up soon, over ${
    transports?.join(' or ') ?? 'any transport'
  }`, async ({ server, faultProxy, open }) => {
    server.app = (socket) => {
      echo(socket);
      // Those that the browser keeps since it loaded the page are dead as well, and it does not know.
      faultProxy.forget();
    };
    const peer = await open(faultProxy, transports && { transports });
    const opened = await peer.opened();
    annotate('open after', opened);
    // Each dead connection that is tried costs one short deadline: three of them 7.5 s, two 3.5 s. A long one is 10 s.
    expect(opened).toBeLessThan(18_000);
    expect(await peer.echo('hello')).toBe('hello');
    expect(server.sockets).toHaveLength(1);
  });
}

test('a WebSocket that gets through in time is alone', async ({ server, faultProxy, open }) => {
  // However busy the machine, in time is in time.
  const peer = await open(faultProxy, { fallbackDelay: 20_000 });
  annotate('open after', await peer.opened());
  expect(await peer.echo('hello')).toBe('hello');
  expect(await peer.transports()).toEqual(['websocket']);
  expect(server.exchanges).toEqual([]);
});
