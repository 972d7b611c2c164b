/** `close({ drain })` on a real server: who is asked to leave, who is turned away, and what is told of it. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { returnSpread } from '../src/draining.ts';
import { Moving } from '../src/moving.ts';
import { FakeClock } from './fake-clock.ts';
import { connect, nextText, plain, post, serve } from './loopback.ts';

const ID = 'a-session-of-22-chars_';
const OTHER = 'another-session-of-its';

/** An upgrade that is refused, and when it may be tried again. */
async function refusal(socket: WebSocket) {
  socket.on('error', () => undefined);
  const letIn = once(socket, 'open').then(() => [undefined, { statusCode: 101, headers: {} }]);
  const turnedAway = once(socket, 'unexpected-response');
  const [, response] = (await Promise.race([letIn, turnedAway])) as [unknown, IncomingMessage];
  return [response.statusCode, response.headers['retry-after']];
}

describe('a server that drains', () => {
  it('is done when each session has ended in order, and counts them', async () => {
    const { url, server, received } = await serve();
    const sockets = (['websocket', 'streaming', 'polling'] as const).map((transport) =>
      connect(url, { transports: [transport] }),
    );
    for (const socket of sockets) await once(socket, 'open');
    const lost = sockets.map((socket) => once(socket, 'sessionlost'));
    sockets.forEach((socket, i) => {
      socket.send(`last ${i}`);
    });
    const closed = once(server, 'close');
    expect(await server.close({ drain: 10_000, spread: 60_000 })).toEqual({ drained: 3, left: 0 });
    await closed;
    for (const [event] of await Promise.all(lost)) expect(event).toMatchObject({ unacknowledged: 0 });
    expect([...received].sort()).toEqual(['last 0', 'last 1', 'last 2']);
  });

  it('leaves whoever has not handed over in time', async () => {
    const clock = new FakeClock();
    const { now, setTimeout, clearTimeout } = clock;
    const environment = { now, setTimeout, clearTimeout, defer: setImmediate };
    const { url, server } = await serve({ environment });
    const client = plain(url, ['holdfast.1', `holdfast.attach.${ID}.1.new.-`]);
    expect(await nextText(client)).toContain('welcome');
    const called: unknown[] = [];
    const done = server.close({ drain: 50, delay: 20, spread: 300 }, (error) => called.push(error));
    expect(await nextText(client)).toBe('␐drain');
    clock.run(49);
    expect(called).toEqual([]);
    clock.run(50);
    expect(await nextText(client)).toBe('␐go-away 20 300');
    expect(await done).toEqual({ drained: 0, left: 1 });
    expect(called).toEqual([undefined]);
  });

  it('turns away who is new, and answers who is known', async () => {
    const { url, server } = await serve();
    await post(url, [`attach ${ID} 1 new -`]);
    const done = server.close({ drain: 10_000 });
    const turnedAway = await post(url, [`attach ${OTHER} 1 new -`]);
    expect([turnedAway.status, turnedAway.headers.get('retry-after')]).toEqual([503, '1']);
    expect(turnedAway.headers.get('connection')).toBe('close');
    expect((await post(url, [`attach ${OTHER} 2 7 -`])).status).toBe(503);
    expect(await refusal(plain(url))).toEqual([503, '1']);
    const offer = (id: string): string[] => ['holdfast.1', `holdfast.attach.${id}.2.0.-`];
    expect(await refusal(plain(url, offer(OTHER)))).toEqual([503, '1']);
    expect((await post(url, [`attach ${ID} 2 0 -`])).status).toBe(200);
    const known = plain(url, ['holdfast.1', `holdfast.attach.${ID}.3.0.-`]);
    const [welcome] = (await once(known, 'message')) as [Buffer];
    expect(welcome.toString()).toContain('welcome');
    server.close();
    await done;
  });

  it('turns them away when it is closed, as long as its HTTP server is there', async () => {
    const { url, server, http } = await serve();
    expect(await server.close({ drain: 1000 })).toEqual({ drained: 0, left: 0 });
    expect((await post(url, [`attach ${ID} 1 new -`])).status).toBe(503);
    expect(await refusal(plain(url, ['holdfast.1', `holdfast.attach.${ID}.1.new.-`]))).toContain(503);
    const closed = once(http, 'close');
    http.close();
    await closed;
    expect(http.listenerCount('upgrade')).toBe(0);
  });

  it('lets another page read when to come back', async () => {
    const { url, server } = await serve({ origins: '*' });
    const done = server.close({ drain: 10_000 });
    const answer = await post(url, [`attach ${ID} 1 new -`], {
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(answer.headers.get('access-control-expose-headers')).toBe('Retry-After');
    await done;
  });

  it('closes plain WebSockets in order', async () => {
    const { url, server } = await serve();
    const native = plain(url);
    await once(native, 'open');
    const closed = once(native, 'close');
    expect(await server.close({ drain: 10_000 })).toEqual({ drained: 1, left: 0 });
    expect(await closed).toMatchObject([1001, expect.anything()]);
  });

  it('drains once, and is closed at once by a close that does not wait', async () => {
    const { url, server } = await serve();
    await post(url, [`attach ${ID} 1 new -`]);
    const first = server.close({ drain: 60_000 });
    const second = server.close({ drain: 60_000 });
    server.close();
    expect(await Promise.all([first, second])).toEqual([
      { drained: 0, left: 1 },
      { drained: 0, left: 1 },
    ]);
    expect(await server.close({ drain: 1 })).toEqual({ drained: 0, left: 1 });
  });

  it.each([{ drain: -1 }, { drain: NaN }, { drain: 1, delay: -1 }, { drain: 1, spread: NaN }])(
    'takes no %j',
    async (options) => {
      const { server } = await serve();
      expect(() => server.close(options)).toThrow(TypeError);
    },
  );
});

it('gives a crowd half a millisecond each, and a few a second in all', () => {
  expect([1, 2000, 5000, 100_000].map(returnSpread)).toEqual([1000, 1000, 2500, 50_000]);
});

describe('the last word', () => {
  it('is due when the application was quiet, and no later than half a second behind the client', () => {
    const moving = new Moving(12.4);
    expect(moving.reason).toBe('12');
    moving.spoke(50);
    expect(moving.dueAt).toBe(Infinity);
    moving.heardAll(1000);
    expect(moving.dueAt).toBe(1100);
    moving.spoke(1090);
    expect(moving.dueAt).toBe(1190);
    moving.spoke(1450);
    expect(moving.dueAt).toBe(1500);
  });
});
