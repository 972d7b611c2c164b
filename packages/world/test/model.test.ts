/** The model's traces against the code: `npm run model` checks the model, this checks that it is a model of us. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { replay } from '../src/model-replay.ts';
import { clientTable } from '../src/model-step.ts';
import { parseTraces } from '../src/model-trace.ts';

const TABLE = new URL('../model/step.pml', import.meta.url);
const traces = parseTraces(readFileSync(new URL('../model/traces.txt', import.meta.url), 'utf8'));

describe('the model', () => {
  it("'s client is printed from `step`", () => {
    if (process.env['UPDATE_MODEL']) writeFileSync(TABLE, clientTable());
    else expect(readFileSync(TABLE, 'utf8'), 'run `npm run model -- --write`').toBe(clientTable());
  });

  it('does what the code does, in each trace', () => {
    expect(traces.length).toBeGreaterThan(100);
    expect(traces.flatMap((trace) => replay(trace) ?? [])).toEqual([]);
  });
});
