/** Reads the traces that `npm run model -- --traces` wrote: what happened in a run of the model, event by event. */

/** Something that arrived at the server. */
export interface Upwards {
  readonly slot: number;
  readonly via: 'WS' | 'HTTP';
  readonly type: 'ATTACH' | 'DATA' | 'ACK' | 'PING' | 'SEND' | 'POLL';
  readonly session: number;
  readonly attempt: number;
  readonly received: number | 'new';
  /** The number of the first message, or of the poll. */
  readonly number: number;
  readonly count: number;
  /** What the first message says: its number in all that the client's application sent. */
  readonly content: number;
  /** The slot that hears the answer. */
  readonly reader: number;
}

/** An event, and what the model says that follows from it. */
export interface TraceEvent {
  readonly words: readonly string[];
  readonly outcome: readonly (readonly string[])[];
  /** Where it stands, for a person. */
  readonly line: number;
}

export interface Trace {
  readonly name: string;
  readonly events: readonly TraceEvent[];
}

/** What stands for `new` in the model. */
const NEW = 8;

export const receivedOf = (text: string | undefined): number | 'new' =>
  Number(text) === NEW ? 'new' : Number(text);

export function parseUpwards(words: readonly string[]): Upwards {
  const [, slot, via, type, session, attempt, received, number, count, content, reader] = words;
  return {
    slot: Number(slot),
    via: via as Upwards['via'],
    type: type as Upwards['type'],
    session: Number(session),
    attempt: Number(attempt),
    received: type === 'ATTACH' ? receivedOf(received) : Number(received),
    number: Number(number),
    count: Number(count),
    content: Number(content),
    reader: Number(reader),
  };
}

/** A line that begins a trace has a number sign; what follows from an event is indented. What is indented first had no cause. */
export function parseTraces(text: string): Trace[] {
  const traces: { name: string; events: (TraceEvent & { outcome: (readonly string[])[] })[] }[] = [];
  text.split('\n').forEach((line, i) => {
    const trace = traces.at(-1);
    const words = line.trim().split(' ');
    if (line.startsWith('#')) traces.push({ name: line.slice(2), events: [] });
    else if (!trace || line === '') return;
    else if (!line.startsWith(' ')) trace.events.push({ words, outcome: [], line: i + 1 });
    else if (trace.events.length === 0)
      trace.events.push({ words: ['start'], outcome: [words], line: i + 1 });
    else trace.events.at(-1)?.outcome.push(words);
  });
  return traces;
}
