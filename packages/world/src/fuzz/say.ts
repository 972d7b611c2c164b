/** What strangers say, as it goes on the wire: requests, upgrades, frames of RFC 6455. Characters are bytes. */

const HOST = 'Host: server';

/** A POST of ours with a body. */
export const post = (body: string, fields: readonly string[] = [], target = '/live?holdfast=1.abc'): string =>
  [`POST ${target} HTTP/1.1`, HOST, ...fields, `Content-Length: ${body.length}`, '', body].join('\r\n');

/** A request whose framing is the stranger's own. */
export const request = (first: string, fields: readonly string[], body = ''): string =>
  [first, HOST, ...fields, '', body].join('\r\n');

/** The head of a handshake. */
export const upgrade = (fields: readonly string[], target = '/live'): string =>
  [
    `GET ${target} HTTP/1.1`,
    HOST,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
    '',
    '',
  ].join('\r\n');

/** The offer of a client in order. */
export const attachOffer = (
  id: string,
  attempt: number | string,
  received: number | string,
  auth = '-',
): string => `holdfast.1, holdfast.attach.${id}.${attempt}.${received}.${auth}`;

export interface Framing {
  readonly fin?: boolean;
  /** The reserved bits, 0 to 7. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** What the header says, if not the truth. */
  readonly length?: bigint;
}

/** A frame of RFC 6455 §5.2, masked with zeros: what is in it can be read, and names in it can still be changed. */
export function framed(
  opcode: number,
  payload: string,
  { fin = true, rsv = 0, masked = true, length }: Framing = {},
): string {
  const first = (fin ? 128 : 0) + (rsv << 4) + opcode;
  const size = length ?? BigInt(payload.length);
  const mask = masked ? 128 : 0;
  const header = Buffer.alloc(size < 126n ? 2 : size < 65_536n ? 4 : 10);
  header[0] = first;
  header[1] = mask + (size < 126n ? Number(size) : size < 65_536n ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(Number(size), 2);
  if (header.length === 10) header.writeBigUInt64BE(size, 2);
  return header.toString('latin1') + (masked ? '\0'.repeat(4) : '') + payload;
}
