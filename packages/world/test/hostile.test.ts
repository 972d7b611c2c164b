/** Hostile bytes: the corpus, the table of SECURITY.md, and some inputs for each target that are always the same. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Besieged,
  decoders,
  failureInWords,
  faults,
  frozen,
  fuzz,
  fuzzClient,
  fuzzServer,
  play,
  replay,
  type Entry,
} from '../src/fuzz/index.ts';
import { Random } from '../src/random.ts';

const corpus = (name: string): URL => new URL(`../corpus/${name}.json`, import.meta.url);
if (process.env['UPDATE_CORPUS']) writeFileSync(corpus('faults'), `${JSON.stringify(frozen(), null, 2)}\n`);
const load = (name: string): Entry[] => JSON.parse(readFileSync(corpus(name), 'utf8')) as Entry[];

/**
 * The same in each run: a test that fails now and then tells nothing of the change that it ran for. Others are drawn by
 * `npm run fuzz`, which tells how to repeat what it found.
 */
const SEED = 1;

describe('what once broke something', () => {
  it.each(load('found').map((entry) => [entry.name, entry] as const))('%s', async (_, entry) => {
    await replay(entry);
  });
});

describe('a fault', () => {
  const besieged = { plain: new Besieged(), compressed: new Besieged(true) };
  beforeAll(async () => {
    await besieged.plain.begin();
    await besieged.compressed.begin();
  });
  afterAll(async () => {
    for (const each of Object.values(besieged)) {
      await each.forget();
      each.end();
    }
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))(
    'is answered as it is written: %s',
    async (_, fault) => {
      const server = fault.isCompressed ? besieged.compressed : besieged.plain;
      for (const seed of [1, 2]) await play(server, { fault, steps: fault.steps(new Random(seed)) });
    },
  );
});

it('that was kept is answered as it was', async () => {
  const [plain, compressed] = [new Besieged(), new Besieged(true)];
  for (const each of [plain, compressed]) await each.begin();
  for (const entry of load('faults')) {
    if (!('steps' in entry)) continue;
    const fault = { name: entry.name, row: '', answer: entry.answer ?? '', steps: () => entry.steps };
    await play(entry.isCompressed ? compressed : plain, { fault, steps: entry.steps });
  }
  for (const each of [plain, compressed]) each.end();
});

it('is what SECURITY.md says of hostile bytes', () => {
  const security = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
  const [, table = ''] = /\n## Hostile bytes\n[^]*?\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(security) ?? [];
  const written = table.trim().split('\n');
  const rows = new Map<string, Set<string>>();
  for (const { row, answer } of faults) rows.set(row, (rows.get(row) ?? new Set()).add(answer));
  expect(written.sort()).toEqual(
    [...rows].map(([row, answers]) => `| ${row} | ${inWords(answers)} |`).sort(),
  );
});

/** The answers of a row, as the table has them. */
function inWords(answers: ReadonlySet<string>): string {
  if (answers.has('pong')) return 'nothing: the session goes on';
  const words = [...answers].map((answer) => {
    if (/^\d+$/.test(answer)) return answer;
    return answer.startsWith('close') ? `closed with ${answer.slice(6)}` : `\`${answer}\``;
  });
  return words.join(', ');
}

describe('fuzzed with what is drawn from one seed', () => {
  it.each(decoders.map((decoder) => [decoder.name, decoder] as const))('nothing breaks: %s', (_, decoder) => {
    const inputs = decoder.name === 'the endpoint' ? 200 : 2000;
    expect(failureInWords(fuzz(decoder, { inputs, seed: SEED }))).toBeUndefined();
  });

  it('nothing breaks: the server', async () => {
    expect(failureInWords(await fuzzServer({ inputs: 100, seed: SEED }))).toBeUndefined();
  });

  it('nothing breaks: the client', () => {
    expect(failureInWords(fuzzClient({ inputs: 200, seed: SEED }))).toBeUndefined();
  });
});
