/** The recipe `metrics`: what a Prometheus that scrapes it gets. */
import { readFileSync } from 'node:fs';
import { expect, test, transports } from './support/fixtures.ts';

test('the recipe metrics holds: each transport shows, beside the metrics of the process', async ({
  recipe,
  connect,
}) => {
  const program = await recipe('metrics').run('server.mjs');
  await expect.poll(() => program.ports.length).toBe(2);
  const scrape = async (): Promise<{ type: string | null; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${program.ports[1]}/metrics`);
    return { type: response.headers.get('content-type'), text: await response.text() };
  };
  const clients = transports.map((name) => connect(program.url('/live'), { transports: [name] }));
  for (const [i, client] of clients.entries()) {
    expect(await client.ask('Hello')).toBe('Hello');
    await client.over(transports[i]!);
  }
  const { type, text } = await scrape();
  expect(type).toContain('text/plain; version=0.0.4');
  for (const transport of transports)
    expect(text).toContain(`holdfast_sessions{server="/live",transport="${transport}"} 1\n`);
  expect(text).toContain('holdfast_messages_total{server="/live",direction="received"} 3\n');
  expect(text).toContain('process_cpu_seconds_total ');
  for (const client of clients) expect(await client.close()).toEqual({ code: 1000, wasClean: true });
  expect((await scrape()).text).toContain('holdfast_session_closes_total{server="/live",code="1000"} 3\n');
  expect(await program.stop(), program.output).toBe(0);
});

test('its table has each metric, and no other', async ({ recipe }) => {
  const program = await recipe('metrics').run('server.mjs');
  await expect.poll(() => program.ports.length).toBe(2);
  const text = await (await fetch(`http://127.0.0.1:${program.ports[1]}/metrics`)).text();
  const real = [...text.matchAll(/^# TYPE (holdfast_\w+)/gm)].map(([, name]) => name);
  const page = readFileSync(new URL('../../docs/recipes/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (`holdfast_.*?`) \|/gm)].map(([, cell = '']) => cell);
  // `_queued_bytes` is short for `holdfast_queued_bytes`.
  const told = rows.flatMap((cell) =>
    [...cell.matchAll(/`(?:holdfast)?_(\w+)`/g)].map(([, name]) => `holdfast_${name}`),
  );
  expect(told.sort()).toEqual(real.sort());
});
