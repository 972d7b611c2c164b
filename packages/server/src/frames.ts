/** Messages as frames of RFC 6455 §5.2, as a server sends them: whole, and not masked. */

export interface Message {
  readonly data: string | Uint8Array;
  readonly binary: boolean;
  /** Its bytes. */
  readonly size: number;
}

/** Payloads up to so many bytes are copied beside each other: a chunk of its own costs more than that. */
const SMALL = 4096;
const TEXT = 0x81;
const BINARY = 0x82;

/** The frames of a server, which often says the same to one client after the other. */
export class Frames {
  #last: Message | undefined;
  #frame: Uint8Array[] = [];

  /** As {@link framesOf}; what was said last, and nothing else, is not framed again. */
  of(messages: readonly Message[]): readonly Uint8Array[] {
    const message = messages[0] as Message;
    if (messages.length > 1 || message.size > SMALL) return framesOf(messages);
    if (this.#last?.data !== message.data || this.#last.binary !== message.binary) {
      this.#last = message;
      this.#frame = framesOf(messages);
    }
    return this.#frame;
  }
}

/** Messages as the chunks to write, as few as can be; large payloads of bytes stay where they are. */
export function framesOf(messages: readonly Message[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let from = 0; from < messages.length;) {
    let bytes = 0;
    let to = from;
    // Up to the next large one, whose header still belongs here.
    for (let isSmall = true; isSmall && to < messages.length; to++) {
      const { size } = messages[to] as Message;
      isSmall = size <= SMALL;
      bytes += headerOf(size) + (isSmall ? size : 0);
    }
    const run = Buffer.allocUnsafe(bytes);
    chunks.push(run);
    let at = 0;
    for (; from < to; from++) {
      const { data, binary, size } = messages[from] as Message;
      at = putHeader(run, at, binary ? BINARY : TEXT, size);
      if (size > SMALL) chunks.push(typeof data === 'string' ? Buffer.from(data) : data);
      else if (typeof data === 'string') at += run.write(data, at);
      else {
        run.set(data, at);
        at += size;
      }
    }
  }
  return chunks;
}

/** The length of a header, for a payload of so many bytes. */
const headerOf = (size: number): number => (size < 126 ? 2 : size < 65_536 ? 4 : 10);

function putHeader(into: Buffer, at: number, first: number, size: number): number {
  into[at] = first;
  if (size < 126) into[at + 1] = size;
  else if (size < 65_536) {
    into[at + 1] = 126;
    into.writeUInt16BE(size, at + 2);
  } else {
    into[at + 1] = 127;
    into.writeBigUInt64BE(BigInt(size), at + 2);
  }
  return at + headerOf(size);
}
