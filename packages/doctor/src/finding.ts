/** What a check found: a verdict, what was measured, and the words for a person who wants to know what to do. */

/** `impaired` works, but not as well as it could. */
export type Verdict = 'ok' | 'impaired' | 'broken' | 'skipped';

export type CheckName =
  | 'server'
  | 'cors'
  | 'cookies'
  | 'upgrade'
  | 'frames'
  | 'idle'
  | 'requests'
  | 'latency'
  | 'streaming'
  | 'buffering'
  | 'bodies'
  | 'held';

/** The checks in the order in which they are best read, with the names that a person sees. */
export const titles: Readonly<Record<CheckName, string>> = {
  server: 'Server',
  upgrade: 'Upgrade',
  frames: 'Frames both ways',
  idle: 'Idle WebSocket',
  cors: 'CORS',
  cookies: 'Cookies',
  requests: 'Requests',
  latency: 'Latency',
  streaming: 'Streaming',
  buffering: 'Buffering',
  bodies: 'Size of bodies',
  held: 'Held requests',
};

/** Times in ms, sizes in bytes. */
export type Measured = Readonly<Record<string, number | string | boolean | readonly string[]>>;

export interface Finding {
  readonly check: CheckName;
  readonly verdict: Verdict;
  readonly measured: Measured;
  /** One or two plain sentences. */
  readonly words: string;
  /** What usually causes it and what to set, the likeliest first. */
  readonly advice?: readonly string[];
}

type Tell = (words: string, measured?: Measured, advice?: readonly string[]) => Finding;

/** The findings that a check can give. */
export function about(check: CheckName): Readonly<Record<Verdict, Tell>> {
  const as =
    (verdict: Verdict): Tell =>
    (words, measured = {}, advice) => ({ check, verdict, measured, words, ...(advice && { advice }) });
  return { ok: as('ok'), impaired: as('impaired'), broken: as('broken'), skipped: as('skipped') };
}

/** A time in ms, as one says it. */
export const inTime = (ms: number): string =>
  ms < 10 ? `${tidy(ms)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${tidy(ms / 1000)} s`;

/** A size in bytes, as one says it. */
export const inSize = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} bytes`
    : bytes < 2 ** 20
      ? `${tidy(bytes / 1024)} KiB`
      : `${tidy(bytes / 2 ** 20)} MiB`;

const tidy = (value: number): string => String(Math.round(value * 10) / 10);

/** The middle one of some numbers; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** A measured time without digits that mean nothing. */
export const rounded = (ms: number): number => Math.round(ms * 10) / 10;
