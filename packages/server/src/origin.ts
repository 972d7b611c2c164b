/**
 * Which pages may come in. Browsers send `Origin` with every upgrade and every POST, and no page can forge it. Neither needs
 * a preflight, so nothing but this keeps another site from coming with the user's cookies.
 */
import type { IncomingMessage } from 'node:http';

/**
 * `'*'` lets every origin in; a list, those that are in it or match a pattern, which must match the whole of an origin; a
 * function decides, now or later. Left out: the server's own origin only.
 */
export type Origins =
  | '*'
  | readonly (string | RegExp)[]
  | ((origin: string, request: IncomingMessage) => boolean | Promise<boolean>);

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/** Whether a request may come in. One without `Origin` does not come from a browser's page, and may. */
export function isAllowed(
  origins: Origins | undefined,
  request: IncomingMessage,
): boolean | Promise<boolean> {
  const { origin } = request.headers;
  if (origins === '*') return true;
  if (origin === undefined) return !isCrossSite(request);
  if (typeof origins === 'function') return origins(origin, request);
  if (origins) return origins.some((each) => matches(each, origin));
  return isOwn(origin, request);
}

/**
 * Throws a TypeError for a list with what no browser sends: an origin has no path, no slash behind it, no capital letter
 * and not the port that its scheme has anyway.
 */
export function checkOrigins(origins: Origins | undefined): void {
  if (!Array.isArray(origins)) return;
  for (const each of origins as readonly (string | RegExp)[]) {
    if (each instanceof RegExp || each === 'null') continue;
    const url = parsed(each);
    const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
    if (!url || each.includes('*') || (isWeb && url.origin !== each))
      throw new TypeError(
        `origins: ${each} is no origin (one is https://app.example; a pattern is a RegExp)`,
      );
  }
}

/** A pattern never means `null`, which pages of anybody have. */
function matches(each: string | RegExp, origin: string): boolean {
  if (typeof each === 'string') return each === origin;
  const whole = new RegExp(`^(?:${each.source})$`, each.flags);
  return origin !== 'null' && whole.test(origin);
}

/** A proxy may have taken the header away; what the browser says beside it stays. */
const isCrossSite = ({ headers }: IncomingMessage): boolean =>
  /^(cross|same)-site$/.test(String(headers['sec-fetch-site']));

/** Whether a page came from this server. A proxy may end TLS, so a scheme that was not encrypted here is not known. */
function isOwn(origin: string, { headers, socket }: IncomingMessage): boolean {
  const url = parsed(origin);
  // HTTP/2 has a pseudo-header in its place (RFC 9113 §8.3.1).
  const asked = headers.host ?? headers[':authority'];
  if (!url?.host || typeof asked !== 'string') return false;
  if ('encrypted' in socket && url.protocol !== 'https:') return false;
  const { host, port } = url;
  const names = port ? [host] : [host, host + (DEFAULT_PORTS[url.protocol] ?? '')];
  return names.includes(asked.toLowerCase());
}

function parsed(origin: string): URL | undefined {
  try {
    return new URL(origin);
  } catch {
    return undefined;
  }
}
