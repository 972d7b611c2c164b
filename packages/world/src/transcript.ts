/** Tells what goes over the simulated network, frame by frame, so that a failed storm reads as a transcript. */
import { unescapeText } from '@holdfast/protocol';
import { Kind, RecordReader } from '../../protocol/src/records.ts';
import type { World } from './world.ts';

/** Texts are shown as far as this. */
const SHOWN = 24;

const decoder = new TextDecoder();

/** Has a world's traffic noted. */
export function transcribe(world: World, note: (line: string) => void): void {
  world.network.overheard = (where, data) => {
    note(`${where} ${typeof data === 'string' ? message(data) : records(data)}`);
  };
}

function message(text: string): string {
  const read = unescapeText(text);
  return 'control' in read ? read.control : quoted(read.text);
}

/** A body or a whole piece of a response. */
function records(bytes: Uint8Array): string {
  const lines = new RecordReader(Infinity).push(bytes).map((record) => {
    if ('code' in record) return record.reason;
    const text = decoder.decode(record.bytes);
    return record.kind === Kind.control ? text : quoted(text);
  });
  return lines.join(' | ');
}

const quoted = (text: string): string => `"${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}"`;
