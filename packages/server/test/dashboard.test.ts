/** `docs/grafana/holdfast.json`: it asks for what is there, and is laid out as Grafana wants it. */
import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { prometheus } from '../src/prometheus.ts';
import { idle, scrape } from './scrape.ts';

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
  readonly refId: string;
  readonly datasource: object;
}
interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly Target[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

describe('the dashboard', () => {
  const file = new URL('../../../docs/grafana/holdfast.json', import.meta.url);
  const { panels, templating } = JSON.parse(readFileSync(file, 'utf8')) as Dashboard;
  const targets = panels.flatMap((panel) => panel.targets);

  /** The labels of each metric, of a server to which all has happened. */
  async function known(): Promise<Map<string, Set<string>>> {
    const server = idle('/live');
    const codes = { 1000: 1 };
    server.stats = ((stats) => () => ({
      ...stats,
      refusals: codes,
      closes: codes,
      plain: { ...stats.plain, closes: codes },
    }))(server.stats());
    const register = new Registry();
    prometheus(server, { register });
    const labels = new Map<string, Set<string>>();
    for (const sample of (await scrape(register)).keys()) {
      const [, name = '', inside = ''] = /^(\w+)\{(.*)\}$/.exec(sample) ?? [];
      labels.set(name, new Set([...inside.matchAll(/(\w+)=/g)].map(([, label = '']) => label)));
    }
    return labels;
  }

  it('asks for metrics and labels that are there', async () => {
    const metrics = await known();
    const definitions = templating.list.flatMap(({ definition = [] }) => definition);
    expect(targets.length).toBeGreaterThan(12);
    for (const expr of [...targets.map((each) => each.expr), ...definitions]) {
      const names = [...expr.matchAll(/holdfast_\w+/g)].map(([name]) => name);
      expect(names.length, expr).toBe(1);
      const labels = metrics.get(names[0] as string);
      expect(labels, expr).toBeDefined();
      const asked = [...expr.matchAll(/by \((\w+)\)|\{(\w+)=~|, (\w+)\)$/g)].map(
        (match) => match[1] ?? match[2] ?? match[3],
      );
      for (const label of asked) expect(labels, `${label} in ${expr}`).toContain(label);
    }
  });

  it('names each line by a label that its query keeps', () => {
    for (const { expr, legendFormat } of targets)
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        expect(expr).toContain(`by (${label})`);
  });

  it('shows each kind of thing that can be wrong', () => {
    const shown = targets.map(({ expr }) => expr).join();
    for (const name of [
      'sessions',
      'attaches_total',
      'supersedes_total',
      'queued_bytes',
      'dropped_messages_total',
    ])
      expect(shown).toContain(`holdfast_${name}{`);
    for (const name of ['session_closes_total', 'round_trip_seconds_bucket', 'turned_away_total'])
      expect(shown).toContain(`holdfast_${name}{`);
  });

  it('asks the data source and the server that its reader chooses, in panels of their own', () => {
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'server']);
    const cells = new Set<string>();
    for (const {
      gridPos: { x, y, w, h },
      targets: queries,
    } of panels) {
      expect(x + w).toBeLessThanOrEqual(24);
      for (let i = 0; i < w * h; i++) {
        const cell = `${x + (i % w)} ${y + Math.floor(i / w)}`;
        expect(cells).not.toContain(cell);
        cells.add(cell);
      }
      expect(new Set(queries.map(({ refId }) => refId)).size).toBe(queries.length);
      for (const { datasource, expr } of queries) {
        expect(datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
        expect(expr).toContain('{server=~"$server"}');
      }
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
