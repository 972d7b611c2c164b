/** What will happen in a storm, drawn from its seed before it begins: a list that can be printed, and shortened. */
import type { TransportName } from '@holdfast/client';
import { lure, scene, standIn } from './lures.ts';
import { Random } from './random.ts';
import type { Weather } from './weather.ts';

/** Durations in ms. */
export type Op =
  /** Both sides send so many messages, one of each every `pace` ms; the first ones of `size` characters. */
  | {
      readonly do: 'talk';
      readonly up: number;
      readonly down: number;
      readonly pace: number;
      readonly size?: number;
    }
  | { readonly do: 'pass'; readonly ms: number }
  /** Time passes until the page's connection is in this state, or so long: what comes next strikes there. */
  | { readonly do: 'await'; readonly state: string; readonly ms: number }
  | { readonly do: 'weather'; readonly change: Partial<Weather> }
  /** Fair weather, until it changes again. */
  | { readonly do: 'clear' | 'speak' | 'forget' }
  | { readonly do: 'cut'; readonly fraction: number }
  | { readonly do: 'silence'; readonly direction: 'up' | 'down' | 'both' }
  | { readonly do: 'page'; readonly what: 'wake' | 'sleep' }
  | { readonly do: 'offline'; readonly ms: number }
  /** The page's machine sleeps, or the page is frozen, which it may be told of before and after. */
  | {
      readonly do: 'sleep';
      readonly ms: number;
      readonly counted: boolean;
      readonly timersFirst: boolean;
      readonly told: boolean;
    }
  | { readonly do: 'throttle'; readonly grain: number }
  | { readonly do: 'jump'; readonly ms: number }
  /** The server cannot be reached, or is started anew without its memory, or drained before that. */
  | { readonly do: 'unreachable' | 'restart' | 'drain'; readonly ms: number }
  /** The server's application terminates the session. */
  | { readonly do: 'terminate' }
  /** The server's application reads no further in the sessions that it has, and goes on. */
  | { readonly do: 'pause' | 'read' };

/** What may be lost: nothing; what a server forgot, as the application chose; what bounds did not hold. */
export type Promised = 'everything' | 'resend' | 'discard' | 'bounds';

export interface Plan {
  readonly seed: number;
  readonly promised: Promised;
  readonly transports: readonly TransportName[];
  readonly fallbackDelay: number;
  /** Messages that the client keeps, and what happens to one more. */
  readonly queue: {
    readonly maxMessages: number;
    readonly whenFull: 'error' | 'drop-oldest' | 'drop-newest';
    readonly timeToLive: number;
  };
  /** Rounds of connecting that may fail in a row before the client gives up. */
  readonly retries: number;
  /** Messages that the server keeps for a client. */
  readonly maxBuffered: number;
  readonly resumeWindow: number;
  /** Whether the page notices that the weather clears. */
  readonly wakes: boolean;
  /** Before it clears it does so but for this, with which HTTP gets through. */
  readonly limps: Pick<Weather, 'upgrade' | 'latency'> | undefined;
  /** Who closes the session, and whether in a calm or in the storm. A page that ends takes its socket along. */
  readonly end: {
    readonly by: 'client' | 'server' | 'page';
    readonly code: number;
    readonly when: 'calm' | 'storm';
  };
  readonly ops: readonly Op[];
}

const ALL = ['websocket', 'streaming', 'polling'] as const;
const TRANSPORTS: readonly [readonly TransportName[], ...(readonly TransportName[])[]] = [
  ALL,
  ALL,
  ALL,
  ALL,
  ALL,
  ['websocket'],
  ['streaming', 'polling'],
  ['polling'],
  ['websocket', 'polling'],
  ['polling', 'websocket'],
];

const HOUR = 3_600_000;

/** The plan of a seed. */
export function planOf(seed: number): Plan {
  const random = new Random(seed);
  const promised = random.pick<Promised>([
    ...(['everything', 'everything', 'everything', 'everything', 'everything'] as const),
    ...(['resend', 'resend', 'discard', 'discard'] as const),
    'bounds',
  ]);
  const transports = random.pick(TRANSPORTS);
  const loses = promised === 'resend' || promised === 'discard';
  const bounded = promised === 'bounds';
  const by = random.pick(['client', 'client', 'server', 'page'] as const);
  return {
    seed,
    promised,
    transports,
    fallbackDelay: random.pick([0, 50, 300, 300]),
    queue: {
      maxMessages: bounded ? random.between(1, 30) : 65_536,
      whenFull: bounded ? random.pick(['error', 'drop-oldest', 'drop-newest'] as const) : 'error',
      timeToLive: bounded ? random.pick([Infinity, 500, 5000]) : Infinity,
    },
    retries: random.chance(0.03) ? random.between(0, 6) : Infinity,
    maxBuffered: bounded && random.chance(0.3) ? random.between(5, 40) : 65_536,
    resumeWindow: loses ? random.pick([2000, 20_000, 3 * HOUR]) : 100 * HOUR,
    wakes: random.chance(0.5),
    limps: standIn(transports) && random.chance(0.4) ? limpOf(random) : undefined,
    end: {
      by,
      code: random.pick([1000, 3000, 4321]),
      when: random.chance(stormy(by, loses)) ? 'storm' : 'calm',
    },
    ops: pausing(new Random(seed ^ 0x9a05e), opsOf(random, promised, transports)),
  };
}

function opsOf(random: Random, promised: Promised, transports: readonly TransportName[]): Op[] {
  const ops: Op[] = [];
  for (let n = random.between(3, 16); n > 0; n--) {
    if (random.chance(0.5)) ops.push(...scene(random, promised, transports));
    else ops.push(opOf(random, promised));
    ops.push(talkOf(random));
    ops.push({ do: 'pass', ms: random.pick([0, 0, 10, 30, 1000, 10_000]) });
  }
  // A close strikes in any state.
  return random.chance(0.9) ? [...ops, ...lure(random, transports)] : ops;
}

/** In a part of the storms the server's application does not read for a while, whatever else happens. */
function pausing(random: Random, ops: Op[]): Op[] {
  if (!random.chance(0.2)) return ops;
  const from = random.between(0, ops.length);
  const to = random.between(from, ops.length);
  return [...ops.slice(0, from), { do: 'pause' }, ...ops.slice(from, to), { do: 'read' }, ...ops.slice(to)];
}

function talkOf(random: Random): Op {
  const up = random.pick([0, random.between(1, 5), random.between(0, 30)]);
  const down = random.pick([0, up, random.between(0, 30)]);
  const talk = { do: 'talk', up, down, pace: random.pick([0, 1, 10, 100]) } as const;
  return random.chance(0.1) ? { ...talk, size: random.pick([1000, 5000, 40_000, 200_000]) } : talk;
}

/** How probable it is that a session ends in the storm. */
const stormy = (by: Plan['end']['by'], loses: boolean): number => {
  if (by === 'page') return 0.8;
  if (!loses) return 0.67;
  // A client whose session was lost there knows nothing of the server's close.
  return by === 'client' ? 0.2 : 0;
};

const limpOf = (random: Random): Plan['limps'] => ({
  upgrade: random.pick(['refuse', 'swallow', 'mute', 'mute-up'] as const),
  latency: random.pick([5, 50, 200, 400]),
});

/** One thing that happens. */
function opOf(random: Random, promised: Promised): Op {
  const loses = promised === 'resend' || promised === 'discard';
  const weather = (change: Partial<Weather>): Op => ({ do: 'weather', change });
  const direction = random.pick(['up', 'down', 'both'] as const);
  switch (random.between(0, loses ? 26 : 20)) {
    case 0:
    case 1:
    case 2:
      return { do: 'cut', fraction: random.pick([0, random.next()]) };
    case 3:
    case 4:
      return { do: 'silence', direction };
    case 5:
      return { do: 'speak' };
    case 6:
      return { do: 'forget' };
    case 7:
    case 8: {
      const upgrade = random.pick(['pass', 'refuse', 'swallow', 'mute', 'mute-up', 'kill'] as const);
      return weather({ upgrade, lifetime: random.pick([0, 50, 500, 6000]) });
    }
    case 9:
      return weather({ hold: random.pick([0, 0, 1024, 4096, Infinity]), shredded: random.pick([0, 0.3]) });
    case 10: {
      // A first attach that comes again to a server that has forgotten it begins a session: see PROTOCOL.md §10.
      const late = promised === 'discard' ? 0 : random.pick([0, 100, 5000]);
      return weather({ doubled: random.pick([0, 0.3, 1]), late });
    }
    case 11:
      if (random.chance(0.5))
        return weather({ asks: random.pick([0, 50, 400, 3000]), tokenless: random.pick([0, 0, 0.3]) });
      return weather({ unanswered: random.pick([0, 0.1, 0.3]), busy: random.pick([0, 0.1]) });
    case 12:
    case 13:
      return weather({ latency: random.pick([0, 5, 50, 400, 1500]), jitter: random.pick([0, 10, 200]) });
    case 14:
      return weather({
        maxRequestTime: random.pick([Infinity, 500, 5000]),
        maxBody: random.pick([Infinity, 4096]),
      });
    case 15:
      return weather({ bandwidth: random.pick([Infinity, 100, 20]) });
    case 16:
      return { do: 'page', what: random.pick(['wake', 'sleep'] as const) };
    case 17:
      return { do: 'offline', ms: random.pick([0, 1000, 40_000]) };
    case 18: {
      const ms = random.pick([500, 20_000, HOUR]);
      const [counted, timersFirst, told] = [random.chance(0.5), random.chance(0.5), random.chance(0.5)];
      return { do: 'sleep', ms, counted, timersFirst, told };
    }
    case 19:
      return random.chance(0.5)
        ? { do: 'throttle', grain: random.pick([0, 1000, 60_000]) }
        : { do: 'jump', ms: random.pick([1000, 60_000, HOUR]) };
    case 20:
      return random.chance(0.5) ? { do: 'unreachable', ms: random.pick([0, 3000, 30_000]) } : { do: 'clear' };
    case 21:
    case 22:
    case 23:
      return { do: 'restart', ms: random.pick([0, 100, 5000]) };
    case 24:
      return { do: 'terminate' };
    default:
      return { do: 'drain', ms: random.pick([0, 100, 5000]) };
  }
}

/** An op in words. */
export function inWords({ do: what, ...rest }: Op): string {
  const details = 'change' in rest ? rest.change : rest;
  const text = Object.entries(details).map(
    ([name, value]) => `${name} ${value === Infinity ? 'unlimited' : String(value)}`,
  );
  return [what, text.join(', ')].filter(Boolean).join(': ');
}
