/** What a server said on one connection, read strictly: responses one after the other, then perhaps the frames of a WebSocket. */
import { BatchReader, parseAnswer } from '@holdfast/protocol';
import { must } from './decoder.ts';
import { bytesOf } from './mutate.ts';

/** All headers that a server of ours, and Node's below it, ever sends: another one was smuggled in. */
const HEADERS = new Set(
  (
    'content-type cache-control x-accel-buffering x-content-type-options content-length transfer-encoding connection ' +
    'keep-alive date retry-after access-control-allow-origin access-control-allow-credentials access-control-expose-headers ' +
    'vary upgrade sec-websocket-accept sec-websocket-protocol sec-websocket-extensions sec-websocket-version'
  ).split(' '),
);

export interface Heard {
  /** Statuses in their order. */
  readonly statuses: number[];
  /** Control lines of ours that came, as `refused 1002`, `gone`, `welcome` and so on. */
  readonly lines: string[];
  /** Messages of the application. */
  readonly messages: string[];
  /** The code of the WebSocket's close frame; 1005 for none. */
  close?: number;
}

/** Reads all of it. Throws if it is not what a server may say. */
export function read(latin1: string): Heard {
  const heard: Heard = { statuses: [], lines: [], messages: [] };
  let rest = latin1;
  while (rest) {
    const end = rest.indexOf('\r\n\r\n');
    must(end >= 0, `half a head: ${JSON.stringify(rest.slice(0, 80))}`);
    const [first = '', ...fields] = rest.slice(0, end).split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(first)?.[1]);
    must(status >= 100, `no status: ${JSON.stringify(first)}`);
    const headers = new Map<string, string>();
    for (const field of fields) {
      const [, name = '', value = ''] = /^([\w-]+): ?(.*)$/.exec(field) ?? [];
      must(HEADERS.has(name.toLowerCase()), `a header that is not the server’s: ${JSON.stringify(field)}`);
      headers.set(name.toLowerCase(), value);
    }
    heard.statuses.push(status);
    rest = rest.slice(end + 4);
    if (status === 101) {
      readFrames(rest, heard, headers.get('sec-websocket-protocol') === 'holdfast.1');
      return heard;
    }
    if (status === 100) continue;
    const body = readBody(rest, headers);
    rest = rest.slice(body.length);
    if (status === 200) readRecords(body.text, heard);
  }
  return heard;
}

function readBody(rest: string, headers: ReadonlyMap<string, string>): { text: string; length: number } {
  const length = headers.get('content-length');
  if (length !== undefined) return { text: rest.slice(0, Number(length)), length: Number(length) };
  if (headers.get('transfer-encoding') !== 'chunked') return { text: rest, length: rest.length };
  let [text, at] = ['', 0];
  for (;;) {
    // A response that is still open, or was cut.
    const end = rest.indexOf('\r\n', at);
    if (end < 0) return { text, length: rest.length };
    // To an upgrade behind a request that is not answered yet Node answers at once, in the middle of the other answer.
    if (rest.startsWith('HTTP/1.1 101', at)) return { text, length: rest.length };
    const size = parseInt(rest.slice(at, end), 16);
    must(size >= 0, 'a chunk without a size');
    text += rest.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
    if (size === 0) return { text, length: at };
  }
}

function readRecords(text: string, heard: Heard): void {
  for (const item of new BatchReader(parseAnswer, Infinity).push(bytesOf(text))) {
    must(item.type !== 'violation', 'the server says what no server says');
    if (item.type === 'piece') heard.messages.push(Buffer.from(item.bytes).toString('latin1'));
    else heard.lines.push(inWords(item));
  }
}

const inWords = (item: { readonly type: string; readonly code?: number }): string =>
  item.type === 'refused' ? `refused ${String(item.code)}` : item.type;

/** @param isOurs whether it carries sessions: on a plain one every message is the application’s */
function readFrames(text: string, heard: Heard, isOurs: boolean): void {
  const bytes = bytesOf(text);
  for (let at = 0; at + 2 <= bytes.length;) {
    const [first, second] = [bytes[at] as number, bytes[at + 1] as number];
    must(second < 128, 'a frame of the server’s is masked');
    const [size, header] = sizeOf(bytes, at, second);
    const payload = bytes.subarray(at + header, at + header + size);
    at += header + size;
    if (first === 0x88)
      heard.close = size >= 2 ? (payload[0] as number) * 256 + (payload[1] as number) : 1005;
    else if (isOurs && first === 0x81 && payload[0] === 0x10 && payload[1] !== 0x10) {
      const frame = parseAnswer(Buffer.from(payload.subarray(1)).toString());
      must(frame !== undefined, 'the server says what no server says');
      heard.lines.push(inWords(frame));
    } else if (first === 0x81 || first === 0x82) heard.messages.push(Buffer.from(payload).toString('latin1'));
  }
}

function sizeOf(bytes: Uint8Array, at: number, second: number): [size: number, header: number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  if (second < 126) return [second, 2];
  return second === 126 ? [view.getUint16(2), 4] : [Number(view.getBigUint64(2)), 10];
}
