/** What only a server says: its answers to an attach and to a poll, and that it is going away. */
import { formatCommon, parseClose, parseCommon, type ParseControl } from './control.ts';
import { checked, number } from './fields.ts';
import type { AnswerFrame, CommonFrame, WelcomeFrame } from './frames.ts';

/** Writes what a server sends. */
export function formatAnswer(frame: AnswerFrame | CommonFrame): string {
  switch (frame.type) {
    case 'welcome':
      return (
        'welcome ' +
        JSON.stringify(frame, ['received', 'offset', 'protocol', 'heartbeat', 'maxPayload', 'allow', 'key'])
      );
    case 'superseded':
    case 'gone':
    case 'drain':
      return frame.type;
    case 'refused':
      return `refused ${frame.code} ${frame.reason}`;
    case 'go-away':
      return `go-away ${frame.delay} ${frame.spread}`;
    case 'batch':
    case 'probe':
    case 'stream':
    case 'ended':
    case 'spread':
      return `${frame.type} ${frame.number}`;
    default:
      return formatCommon(frame);
  }
}

/** Reads what a server sends. */
export const parseAnswer: ParseControl<AnswerFrame> = (line) => {
  const [word, a, b] = line.split(' ');
  switch (word) {
    case 'welcome':
      return parseWelcome(line.slice(8));
    case 'superseded':
    case 'gone':
    case 'drain':
      return { type: word };
    case 'refused':
      return parseClose(word, line);
    case 'go-away':
      return checked({ type: word, delay: number(a), spread: number(b) });
    case 'batch':
    case 'probe':
    case 'stream':
    case 'ended':
    case 'spread':
      return checked({ type: word, number: number(a) });
    default:
      return parseCommon(line);
  }
};

function parseWelcome(json: string): WelcomeFrame | undefined {
  try {
    const { received, offset, protocol, heartbeat, maxPayload, allow, key } = JSON.parse(json) as Record<
      string,
      string | number
    >;
    return checked({
      type: 'welcome',
      received: number(String(received)),
      protocol: String(protocol),
      heartbeat: number(String(heartbeat)),
      maxPayload: number(String(maxPayload)),
      offset: number(String(offset ?? 0)),
      allow: allow === undefined ? allow : number(String(allow)),
      key: key ? String(key) : undefined,
    });
  } catch {
    return undefined;
  }
}
