/** What an application sends on a socket, on its way into the session's outbox: pieces, Blobs, copies and callbacks. */
import { CloseCode, type Entry, type Outbox } from '@holdfast/protocol';
import { sizeOf, toBytes, toContent, type Content, type Data } from './data.ts';
import type { SendCallback, SendOptions } from './face.ts';
import type { Counters } from './stats.ts';

/** Copies of bytes that are kept until they are acknowledged, though the application uses the originals again at once. */
export class Copies {
  #original: Buffer | undefined;
  #copy: Buffer = Buffer.alloc(0);

  /** What is sent to one client after the other is copied once. */
  of(bytes: Buffer): Buffer {
    if (!this.#original || !isWithin(this.#original, bytes) || !this.#copy.equals(bytes)) {
      this.#original = bytes;
      this.#copy = Buffer.from(bytes);
    }
    return this.#copy;
  }
}

/** What sending asks of its socket. */
export interface Sender {
  readonly outbox: Outbox;
  readonly copies: Copies;
  readonly counters: Counters;
  /** There is something to send. */
  pump(): void;
  /** The session cannot go on. */
  fail(code: number, reason: string): void;
}

export class Sending {
  readonly #sender: Sender;
  /** The pieces (`fin: false`) of a message: a session's messages are whole, so it goes when its last piece is here. */
  #pieces: Content[] | undefined;
  #binary = false;
  #size = 0;
  /** Whom to tell if their messages are never sent. */
  #waiting: Set<SendCallback> | undefined;

  constructor(sender: Sender) {
    this.#sender = sender;
  }

  /** @throws TypeError for what has no bytes */
  send(data: Data, options: SendOptions, callback: SendCallback | undefined): void {
    const content = toContent(data);
    const { fin = true, binary = typeof data !== 'string' && typeof data !== 'number' } = options;
    if (fin && !this.#pieces) this.#push(content, binary, callback);
    else this.#gather(content, binary, fin, callback);
  }

  /** What was not sent will not be. */
  end(): void {
    this.#pieces = undefined;
    for (const callback of this.#waiting ?? [])
      process.nextTick(callback, new Error('the socket was closed before this was sent'));
    this.#waiting = undefined;
  }

  #push(content: Content, binary: boolean, callback: SendCallback | undefined): void {
    const { outbox, copies, counters } = this.#sender;
    const size = sizeOf(content);
    if (!outbox.fits(size)) {
      counters.dropped.slow++;
      if (callback) process.nextTick(callback, new Error('the client is too slow: its buffer is full'));
      this.#sender.fail(CloseCode.slowReader, 'too slow a reader');
      return;
    }
    counters.sent.messages++;
    counters.sent.bytes += size;
    const isBlob = content instanceof Blob;
    const kept = isBlob || typeof content === 'string' ? content : copies.of(content);
    const entry: Entry = {
      content: kept instanceof Blob ? undefined : { data: kept, binary },
      size,
      expiresAt: Infinity,
      onSent: callback && this.#whenSent(callback),
    };
    outbox.push(entry);
    if (isBlob) this.#read(content, entry, binary);
    else this.#sender.pump();
  }

  #whenSent(callback: SendCallback): () => void {
    // One callback may serve many messages.
    const own: SendCallback = (error) => {
      callback(error);
    };
    const waiting = (this.#waiting ??= new Set());
    waiting.add(own);
    return () => {
      waiting.delete(own);
      process.nextTick(own);
    };
  }

  /** Nothing overtakes a Blob that is still being read. */
  #read(blob: Blob, entry: Entry, binary: boolean): void {
    blob.arrayBuffer().then(
      (data) => {
        entry.content = { data: Buffer.from(data), binary };
        this.#sender.pump();
      },
      () => {
        this.#sender.fail(CloseCode.internalError, 'a Blob could not be read');
      },
    );
  }

  #gather(piece: Content, binary: boolean, fin: boolean, callback: SendCallback | undefined): void {
    if (!this.#pieces) {
      this.#binary = binary;
      this.#size = 0;
    }
    const pieces = (this.#pieces ??= []);
    // Its bytes may be used again before the last piece comes.
    pieces.push(Buffer.isBuffer(piece) ? Buffer.from(piece) : piece);
    this.#size += sizeOf(piece);
    if (fin || !this.#sender.outbox.fits(this.#size)) {
      this.#pieces = undefined;
      this.#push(whole(pieces), this.#binary, callback);
    } else if (callback) process.nextTick(callback);
  }
}

/** Whether bytes stand where others stood. */
const isWithin = (place: Buffer, bytes: Buffer): boolean =>
  place.buffer === bytes.buffer && place.byteOffset === bytes.byteOffset && place.length === bytes.length;

function whole(pieces: readonly Content[]): Content {
  if (pieces.some((piece) => piece instanceof Blob))
    return new Blob(pieces.map((piece) => (Buffer.isBuffer(piece) ? new Uint8Array(piece) : piece)));
  return Buffer.concat(pieces.map((piece) => toBytes(piece)));
}
