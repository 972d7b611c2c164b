/** Plays a trace of the model to the real code, event by event, and compares what follows. */
import { ClientReplay } from './model-client.ts';
import { ServerReplay } from './model-server.ts';
import { parseUpwards, type Trace, type TraceEvent } from './model-trace.ts';

/** Messages that the client of a trace sends. */
const MESSAGES = 2;
const SERVERS = ['begin', 'deliver', 'answer', 'say', 'supersede'];

/** The first difference between the code and a trace, in words; undefined if there is none. */
export function replay(trace: Trace): string | undefined {
  const server = new ServerReplay(MESSAGES);
  const client = new ClientReplay();
  const deaf = new Set<number>();
  const kinds = new Map<number, string>();
  for (const event of trace.events) {
    const difference =
      client.check(event.words.length > 9 ? event.words : []) ?? playServer(server, event, deaf);
    if (difference !== undefined) return `${trace.name}, line ${event.line}: ${difference}`;
    if (event.words.join(' ') === 'client sends') client.send();
    for (const line of event.outcome) {
      const slot = Number(line[1]);
      if (line[0] === 'dial') {
        kinds.set(slot, String(line[2]));
        deaf.delete(slot);
        server.dial(slot);
      }
      if (line[0] === 'drop') {
        if (kinds.get(slot) === 'HTTP') server.abort(slot);
        else server.mute(slot);
        deaf.add(slot);
      }
      const differs = client.follow(line, event.words);
      if (differs !== undefined) return `${trace.name}, line ${event.line}, ${line.join(' ')}: ${differs}`;
    }
  }
  return undefined;
}

function playServer(
  server: ServerReplay,
  { words, outcome }: TraceEvent,
  deaf: Set<number>,
): string | undefined {
  const slot = Number(words[1]);
  switch (words.slice(0, 2).join(' ')) {
    case 'server sends':
      server.send();
      break;
    case 'server acks':
      server.acknowledge();
      break;
    case 'server loses':
      server.lose(Number(words[2]));
      break;
    case 'poll lost':
      server.abort(Number(words[2]));
      break;
    default:
      if (words[0] === 'up') server.take(parseUpwards(words));
      else if (words[0] === 'expire') server.expire();
      else if (words[0] === 'restart') server.restart();
      else if (words[0] === 'breaks') {
        server.mute(slot);
        deaf.add(slot);
      }
  }
  const real = inOrder(server.outcome());
  const model = inOrder(
    outcome.filter(([word]) => SERVERS.includes(String(word))).flatMap((line) => expected(line, deaf)),
  );
  return real === model ? undefined : `${words.join(' ')}: the server did "${real}", in the model "${model}"`;
}

/** What a line of the model says that the server does, as far as somebody hears it. */
function expected(
  [word, first, second, third, fourth, fifth]: readonly string[],
  deaf: Set<number>,
): string[] {
  if (word === 'begin') return ['begin'];
  if (word === 'deliver') return [`deliver ${String(first)}`];
  if (Number(first) > 2 || deaf.has(Number(first))) return [];
  const name = String(first);
  if (word === 'supersede') return [`${name} superseded`];
  const messages = Array.from({ length: Number(fifth ?? 0) }, (_, i) => `${name} data ${Number(fourth) + i}`);
  switch (second) {
    case 'WELCOME':
      return [`${name} welcome ${String(third)}`, ...messages];
    case 'TAKEN':
    case 'ACK':
      return [`${name} ack ${String(third)}`];
    case 'DATA':
      return [`${name} data ${String(third)}`];
    case 'BATCH':
      return messages;
    case 'SUPERSEDED':
    case 'GONE':
      return [`${name} ${second.toLowerCase()}`];
    default:
      return [];
  }
}

/** What goes to different places has no order. */
const inOrder = (outcome: readonly string[]): string =>
  [...outcome]
    .sort((a, b) => (a.split(' ')[0] as string).localeCompare(b.split(' ')[0] as string))
    .join(', ');
