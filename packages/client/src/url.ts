/** URLs and subprotocols, checked as the constructor of the W3C class does (WHATWG websockets §3.1). */
import { asText } from './send-data.ts';

/** The characters of an HTTP token (RFC 9110 §5.6.2), which a subprotocol is (RFC 6455 §4.1). */
const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

const syntaxError = (message: string): DOMException => new DOMException(message, 'SyntaxError');

/** The absolute ws: or wss: URL; throws a SyntaxError. */
export function webSocketUrl(url: string): string {
  const { document, location } = globalThis as Partial<typeof globalThis>;
  let parsed: URL;
  try {
    parsed = new URL(url, document?.baseURI ?? location?.href);
  } catch {
    throw syntaxError(`the URL '${url}' is invalid`);
  }
  parsed.protocol = parsed.protocol.replace('http', 'ws');
  if (!/^wss?:$/.test(parsed.protocol)) {
    throw syntaxError(`the scheme '${parsed.protocol}' is not ws, wss, http or https`);
  }
  if (parsed.href.includes('#')) throw syntaxError('a WebSocket URL has no fragment');
  return parsed.href;
}

/** Whether a chosen subprotocol is one of those that were asked for, or none if none was (WHATWG websockets §2, "establish a WebSocket connection"). */
export const isAsked = (chosen: string, asked: readonly string[]): boolean =>
  chosen ? asked.includes(chosen) : asked.length === 0;

/**
 * The list of subprotocols, `(DOMString or sequence<DOMString>)` of Web IDL: an iterable object is a list.
 *
 * @throws SyntaxError (DOMException) for what is none, and for one named twice
 */
export function subprotocols(protocols: string | Iterable<string>): string[] {
  const isList =
    typeof protocols !== 'string' && (protocols as Partial<typeof protocols> | null)?.[Symbol.iterator];
  const list = isList ? Array.from(protocols, asText) : [asText(protocols)];
  const wrong = list.find((name, i) => !TOKEN.test(name) || list.indexOf(name) !== i);
  if (wrong !== undefined) throw syntaxError(`the subprotocol '${wrong}' is invalid or named twice`);
  return list;
}
