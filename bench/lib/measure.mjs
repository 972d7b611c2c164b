/** Measures a row: all subjects in each round, one after the other, so that a ratio compares what ran side by side. */

import { loadavg } from 'node:os';
import { startPair } from './pair.mjs';
import { pinned } from './worker.mjs';

/** @typedef {import('../types.ts').Row} Row @typedef {import('../types.ts').Figures} Figures */

/**
 * @param {Row} row
 * @param {number} rounds how many are asked for
 * @param {Partial<import('../types.ts').Parameters>} changes
 * @returns {Promise<import('../types.ts').RowResult>}
 */
export async function measureRow(row, rounds, changes) {
  const before = load();
  const until = performance.now() + row.seconds * 1000;
  /** @type {Map<string, Awaited<ReturnType<typeof startPair>>>} */
  const pairs = new Map();
  /** The figures of each round, by case and subject. @type {Record<string, Record<string, Figures>>[]} */
  const measured = [];

  const end = async (/** @type {string} */ subject) => {
    await pairs.get(subject)?.end();
    pairs.delete(subject);
  };
  const measure = async (/** @type {string} */ subject, /** @type {string} */ name) => {
    const pair = pairs.get(subject) ?? (await startPair(row.name, subject));
    pairs.set(subject, pair);
    const parameters = {
      size: 64,
      count: 1,
      sessions: 1,
      window: 1,
      interval: 0,
      heaps: 0,
      ...row.cases[name],
      ...changes,
    };
    const figures = await row.measure(pair, parameters);
    if (row.fresh) await end(subject);
    return figures;
  };
  const round = async (/** @type {number} */ number) => {
    /** @type {Record<string, Record<string, Figures>>} */
    const byCase = {};
    // Each round begins with another one.
    const from = number % row.subjects.length;
    const subjects = [...row.subjects.slice(from), ...row.subjects.slice(0, from)];
    for (const name of Object.keys(row.cases)) {
      const bySubject = (byCase[name] = /** @type {Record<string, Figures>} */ ({}));
      const one = async (/** @type {string} */ subject) => {
        bySubject[subject] = await measure(subject, name);
      };
      if (row.together) await Promise.all(subjects.map(one));
      else for (const subject of subjects) await one(subject);
    }
    return byCase;
  };

  const wanted = Math.min(rounds, row.maxRounds ?? Infinity);
  try {
    // The first round is the one in which the engines learn.
    if (!row.fresh && !row.together) await round(0);
    do measured.push(await round(measured.length));
    while (measured.length < wanted && performance.now() < until);
  } finally {
    await Promise.all([...pairs.keys()].map(end));
  }
  return {
    measuredAt: new Date().toISOString(),
    rounds: measured.length,
    load: [before, load()],
    pinned,
    table: summed(row, measured),
  };
}

/** @param {Row} row @param {Record<string, Record<string, Figures>>[]} measured */
function summed(row, measured) {
  const [base = ''] = row.subjects;
  /** @type {import('../types.ts').Table} */
  const table = {};
  for (const name of Object.keys(row.cases)) {
    const bySubject = (table[name] = /** @type {import('../types.ts').Table[string]} */ ({}));
    for (const subject of row.subjects) {
      const byMetric = (bySubject[subject] = /** @type {import('../types.ts').Table[string][string]} */ ({}));
      for (const metric of row.metrics) {
        const of = (/** @type {string} */ who) =>
          measured.map((round) => round[name]?.[who]?.[metric.name] ?? NaN);
        const own = of(subject);
        if (own.every(Number.isNaN)) continue;
        const ratio = metric.relative && median(own.map((value, i) => value / (of(base)[i] ?? NaN)));
        byMetric[metric.name] = {
          value: rounded(row.takes === 'least' ? Math.min(...own) : median(own)),
          ...(ratio !== undefined && ratio !== false && { ratio: rounded(ratio) }),
        };
      }
    }
  }
  return table;
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

const rounded = (/** @type {number} */ value) => Number(value.toPrecision(4));
const load = () => rounded(loadavg()[0] ?? NaN);
