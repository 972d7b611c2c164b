/** One who sees all that happens in a scene, and knows what must hold at each step. */
import { expect } from 'vitest';
import { deadline, dialsOf, type Effect, type LinkEvent } from '../src/link.ts';
import { step } from '../src/step.ts';
import type { Scene } from './scene.ts';

export class Witness {
  readonly #scene: Scene;
  /** The transports that were dialled, and neither lost nor dropped. */
  readonly #alive = new Set<number>();
  #dialled = 0;
  #adopted = 0;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  sees(now: number, event: LinkEvent): void {
    const scene = this.#scene;
    const before = scene.life;
    const isForgotten = 'id' in event && !this.#alive.has(event.id);
    scene.facts = { ...scene.facts, now };
    const [life, effects] = step(before, event, scene.facts, scene.options);
    scene.life = life;
    if (isForgotten) {
      expect(effects).toEqual([]);
      expect(life).toBe(before);
    }
    for (const effect of effects) if ('dial' in effect) this.#follow(effect.do, effect.dial.id);
    if (event.type === 'lost') this.#alive.delete(event.id);
    this.#judge();
  }

  /** A transport is dialled under a new number, named while it lives, and never after it was dropped. */
  #follow(what: Effect['do'], id: number): void {
    if (what === 'dial') {
      expect(id).toBe(++this.#dialled);
      this.#alive.add(id);
    }
    expect(this.#alive).toContain(id);
    if (what === 'adopt') this.#adopted = id;
    if (what === 'drop') this.#alive.delete(id);
  }

  /** The state holds all transports that live, once each, and no other; the one that carries was adopted last. */
  #judge(): void {
    const { life, link, facts } = this.#scene;
    const inOrder = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);
    expect(inOrder(dialsOf(link).map(({ id }) => id))).toEqual(inOrder(this.#alive));
    expect(life.memory.dialled).toBe(this.#dialled);
    if ('current' in link) expect(link.current.id).toBe(this.#adopted);
    if (link.name === 'connecting') expect(link.dials).not.toEqual([]);
    const due = deadline(life, facts);
    if (link.name === 'closed') expect(due).toBe(Infinity);
    else if (link.name === 'waiting') expect(due).not.toBeNaN();
    else expect(due).toBeLessThan(Infinity);
  }
}
