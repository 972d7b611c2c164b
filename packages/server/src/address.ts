/**
 * Where a client comes from, for what is bounded by address. What stands in a header is written by whoever sends it, so
 * nothing there is believed but what a proxy has added of which the application says that it is there (`trustProxy`).
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/**
 * How many proxies of yours each request comes through, each of which adds the address that it sees to `X-Forwarded-For`;
 * `false` or 0 for none. Or a function that gives what clients are counted by: an address or any other text, undefined
 * for one that is not counted.
 */
export type TrustProxy = number | false | ((request: IncomingMessage) => string | undefined);

/**
 * What a client is counted by: its IPv4 address, or the first half of its IPv6 address, since that is what one customer is
 * given (RFC 6177). Undefined for one that is not counted.
 *
 * @param trusted left out: nobody has said whether there is a proxy. Then an address that is not on the internet may be
 *   that of one, with all clients behind it, and is not counted.
 */
export function addressOf(request: IncomingMessage, trusted: TrustProxy | undefined): string | undefined {
  if (typeof trusted === 'function') {
    const named = trusted(request);
    return named === undefined ? undefined : blockOf(named);
  }
  const { remoteAddress } = request.socket;
  if (remoteAddress === undefined) return undefined;
  if (trusted) return blockOf(behind(trusted, remoteAddress, request));
  const block = blockOf(remoteAddress);
  return trusted === undefined && PRIVATE.test(block) ? undefined : block;
}

/** The address that the outermost of so many proxies saw: each has added one at the right end (MDN, X-Forwarded-For). */
function behind(proxies: number, remoteAddress: string, { headers }: IncomingMessage): string {
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  let address = remoteAddress;
  for (const text of forwarded.slice(-proxies).reverse()) {
    const seen = withoutPort(text.trim());
    // Further to the left stands what somebody else wrote.
    if (!isIP(seen)) break;
    address = seen;
  }
  return address;
}

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (text: string): string =>
  text.replace(/^\[(.*)\](?::\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');

/** An address, or the block of addresses that counts as one. Anything else as it is. */
export function blockOf(text: string): string {
  // As Node names all clients with IPv4 where it listens to both (RFC 4291 §2.5.5.2).
  const mapped = text.startsWith('::ffff:') ? text.slice(7) : '';
  if (isIP(mapped) === 4) return mapped;
  if (isIP(text) !== 6) return text;
  const address = text.replace(/%.*$/, '');
  // As a URL's host it is in hexadecimal, whole and in one form (WHATWG URL §3.5); only `::` has to be spelled out.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups = [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right];
  const isMapped = groups.slice(0, 6).join(':') === '0:0:0:0:0:ffff';
  return isMapped ? dotted(groups.slice(6)) : `${groups.slice(0, 4).join(':')}::/64`;
}

/** The last two groups of an IPv6 address as the IPv4 address that they are. */
const dotted = (groups: readonly string[]): string =>
  groups
    .map((group) => parseInt(group, 16))
    .flatMap((value) => [value >> 8, value & 255])
    .join('.');

/** Blocks that are not on the internet (RFC 6890): 10/8, 127/8, 169.254/16, 192.168/16, 172.16/12, 100.64/10; `::`, fc00::/7, fe80::/10. */
const PRIVATE =
  /^(?:(?:10|127|169\.254|192\.168|172\.(?:1[6-9]|2\d|3[01])|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.|0:0:0:0::|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)/;
