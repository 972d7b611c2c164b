/** What `send` is given, read as Web IDL reads `(BufferSource or Blob or USVString)` (WHATWG websockets §3.1). */
import type { Payload } from '@holdfast/protocol';
import { utf8Length } from './utf8.ts';

/** What `send` takes; anything else is sent as its text. */
export type SendData = string | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Blob;

/** Bytes are those of the application: to be copied before it can change them. */
export type Message = string | Uint8Array | Blob;

/** A value as text; throws a TypeError for a symbol, as everything on the platform does (`String` does not). */
export const asText = (value: unknown): string => `${value as number}`;

/** @throws TypeError for memory that is shared or can be resized, and for what has no text */
export function messageOf(data: unknown): Message {
  // The fast way for most of them.
  if (typeof data === 'string') return data;
  const buffer = ArrayBuffer.isView(data) ? data.buffer : data;
  // Objects of another window are of no class of ours; what they are they say in the same words.
  const kind = Object.prototype.toString.call(buffer).slice(8, -1);
  if (kind === 'Blob' || kind === 'File') return data as Blob;
  if (!kind.endsWith('ArrayBuffer')) return asText(data);
  if (kind !== 'ArrayBuffer' || (buffer as { resizable?: boolean }).resizable)
    throw new TypeError('shared or resizable memory cannot be sent');
  // A buffer has no offset, which stands for none; a detached one has nothing.
  const { byteOffset, byteLength } = data as ArrayBufferView;
  return byteLength > 0 ? new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) : new Uint8Array();
}

/** UTF-8 or binary bytes of a message. */
export function sizeOf(message: Message): number {
  if (typeof message === 'string') return utf8Length(message);
  return message instanceof Uint8Array ? message.length : message.size;
}

/** A message with a copy of its bytes, since the application may go on to change them. */
export const contentOf = (message: string | Uint8Array): Payload =>
  typeof message === 'string' ? { data: message, binary: false } : { data: message.slice(), binary: true };
