/** What happens to a client that is fuzzed: the moves of its server, its page and its application, as they are drawn. */
import type { TransportName } from '@holdfast/client';
import { controlRecord } from '@holdfast/protocol';
import type { Random } from '../random.ts';
import { bytesOf, mutate, textOf } from './mutate.ts';

/** One thing that happens. Texts are characters that are bytes. */
export type Move =
  /** Whatever is open is answered as a server would. */
  | { readonly do: 'answer' }
  | { readonly do: 'open'; readonly protocol: string }
  | { readonly do: 'text' | 'binary'; readonly say: string }
  | { readonly do: 'close'; readonly code: number }
  | { readonly do: 'error' }
  /** The response that has waited for the longest, or the last one. */
  | {
      readonly do: 'respond';
      readonly status: number;
      readonly retryAfter: string;
      readonly say: string;
      readonly ends: boolean;
    }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'send'; readonly say: string }
  | { readonly do: 'wake' | 'sleep' | 'reconnect' | 'leave' };

export interface ClientPlan {
  readonly transports: readonly TransportName[];
  readonly moves: readonly Move[];
}

const NUMBERS = ['0', '1', '2', '7', '64', '2147483648', '999999999999999'] as const;
const LINES = (random: Random): string => {
  const n = (): string => random.pick(NUMBERS);
  const json = random.pick([
    '0',
    '1',
    '99',
    '""',
    'null',
    '{}',
    '[]',
    '{"toString":1}',
    '999999999999999',
    '"an-id-of-22-characters"',
  ]);
  const member = random.pick([
    'received',
    'offset',
    'protocol',
    'heartbeat',
    'maxPayload',
    'allow',
    'key',
    '__proto__',
  ]);
  return random.pick([
    `welcome {"received":0,"protocol":"","heartbeat":25000,"maxPayload":1000,"${member}":${json}}`,
    `welcome {"received":${n()},"offset":${n()},"protocol":"","heartbeat":${n()},"maxPayload":${n()},"allow":${n()}}`,
    ...['superseded', 'gone', 'drain', `refused ${random.pick(['1000', '3000', '1006', '__proto__'])} why`],
    ...[`go-away ${n()} ${n()}`, `spread ${n()}`, `ack ${n()}`, `ping ${n()}`, `pong ${n()}`, `allow ${n()}`],
    ...[`close ${random.pick(['1000', '3951', '1005', '999'])} ${n()}`, `from ${n()} ${n()}`],
    ...[`batch ${n()}`, `probe ${n()}`, `stream ${n()}`, `ended ${n()}`, '__proto__', 'constructor 1'],
  ]);
};

/** A line, often as it is, or made wrong. */
const lineOf = (random: Random): string => {
  const line = LINES(random);
  return random.chance(0.8) ? line : textOf(mutate(random, bytesOf(line), bytesOf(LINES(random)), []));
};
const bodyOf = (random: Random): string => {
  const parts = Array.from({ length: random.between(1, 4) }, () =>
    random.chance(0.8)
      ? textOf(controlRecord(lineOf(random)))
      : random.pick([
          '\x28hello',
          '\x00',
          '\x21\xff',
          '\x1aabc',
          '\x0f',
          '\xff\xff',
          '<html>not found</html>',
        ]),
  );
  const body = parts.join('');
  return random.chance(0.85) ? body : textOf(mutate(random, bytesOf(body), bytesOf(body), []));
};
const STATUSES = [
  200,
  200,
  200,
  200,
  0,
  204,
  301,
  400,
  403,
  404,
  408,
  409,
  413,
  429,
  500,
  502,
  503,
  599,
  -1,
  NaN,
] as const;
const RETRIES = ['', '0', '-1', '1', '7', '1e9', 'Infinity', 'x', 'Wed, 21 Oct 2099 07:28:00 GMT'] as const;

function moveOf(random: Random): Move {
  switch (random.between(0, 15)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      return { do: 'answer' };
    case 5:
      return { do: 'open', protocol: random.pick(['holdfast.1', 'holdfast.1', '', 'chat', '__proto__']) };
    case 6:
    case 7:
      return { do: 'text', say: `\x10${lineOf(random)}` };
    case 8:
      return {
        do: random.pick(['text', 'binary'] as const),
        say: random.pick(['hello', '\x10\x10', '', '\xff']),
      };
    case 9:
    case 10:
    case 11:
      return {
        ...{ do: 'respond', status: random.pick(STATUSES), retryAfter: random.pick(RETRIES) },
        ...{ say: bodyOf(random), ends: random.chance(0.7) },
      };
    case 12:
      return random.chance(0.7)
        ? { do: 'close', code: random.pick([1000, 1006, 1009, 4999]) }
        : { do: 'error' };
    case 13:
      return { do: 'pass', ms: random.pick([0, 100, 1500, 6000, 40_000]) };
    case 14:
      return { do: 'send', say: 'x'.repeat(random.pick([0, 1, 900, 70_000])) };
    default:
      return { do: random.pick(['wake', 'sleep', 'reconnect', 'leave', 'wake'] as const) };
  }
}

export function clientPlanOf(random: Random): ClientPlan {
  const transports = random.pick<ClientPlan['transports']>([
    ['websocket', 'streaming', 'polling'],
    ['websocket'],
    ['streaming', 'polling'],
    ['polling'],
  ]);
  return { transports, moves: Array.from({ length: random.between(2, 24) }, () => moveOf(random)) };
}
