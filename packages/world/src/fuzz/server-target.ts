/** Fuzzes a whole server: scenes with one fault, cut anywhere on their way, and scenes that are made wrong in more ways. */
import { Random } from '../random.ts';
import { Besieged, OWN_PATH, type Step } from './besieged.ts';
import { mustEqual } from './decoder.ts';
import { faults, verdictOf, type Fault } from './faults.ts';
import { heapNow, type Tally } from './heap.ts';
import { bytesOf, mutate, textOf } from './mutate.ts';

/** Scenes after which all that strangers left must be forgotten. */
const ROUND = 200;
/** Of the scenes, those that must be answered as it is written. */
const IN_WRITING = 0.4;
/** Runs that are tried at most to make a scene small. */
const MAX_RUNS = 300;

/** What is said to the server, and what must be answered, if that is known. */
export interface Scene {
  readonly steps: readonly Step[];
  readonly fault?: Fault;
}

/** Plays a scene, and sees whether it is answered as it must be. Gives the answer. */
export async function play(besieged: Besieged, { steps, fault }: Scene): Promise<string> {
  const verdict = verdictOf(await besieged.hear(steps));
  if (fault) mustEqual(verdict, fault.answer, fault.name);
  // What stands in a body, or behind one whose length is in doubt, is no request.
  if (fault)
    mustEqual(
      besieged.strayed.filter((each) => each.includes(OWN_PATH)),
      [],
      `${fault.name}: smuggled`,
    );
  if (fault?.delivers) mustEqual(besieged.delivered, fault.delivers, `${fault.name}: delivered`);
  return verdict;
}

/** Places in a text, in their order. */
function cutsOf(random: Random, length: number): number[] {
  const cuts = Array.from({ length: random.between(0, 4) }, () => random.between(0, length));
  return cuts.sort((a, b) => a - b);
}

const WORDS = [
  '\r\n',
  '\r\n\r\n',
  ': ',
  'Content-Length: ',
  'Transfer-Encoding: chunked\r\n',
  '0\r\n\r\n',
  '\x10',
  '\x81\x80',
];
const words = WORDS.map(bytesOf);
const uncompressed = faults.filter(({ isCompressed }) => !isCompressed) as unknown as [Fault, ...Fault[]];

/** A scene, drawn. */
export function sceneOf(random: Random): Scene {
  const fault = random.pick(uncompressed);
  const steps = fault.steps(random);
  if (random.chance(IN_WRITING)) {
    return { fault, steps: steps.map((step) => ({ ...step, cuts: cutsOf(random, step.say?.length ?? 0) })) };
  }
  const others = random.pick(uncompressed).steps(random);
  const all = random.chance(0.3) ? [...steps, ...others] : [...steps];
  for (let edits = random.between(1, 3); edits > 0 && all.length > 0; edits--) {
    const at = random.between(0, all.length - 1);
    const step = all[at] as Step;
    const other = others[random.between(0, others.length - 1)] as Step;
    switch (random.between(0, 6)) {
      case 0:
        all.splice(at, 1);
        break;
      case 1:
        all.splice(random.between(0, all.length), 0, step);
        break;
      case 2:
        all[at] = { ...step, end: random.pick(['fin', 'reset', 'deaf'] as const) };
        break;
      case 3:
        all[at] = { ...step, on: other.on };
        break;
      default:
        all[at] = { ...step, say: changed(random, step.say ?? '', other.say ?? '') };
    }
  }
  return { steps: all };
}

/** Long texts are changed where they begin. */
function changed(random: Random, say: string, other: string): string {
  const head = say.slice(0, 2000);
  return textOf(mutate(random, bytesOf(head), bytesOf(other.slice(0, 2000)), words)) + say.slice(2000);
}

/** Runs so many scenes, or until the first that fails. */
export async function fuzzServer(
  { inputs, seed }: { inputs: number; seed: number },
  goesOn: (tally: Tally) => boolean = () => true,
): Promise<Tally> {
  const tally: Tally = { name: 'the server', inputs: 0, outcomes: new Map(), heap: [] };
  const random = new Random(seed);
  const besieged = new Besieged();
  /** Those since strangers were forgotten last: what is left may be of any of them. */
  let scenes: Scene[] = [];
  try {
    await besieged.begin();
    while (tally.inputs < inputs && goesOn(tally)) {
      tally.inputs++;
      const scene = sceneOf(random);
      scenes.push(scene);
      const answer = await play(besieged, scene);
      tally.outcomes.set(answer, (tally.outcomes.get(answer) ?? 0) + 1);
      if (tally.inputs % ROUND === 0 || tally.inputs === inputs) {
        await besieged.forget();
        scenes = [];
      }
      if (tally.inputs === Math.ceil(inputs / 10) || tally.inputs === inputs) tally.heap.push(heapNow());
    }
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    tally.failure = {
      input: JSON.stringify({ target: tally.name, steps: await smallest(scenes) }),
      error: cause,
    };
  } finally {
    besieged.end();
  }
  return tally;
}

/** What a scene fails with on a server of its own; undefined if it does not. */
export async function failureOf(scene: Scene): Promise<string | undefined> {
  const besieged = new Besieged(scene.fault?.isCompressed);
  try {
    await besieged.begin();
    await play(besieged, scene);
    await besieged.forget();
    return undefined;
  } catch (error) {
    return String(error).split(':').slice(0, 2).join();
  } finally {
    besieged.end();
  }
}

/** What is left of the last scene that fails alone when all has been taken away that it can fail without. */
async function smallest(scenes: readonly Scene[]): Promise<readonly Step[]> {
  for (const scene of [...scenes].reverse()) {
    const wanted = await failureOf(scene);
    if (wanted !== undefined) return shrunk(scene, wanted);
  }
  return scenes.flatMap(({ steps }) => steps);
}

async function shrunk(scene: Scene, wanted: string): Promise<readonly Step[]> {
  let { steps } = scene;
  let runs = 0;
  const fails = async (fewer: readonly Step[]): Promise<boolean> => {
    if (runs++ >= MAX_RUNS || (await failureOf({ ...scene, steps: fewer })) !== wanted) return false;
    steps = fewer;
    return true;
  };
  for (let i = steps.length - 1; i >= 0; i--) await fails(steps.filter((_, n) => n !== i));
  for (let i = 0; i < steps.length; i++) {
    const textAt = (): string => steps[i]?.say ?? '';
    for (let length = textAt().length; length >= 1; length >>= 1)
      for (let at = 0; at + length <= textAt().length;) {
        const say = textAt().slice(0, at) + textAt().slice(at + length);
        if (!(await fails(steps.map((step, n) => (n === i ? { ...step, say, cuts: [] } : step)))))
          at += length;
      }
  }
  return steps;
}
