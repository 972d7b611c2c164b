/**
 * What is kept of hostile bytes, as it went over the wire (`packages/world/corpus`): each fault once, and whatever broke
 * something. It stays as it is when the scenes that it was made of are changed.
 */
import type { ClientPlan } from './client-moves.ts';
import { ambush } from './client-target.ts';
import { Besieged, type Step } from './besieged.ts';
import { must, mustEqual } from './decoder.ts';
import { decoders } from './decoders.ts';
import { faults, verdictOf } from './faults.ts';
import { bytesOf } from './mutate.ts';
import { Random } from '../random.ts';

/** One input, for one target. Texts are characters that are bytes. */
export type Entry = { readonly name: string } & (
  | {
      readonly target: 'the server';
      readonly answer?: string;
      readonly isCompressed?: boolean;
      readonly steps: readonly Step[];
    }
  | { readonly target: 'the client'; readonly plan: ClientPlan }
  | { readonly target: string; readonly text: string }
);

/** Longer ones are made when they are needed. */
const MAX_LENGTH = 1500;

/** Each fault that is short, as it is drawn first. */
export const frozen = (): Entry[] =>
  faults
    .map(({ name, answer, isCompressed, steps }) => ({
      ...{ name, target: 'the server' as const, answer, ...(isCompressed ? { isCompressed } : {}) },
      steps: steps(new Random(1)),
    }))
    .filter((entry) => JSON.stringify(entry.steps).length < MAX_LENGTH);

/** Plays an input. Throws if something happens that must not, or if it is not answered as it was. */
export async function replay(entry: Entry): Promise<void> {
  if ('plan' in entry) ambush(entry.plan);
  else if ('steps' in entry) {
    const besieged = new Besieged(entry.isCompressed);
    try {
      await besieged.begin();
      const verdict = verdictOf(await besieged.hear(entry.steps));
      if (entry.answer !== undefined) mustEqual(verdict, entry.answer, entry.name);
      await besieged.forget();
    } finally {
      besieged.end();
    }
  } else {
    const decoder = decoders.find(({ name }) => name === entry.target);
    must(decoder !== undefined, `no target is called ${entry.target}`);
    decoder.run(bytesOf(entry.text));
  }
}
