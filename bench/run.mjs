// `npm run bench`: measures Holdfast beside raw `ws` and its peers, as docs/benchmarks.md tells.
//
//   npm run bench                     every row but those of growth, in less than ten minutes; builds nothing: `npm run build` comes first
//   npm run bench -- echo memory      these rows
//   npm run bench -- growth           how it grows with sessions and with sizes: ten minutes more
//   npm run bench -- --rounds 9       more rounds, if they fit into a row's time; --seconds 300 gives each row more
//   npm run bench -- memory --count 10000   more messages, or clients
//   npm run bench -- echo --case '64 B'     one case of them
//   npm run bench -- --write          puts the results into bench/results/latest.json, docs/benchmarks.md and its pictures
//   npm run bench -- echo --profile DIR     leaves a CPU profile of each process there

import { parseArgs } from 'node:util';
import { measureRow } from './lib/measure.mjs';
import { barTable } from './lib/bars.mjs';
import { described, facts, readResults, writeResults } from './lib/results.mjs';
import { tableOf } from './lib/tables.mjs';
import { rows, rowsOf } from './rows/index.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    count: { type: 'string' },
    case: { type: 'string' },
    write: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const picked = positionals.length > 0 ? positionals.flatMap(rowsOf) : rows.filter(({ group }) => !group);
if (values.profile) process.env['BENCH_PROFILE'] = values.profile;

/** @type {Record<string, import('./types.ts').RowResult>} */
const measured = {};
const startedAt = performance.now();
for (const row of picked) {
  const cases = Object.entries(row.cases).filter(([name]) => !values.case || name === values.case);
  const timed = {
    ...row,
    cases: Object.fromEntries(cases),
    ...(values.seconds && { seconds: Number(values.seconds) }),
  };
  try {
    const result = await measureRow(timed, Number(values.rounds), {
      ...(values.count && { count: Number(values.count) }),
    });
    measured[row.name] = result;
    console.log(`\n## ${row.title} (${row.name})\n\n${tableOf(timed, result)}`);
  } catch (error) {
    // The others are measured all the same.
    process.exitCode = 1;
    console.error(`\n## ${row.title} (${row.name})\n\nfailed:`, error);
  }
}
console.log(`\n## The bars\n\n${barTable(measured)}`);
console.log(`\n${described(facts())} ${Math.round((performance.now() - startedAt) / 1000)} s in all.`);

if (values.write) {
  const before = readResults();
  writeResults({ ...facts(), rows: { ...before?.rows, ...measured } });
}
