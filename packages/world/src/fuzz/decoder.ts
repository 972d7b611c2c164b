/**
 * Every function that reads what a stranger sent, as a target: it takes bytes, says in a few words what came of them, and
 * throws if something that must hold does not. Two inputs of which the same is said are alike.
 */
import { bytesOf } from './mutate.ts';

export interface Decoder {
  readonly name: string;
  /** What a peer in order sends. */
  readonly seeds: readonly Uint8Array[];
  /** What means something here. */
  readonly words: readonly Uint8Array[];
  /** Reads an input. Throws if what must hold does not. */
  readonly run: (input: Uint8Array) => string;
}

/** A target for texts whose characters are bytes. */
export const decoder = (
  name: string,
  seeds: readonly string[],
  words: readonly string[],
  run: (input: Uint8Array) => string,
): Decoder => ({ name, seeds: seeds.map(bytesOf), words: words.map(bytesOf), run });

/** What must hold. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Two values that are made of the same. */
export function mustEqual(a: unknown, b: unknown, what: string): void {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left !== right) throw new Error(`${what}: ${left} is not ${right}`);
}

/** Every number is one that the protocol can say: whole, not negative, of 15 digits at most. */
export function mustBeNumbers(frame: object): void {
  for (const [name, value] of Object.entries(frame))
    if (typeof value === 'number')
      must(Number.isInteger(value) && value >= 0 && value < 1e15, `${name} is ${value}`);
}

/** What is no number is a text, or some of them: nothing else comes from a stranger. */
export function mustBeTexts(frame: object): void {
  for (const [name, value] of Object.entries(frame).flatMap(([key, each]) =>
    Array.isArray(each) ? (each as unknown[]).map((one) => [key, one] as const) : [[key, each] as const],
  ))
    must(['string', 'number', 'undefined'].includes(typeof value), `${name} is ${typeof value}`);
}
