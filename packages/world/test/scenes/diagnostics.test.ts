/** What a client says of the network that it is in. */
import { describe, expect, it } from 'vitest';
import type { DiagnosticReason, HoldfastOptions } from '@holdfast/client';
import type { Weather } from '../../src/index.ts';
import { listen, start, type Beginning } from './scene.ts';

const reasons = ({ socket }: Beginning): DiagnosticReason[] => socket.diagnostics.map(({ reason }) => reason);

describe('why there is no WebSocket', () => {
  it.each<[string, Partial<Weather>, DiagnosticReason[]]>([
    ['it is refused', { upgrade: 'refuse' }, ['websocket-failed']],
    ['it is not answered', { upgrade: 'swallow' }, ['websocket-slow']],
    ['nothing passes that is sent', { upgrade: 'mute-up' }, ['websocket-mute']],
    ['it is reset soon', { upgrade: 'kill', lifetime: 1000 }, ['websocket-died-young']],
  ])('%s', (_, weather, expected) => {
    const scene = start({}, weather);
    scene.talk.run(120, 10);
    expect(reasons(scene).slice(0, 1)).toEqual(expected);
  });

  it('an upgrade fails, and succeeds once the proxy lets it through', () => {
    const scene = start({}, { upgrade: 'refuse' });
    scene.talk.pass(4000);
    expect(reasons(scene)).toContain('upgrade-failed');
    scene.world.weather = { upgrade: 'pass' };
    scene.talk.pass(30_000);
    expect(reasons(scene).at(-1)).toBe('upgraded');
  });
});

describe('what a proxy does to requests', () => {
  const overHttp: HoldfastOptions = { transports: ['streaming', 'polling'] };

  it.each<[string, Partial<Weather>, DiagnosticReason, RegExp]>([
    ['holds responses', { hold: Infinity }, 'responses-held', /before its end/],
    ['ends those that wait', { maxRequestTime: 5000 }, 'requests-limited', /after 5\d\d\d ms/],
    ['takes no large ones', { maxBody: 2000 }, 'bodies-limited', /\d+ bytes were too many/],
  ])('%s', (_, weather, reason, detail) => {
    const scene = start(overHttp);
    listen(scene.world);
    scene.world.clock.runUntil(() => scene.socket.readyState === 1, 1000);
    scene.world.weather = weather;
    scene.world.network.cut();
    scene.socket.send('x'.repeat(5000));
    for (let i = 0; i < 10; i++) {
      scene.world.accepted[0]?.send(scene.talk.down.next());
      scene.talk.pass(2000);
    }
    const found = scene.socket.diagnostics.find((each) => each.reason === reason);
    expect(found).toMatchObject({ transport: 'http', detail: expect.stringMatching(detail) as string });
  });

  it('answers 503', () => {
    const scene = start(overHttp, { busy: 1 });
    scene.talk.pass(100);
    expect(reasons(scene)).toEqual(['busy']);
  });
});

describe('what happens to a link', () => {
  it('it breaks', () => {
    const scene = start({ transports: ['websocket'] });
    scene.talk.pass(6000);
    scene.world.network.cut();
    expect(reasons(scene)).toEqual(['link-lost']);
  });

  it('it falls silent, and does not answer', () => {
    const scene = start({ transports: ['websocket'] });
    scene.talk.run(1, 0);
    scene.talk.pass(1000);
    scene.world.network.forget();
    scene.talk.run(1, 0);
    scene.talk.pass(10_000);
    expect(reasons(scene)).toEqual(['link-silent', 'link-dead']);
  });

  it('nothing gets through', () => {
    const scene = start({ transports: ['websocket'] }, { upgrade: 'swallow' });
    scene.talk.pass(11_000);
    expect(reasons(scene)).toContain('unreachable');
  });

  it('the page goes and comes back', () => {
    const scene = start();
    scene.talk.pass(1000);
    scene.world.page('sleep');
    scene.world.page('wake');
    expect(reasons(scene)).toEqual(['page-away', 'page-back']);
  });

  it('the server drains, and has lost the session', () => {
    const scene = start({ transports: ['websocket'] });
    scene.talk.pass(1000);
    scene.world.drainServer();
    scene.world.startServer();
    scene.talk.pass(5000);
    expect(reasons(scene)).toEqual(['server-drains', 'session-lost']);
  });

  it('the server refuses', () => {
    const scene = start({}, {}, { verifyClient: () => false });
    scene.talk.pass(1000);
    expect(reasons(scene)).toEqual(['refused']);
  });
});

it('each verdict is an event too, and 32 of them are kept', () => {
  const scene = start({ transports: ['websocket'], reconnect: { minDelay: 10, maxDelay: 10 } });
  const told: unknown[] = [];
  scene.socket.addEventListener('diagnostic', ({ diagnostic }) => told.push(diagnostic));
  for (let i = 0; i < 50; i++) {
    scene.talk.pass(1000);
    scene.world.network.cut();
  }
  expect(told.length).toBeGreaterThanOrEqual(50);
  expect(scene.socket.diagnostics).toEqual(told.slice(-32));
});
