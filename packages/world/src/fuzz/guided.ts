/**
 * The loop that fuzzes a decoder: it changes inputs at random, and keeps those that led somewhere new, to change them
 * further. New is a block of code that no input had reached (V8's coverage, if somebody watches it), or an outcome that none had.
 */
import { Random } from '../random.ts';
import type { Decoder } from './decoder.ts';
import { heapNow, type Tally } from './heap.ts';
import { mutate, shrinkBytes, textOf } from './mutate.ts';

/** How many inputs run between two looks at what they covered: looking is dear. */
const ROUND = 4096;
/** Inputs that are kept. */
const MAX_KEPT = 4096;
/** Of these, one in so many rounds begins with seeds again. */
const ANEW = 0.05;

/** Inputs that are watched: each costs several times as much as one that is not, and hardly one finds anything later. */
const WATCHED = 20_000;

export interface Watch {
  /** Which blocks of code were reached since this was asked last. */
  look(): readonly string[];
  stop(): void;
}

export interface DecoderTally extends Tally {
  /** Blocks of code that were reached, if they were watched. */
  readonly blocks: Set<string>;
  readonly kept: Uint8Array[];
}

const errorOf = (decoder: Decoder, input: Uint8Array): Error | undefined => {
  try {
    decoder.run(input);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
};

/** What a failure is, without the values in it. */
const kindOf = (error: Error | undefined): string | undefined =>
  error && `${error.name}: ${error.message.split(':')[0] ?? ''}`;

/**
 * Runs so many inputs, or until the first that fails.
 *
 * @param corpus inputs to begin with, beside the decoder's own
 * @param goesOn asked now and then; false to stop
 */
export function fuzz(
  decoder: Decoder,
  { inputs, seed, corpus = [] }: { inputs: number; seed: number; corpus?: readonly Uint8Array[] },
  watch?: Watch,
  goesOn: (tally: DecoderTally) => boolean = () => true,
): DecoderTally {
  const random = new Random(seed);
  const kept = [...decoder.seeds, ...corpus];
  const tally: DecoderTally = {
    name: decoder.name,
    inputs: 0,
    outcomes: new Map(),
    blocks: new Set(),
    kept,
    heap: [],
  };
  const run = (input: Uint8Array): boolean => {
    tally.inputs++;
    let outcome;
    try {
      outcome = decoder.run(input);
    } catch {
      const failure = (each: Uint8Array): string | undefined => kindOf(errorOf(decoder, each));
      const small = shrinkBytes(input, failure);
      const line = {
        target: decoder.name,
        input: Buffer.from(small).toString('base64'),
        text: textOf(small),
      };
      const cause = errorOf(decoder, small) ?? new Error('it fails now and then');
      tally.failure = { input: JSON.stringify(line), error: cause };
      return false;
    }
    const count = tally.outcomes.get(outcome) ?? 0;
    tally.outcomes.set(outcome, count + 1);
    if (count === 0 && kept.length < MAX_KEPT) kept.push(input.slice());
    return true;
  };
  /** Of the inputs of a round, those that reached what none had. */
  const look = (round: readonly Uint8Array[]): void => {
    if (!watch || tally.inputs > WATCHED) return;
    const fresh = watch.look().filter((block) => !tally.blocks.has(block));
    for (const block of fresh) tally.blocks.add(block);
    const missing = new Set(fresh);
    const find = (inputs: readonly Uint8Array[]): void => {
      if (missing.size === 0) return;
      for (const input of inputs) decoder.run(input);
      const found = watch.look().filter((block) => missing.has(block));
      if (found.length === 0) return;
      const half = inputs.length >> 1;
      if (half > 0) {
        find(inputs.slice(0, half));
        find(inputs.slice(half));
        return;
      }
      for (const block of found) missing.delete(block);
      if (kept.length < MAX_KEPT) kept.push(...inputs);
    };
    find(round);
  };
  for (const input of [...kept]) if (!run(input)) return tally;
  look(decoder.seeds);
  while (tally.inputs < inputs && goesOn(tally)) {
    const round: Uint8Array[] = [];
    const from = random.chance(ANEW) ? decoder.seeds.length : kept.length;
    for (let i = Math.min(ROUND, inputs - tally.inputs); i > 0; i--) {
      const [input, other] = [kept[random.between(0, from - 1)], kept[random.between(0, kept.length - 1)]];
      const fresh = mutate(random, input as Uint8Array, other as Uint8Array, decoder.words);
      if (!run(fresh)) return tally;
      if (watch && tally.inputs <= WATCHED) round.push(fresh);
    }
    look(round);
    if (tally.inputs > WATCHED) watch?.stop();
    if (tally.heap.length === 0 && tally.inputs >= inputs / 10) tally.heap.push(heapNow());
  }
  tally.heap.push(heapNow());
  return tally;
}

/** A failure as a line for the corpus, and what it broke. */
export const failureInWords = ({ failure }: Tally): string | undefined =>
  failure && `${failure.input}\n${failure.error.stack ?? failure.error.message}`;
