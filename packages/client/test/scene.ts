/** A connection's life without a connection: events go in, effects come out as words, and time is a number. */
import {
  beginning,
  type Effect,
  type Facts,
  type Life,
  type Link,
  type LinkEvent,
  type LinkOptions,
} from '../src/link.ts';
import { step } from '../src/step.ts';

export const fairFacts: Facts = {
  now: 0,
  heardAt: 0,
  heardBytes: 0,
  heartbeat: 25_000,
  owedSince: Infinity,
  owedBytes: 0,
  latency: undefined,
  offline: false,
  midway: false,
  spread: 0,
};

/** Rounds wait a second, two, three …; chance is always in the middle. */
export const usualOptions: LinkOptions = {
  kinds: ['websocket', 'http'],
  fallbackDelay: 300,
  retryDelay: (rounds) => rounds * 1000,
  random: () => 0.5,
};

/** An effect in words: `dial websocket 1`, `stand by websocket 2`, `drop 1`, `renew`. */
export function inWords(effect: Effect): string {
  switch (effect.do) {
    case 'dial':
      return `${effect.standby ? 'stand by' : 'dial'} ${effect.dial.kind} ${effect.dial.id}`;
    case 'renew':
    case 'give-up':
      return effect.do;
    default:
      return `${effect.do} ${effect.dial.id}`;
  }
}

export class Scene {
  life: Life = beginning;
  facts: Facts = fairFacts;
  readonly options: LinkOptions;

  constructor(options: Partial<LinkOptions> = {}) {
    this.options = { ...usualOptions, ...options };
  }

  get link(): Link {
    return this.life.link;
  }

  /** Something happens at an instant; gives what has to be done. */
  at(
    now: number,
    event: LinkEvent | 'start' | 'tick' | 'speak' | 'proven' | 'wake' | 'sleep' | 'end',
  ): string[] {
    this.facts = { ...this.facts, now };
    const happening = typeof event === 'string' ? { type: event } : event;
    const [life, effects] = step(this.life, happening, this.facts, this.options);
    this.life = life;
    return effects.map(inWords);
  }
}

export const welcome = (id: number): LinkEvent => ({ type: 'welcome', id });
export const superseded = (id: number): LinkEvent => ({ type: 'superseded', id });
export const gone = (id: number): LinkEvent => ({ type: 'gone', id });
export const lost = (id: number, retryAfter?: number): LinkEvent => ({ type: 'lost', id, retryAfter });

/** A WebSocket (dial 1) is on its way. */
export function connecting(options: Partial<LinkOptions> = {}): Scene {
  const scene = new Scene(options);
  scene.at(0, 'start');
  return scene;
}

/** It was welcomed at 40. */
export function untried(options: Partial<LinkOptions> = {}): Scene {
  const scene = connecting(options);
  scene.at(40, welcome(1));
  return scene;
}

/** Something was sent on it at once. */
export function unproven(options: Partial<LinkOptions> = {}): Scene {
  const scene = untried(options);
  scene.at(40, 'speak');
  return scene;
}

/** HTTP (dial 2) was dialled beside it at 340, since no answer came. */
export function doubted(): Scene {
  const scene = unproven();
  scene.at(340, 'tick');
  return scene;
}

/** The WebSocket (dial 1) carries the session since 40. */
export function open(): Scene {
  const scene = unproven();
  scene.at(60, 'proven');
  return scene;
}

/** It was pinged at 10 s. */
export function probing(): Scene {
  const scene = open();
  scene.at(10_000, 'wake');
  return scene;
}

/** The WebSocket (dial 1) failed; HTTP (dial 2) carries the session since 100. */
export function openOverHttp(): Scene {
  const scene = connecting();
  scene.at(50, lost(1));
  scene.at(100, welcome(2));
  return scene;
}

/** A WebSocket (dial 3) stands by beside it since 2000. */
export function upgrading(): Scene {
  const scene = openOverHttp();
  scene.at(2000, 'tick');
  return scene;
}

/** It has claimed the session at 2100. */
export function claiming(): Scene {
  const scene = upgrading();
  scene.at(2100, superseded(3));
  return scene;
}
