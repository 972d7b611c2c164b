/** Messages as applications give and take them: the types of data that `ws` knows. */

/** What `send` takes. */
export type Data =
  | string
  | number
  | Blob
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | readonly (number | Uint8Array)[];

/** How bytes arrive: in a Buffer, an ArrayBuffer, or an array of Buffers. `ws` knows `'blob'` as well. */
export type BinaryType = 'nodebuffer' | 'arraybuffer' | 'fragments';

/** What is to be sent, as far as it can be known at once. */
export type Content = string | Buffer | Blob;

/** Reads what `send` was given, as `ws` does: a number is a text, nothing is the empty message. */
export function toContent(data: unknown): Content {
  if (typeof data === 'string' || data instanceof Blob) return data;
  return typeof data === 'number' ? String(data) : toBytes(data);
}

/** @throws TypeError for what has no bytes */
export function toBytes(data: unknown): Buffer {
  if (!data) return Buffer.alloc(0);
  if (Buffer.isBuffer(data)) return data;
  if (typeof data === 'string') return Buffer.from(data);
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  if (Array.isArray(data) && data.some((part) => ArrayBuffer.isView(part))) {
    return Buffer.concat(data.map(toBytes));
  }
  return Buffer.from(data as ArrayBuffer);
}

/** Bytes of a message. */
export function sizeOf(content: Content): number {
  if (typeof content === 'string') return Buffer.byteLength(content);
  return content instanceof Blob ? content.size : content.length;
}

/** Bytes that arrived, as the application wants them. */
export function shaped(data: Buffer, type: BinaryType | 'blob'): Buffer | ArrayBuffer | Buffer[] | Blob {
  switch (type) {
    case 'nodebuffer':
      return data;
    case 'fragments':
      return [data];
    case 'blob':
      return new Blob([new Uint8Array(data)]);
    case 'arraybuffer': {
      const { buffer, byteOffset, byteLength } = data;
      if (byteLength === buffer.byteLength) return buffer as ArrayBuffer;
      return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    }
  }
}

/** The reason of a close. */
export function textOf(reason: string | Uint8Array): string {
  if (typeof reason === 'string') return reason;
  if (reason instanceof Uint8Array) return toBytes(reason).toString();
  throw new TypeError('Second argument must be a string or a Uint8Array');
}
