/** Which pages may come in. Browsers send `Origin` with every upgrade and every POST, and no page can forge it. */
import type { IncomingMessage } from 'node:http';

/** `'*'` lets every origin in; a list, those; a function decides, now or later. Left out: the server's own origin only. */
export type Origins =
  '*' | readonly string[] | ((origin: string, request: IncomingMessage) => boolean | Promise<boolean>);

/** Whether a request may come in. One without `Origin` does not come from a browser's page, and may. */
export function isAllowed(
  origins: Origins | undefined,
  request: IncomingMessage,
): boolean | Promise<boolean> {
  const { origin } = request.headers;
  if (origin === undefined || origins === '*') return true;
  if (typeof origins === 'function') return origins(origin, request);
  if (origins) return origins.includes(origin);
  const host = hostOf(origin);
  // HTTP/2 has a pseudo-header in its place (RFC 9113 §8.3.1).
  const asked = request.headers.host ?? request.headers[':authority'];
  return host !== undefined && typeof asked === 'string' && host === asked.toLowerCase();
}

/** The host and port of an origin. A proxy may end TLS, so the scheme that it saw is not known here. */
function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host || undefined;
  } catch {
    return undefined;
  }
}
