import { describe, expect, it } from 'vitest';
import { planOf, report, runStorms, shrink, type Plan, type World } from '../src/index.ts';

/** Few, for the inner loop; `npm test` runs thousands, and `npm run storms` as many as one likes. */
const COUNT = 100;

it(`keeps every promise in ${COUNT} storms`, { timeout: 120_000 }, () => {
  const { storms, messages, failure } = runStorms(1, COUNT);
  expect(failure).toBeUndefined();
  expect(storms).toBe(COUNT);
  expect(messages).toBeGreaterThan(COUNT * 100);
});

describe('a storm that breaks a promise', () => {
  /** Delivers each fifth message twice. */
  const stutter = (world: World): void => {
    const { onConnection } = world;
    world.onConnection = (peer) => {
      onConnection(peer);
      let heard = 0;
      peer.on('message', (data, isBinary) => {
        if (++heard === 5) peer.emit('message', data, isBinary);
      });
    };
  };

  it('is told as a short transcript', () => {
    const lines = report(planOf(7), { sabotage: stutter }).split('\n');
    expect(lines[0]).toMatch(/^storm 7: Error: message 5 arrived (behind 5|twice)$/);
    expect(lines[1]).toMatch(/^\d+ ops were made [0-3]: /);
    expect(lines.length).toBeLessThan(60);
    expect(lines.some((line) => /ms {2}(WebSocket|POST) \d+ > .*"5 /.test(line))).toBe(true);
  });

  it('is made as small as it can be', () => {
    const plan: Plan = planOf(11);
    // Fails with a cut that something was said before.
    const small = shrink(plan, ({ ops }) => {
      const said = ops.findIndex((op) => op.do === 'talk' && op.up > 0);
      return said >= 0 && ops.slice(said).some((op) => op.do === 'cut') ? 'broken' : undefined;
    });
    expect(small.ops.map((op) => op.do)).toEqual(['talk', 'cut']);
    expect(small.ops[0]).toMatchObject({ up: 1, down: 0 });
  });
});
