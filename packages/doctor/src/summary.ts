/** All findings in one sentence: what a Holdfast client would use here, and what to mend first. */
import { about, titles, type CheckName, type Finding, type Verdict } from './finding.ts';

export type Transport = 'websocket' | 'streaming' | 'polling';

export interface Summary {
  /** What a client would use; undefined if it would not connect. */
  readonly transport: Transport | undefined;
  readonly words: string;
  /** What is broken or impaired, the worst first, with its advice. */
  readonly toMend: readonly Finding[];
}

const names: Readonly<Record<Transport, string>> = {
  websocket: 'WebSocket',
  streaming: 'HTTP streaming',
  polling: 'long-polling over HTTP',
};

export function summarize(findings: readonly Finding[]): Summary {
  const verdicts = new Map(findings.map(({ check, verdict }) => [check, verdict]));
  const is = (check: CheckName, ...wanted: Verdict[]): boolean =>
    wanted.includes(verdicts.get(check) ?? about(check).skipped('').verdict);
  const works = (...checks: CheckName[]): boolean => checks.every((check) => is(check, 'ok', 'impaired'));
  const http = works('server', 'requests') && !is('cors', 'broken');
  const transport: Transport | undefined =
    works('upgrade', 'frames') && !is('idle', 'broken')
      ? 'websocket'
      : http && works('streaming')
        ? 'streaming'
        : http && !is('held', 'broken')
          ? 'polling'
          : undefined;
  const order: Verdict[] = ['broken', 'impaired'];
  return {
    transport,
    words: inWords(transport, http),
    toMend: order.flatMap((verdict) => findings.filter((finding) => finding.verdict === verdict)),
  };
}

function inWords(transport: Transport | undefined, http: boolean): string {
  if (!transport) return 'Holdfast cannot connect from here.';
  const uses = `Holdfast will use ${names[transport]}.`;
  if (transport === 'websocket') {
    return http
      ? `${uses} HTTP is there if it fails.`
      : `${uses} Without it there is nothing: HTTP does not work.`;
  }
  return `${uses} A WebSocket does not work.`;
}

/** The findings in the order in which they are best read. */
export const inOrder = (findings: readonly Finding[]): Finding[] => {
  const order = Object.keys(titles);
  return [...findings].sort((a, b) => order.indexOf(a.check) - order.indexOf(b.check));
};
