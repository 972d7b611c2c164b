import { once } from 'node:events';
import { AggregatorRegistry, Counter, Registry, type OpenMetricsContentType } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { prometheus } from '../src/prometheus.ts';
import { HoldfastServerSocket } from '../src/socket.ts';
import { connect, message, serve } from './loopback.ts';
import { idle, scrape } from './scrape.ts';

describe('the metrics of a server', () => {
  it('are its numbers, as they are when the registry is asked', async () => {
    // A client that was silent for so long is asked, once: it is closed before it is asked again.
    const { url, server } = await serve({ heartbeat: 400 });
    const register = new Registry();
    prometheus(server, { register });
    server.on('connection', (peer) => {
      peer.on('message', (data) => {
        peer.send(data);
      });
    });
    const socket = connect(url, { transports: ['websocket'] });
    socket.send('hello');
    await message(socket);
    const count = (): number => server.stats().roundTrips.counts.reduce((sum, each) => sum + each, 0);
    await vi.waitFor(() => {
      expect(count()).toBe(1);
    });
    const samples = await scrape(register);
    const { roundTrips } = server.stats();
    expect(Object.fromEntries([...samples].filter(([, value]) => value > 0))).toMatchObject({
      'holdfast_sessions{server="/live",transport="websocket"}': 1,
      'holdfast_attaches_total{server="/live",result="new"}': 1,
      'holdfast_messages_total{server="/live",direction="sent"}': 1,
      'holdfast_message_bytes_total{server="/live",direction="received"}': 5,
      'holdfast_round_trip_seconds_bucket{server="/live",le="+Inf"}': 1,
      'holdfast_round_trip_seconds_count{server="/live"}': 1,
      'holdfast_round_trip_seconds_sum{server="/live"}': roundTrips.sum / 1000,
    });
    socket.close(4711);
    await once(socket, 'close');
    const after = await scrape(register);
    expect(after.get('holdfast_sessions{server="/live",transport="websocket"}')).toBe(0);
    expect(after.get('holdfast_session_closes_total{server="/live",code="4711"}')).toBe(1);
  });

  it('have each number of a server in them', async () => {
    const server = idle();
    const register = new Registry();
    // Each one another number: none may be told as another, or left out.
    let next = 0;
    const expected: number[] = [];
    const numbered = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) {
        expected.push(++next);
        return next;
      }
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, numbered(each)]));
    };
    const { roundTrips, ...rest } = server.stats();
    const filled = numbered({ ...rest, refusals: { 3000: 0 }, closes: { 1000: 0 } }) as object;
    const plain = { ...(filled as { plain: object }).plain, closes: { 1001: 7777 } };
    server.stats = () => ({
      ...(filled as ReturnType<typeof server.stats>),
      plain: plain as never,
      roundTrips,
    });
    prometheus(server, { register });
    const values = [...(await scrape(register)).values()].filter((value) => value > 0);
    expect(values.sort((a, b) => a - b)).toEqual([...expected, 7777]);
  });

  it('are read once for all of them, each time', async () => {
    const server = idle();
    const stats = server.stats();
    let reads = 0;
    server.stats = () => {
      reads++;
      return stats;
    };
    const register = new Registry();
    prometheus(server, { register });
    await register.metrics();
    expect(reads).toBe(1);
    await register.getMetricsAsJSON();
    expect(reads).toBe(2);
  });

  it('have the times to a client in buckets that hold all below them, in seconds', async () => {
    const server = idle();
    const { bounds } = server.stats().roundTrips;
    const counts = bounds.map(() => 1).concat(2);
    server.stats = ((stats) => () => ({ ...stats, roundTrips: { bounds, counts, sum: 1234 } }))(
      server.stats(),
    );
    const register = new Registry();
    prometheus(server, { register, name: 'x' });
    const samples = await scrape(register);
    const bucket = (le: string): number | undefined =>
      samples.get(`holdfast_round_trip_seconds_bucket{server="x",le="${le}"}`);
    expect([bucket('0.005'), bucket('0.01'), bucket('10'), bucket('+Inf')]).toEqual([1, 2, 11, 13]);
    expect(samples.get('holdfast_round_trip_seconds_sum{server="x"}')).toBe(1.234);
    expect(samples.get('holdfast_round_trip_seconds_count{server="x"}')).toBe(13);
  });

  it('are told apart by server, each as often as it is there', async () => {
    const register = new Registry();
    const servers = async (): Promise<string[]> =>
      [...(await scrape(register)).keys()].flatMap(
        (name) => /supersedes_total\{server="(.*)"/.exec(name)?.[1] ?? [],
      );
    const [chat, game] = [idle('/chat'), idle('/game')];
    prometheus(chat, { register });
    const remove = prometheus(game, { register });
    prometheus(idle('/game'), { register, name: 'another game' });
    expect(() => prometheus(idle('/chat'), { register })).toThrow(TypeError);
    expect(await servers()).toEqual(['/chat', '/game', 'another game']);
    remove();
    remove();
    expect(await servers()).toEqual(['/chat', 'another game']);
    prometheus(game, { register });
    // What was taken out once does not take out who has its name now.
    remove();
    chat.close();
    await once(chat, 'close');
    expect(await servers()).toEqual(['another game', '/game']);
  });

  it('may stand in several registries, beside the metrics of others, under another prefix', async () => {
    const server = idle('/live');
    const [first, second] = [new Registry(), new Registry()];
    new Counter({ name: 'theirs_total', help: 'Not ours.', registers: [first] }).inc();
    prometheus(server, { register: first });
    prometheus(server, { register: first, prefix: 'app_holdfast_' });
    prometheus(server, { register: second });
    const names = [...(await scrape(first)).keys()];
    expect(names).toEqual(
      expect.arrayContaining(['theirs_total', 'app_holdfast_supersedes_total{server="/live"}']),
    );
    expect((await scrape(second)).get('holdfast_supersedes_total{server="/live"}')).toBe(0);
    expect(() => prometheus(server, { register: second, prefix: '9 lives' })).toThrow(TypeError);
  });

  it('survive what a registry is told to do with its metrics', async () => {
    const server = idle('/live');
    const register = new Registry();
    prometheus(server, { register });
    register.setDefaultLabels({ app: 'mine' });
    register.resetMetrics();
    expect((await scrape(register)).get('holdfast_supersedes_total{server="/live",app="mine"}')).toBe(0);
    register.clear();
    prometheus(server, { register });
    expect((await scrape(register)).get('holdfast_supersedes_total{server="/live"}')).toBe(0);
    expect((await scrape(Registry.merge([register]))).size).toBe((await scrape(register)).size);
  });

  it('are OpenMetrics for those who want that', async () => {
    const register = new Registry<OpenMetricsContentType>();
    register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    prometheus(idle('/live'), { register });
    for (const text of [await register.metrics(), await register.metrics()]) {
      expect(text).toContain('# TYPE holdfast_attaches counter\n');
      expect(text).toContain('\nholdfast_attaches_total{server="/live",result="new"} 0\n');
      expect(text).toContain('# TYPE holdfast_round_trip_seconds histogram\n');
      expect(text).toContain('# EOF');
    }
    prometheus(idle('/more'), { register });
    expect(await register.metrics()).toContain('holdfast_attaches_total{server="/more",result="new"} 0');
  });

  it('of the workers of a cluster add up', async () => {
    const register = new Registry();
    const server = idle('/live');
    server.stats = ((stats) => () => ({ ...stats, supersedes: 3 }))(server.stats());
    prometheus(server, { register });
    const worker = await register.getMetricsAsJSON();
    const all = await scrape(AggregatorRegistry.aggregate([worker, worker]));
    expect(all.get('holdfast_supersedes_total{server="/live"}')).toBe(6);
    expect(all.get('holdfast_round_trip_seconds_bucket{server="/live",le="+Inf"}')).toBe(0);
  });

  it('say nothing of who its clients are', async () => {
    const { url, server, accepted } = await serve({
      authenticate: (_request, auth) => auth && { name: 'the-name-of-a-user' },
    });
    const register = new Registry();
    prometheus(server, { register });
    const socket = connect(url, { transports: ['polling'], auth: 'the-token-of-a-user' });
    await once(socket, 'open');
    const peer = accepted[0] && HoldfastServerSocket.connectionOf(accepted[0]);
    if (!peer) throw new Error('not a session');
    const secrets = [
      'the-name-of-a-user',
      'the-token-of-a-user',
      'a-reason-to-close',
      peer.id,
      peer.holder.key,
    ];
    socket.close(4000, 'a-reason-to-close');
    await once(socket, 'close');
    const said = await register.metrics();
    expect(said).toContain('code="4000"} 1');
    expect(secrets.filter((secret) => secret.length < 8 || said.includes(secret))).toEqual([]);
  });
});
