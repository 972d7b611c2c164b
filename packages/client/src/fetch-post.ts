/** POST with `fetch` (WHATWG fetch), whose response body is read as it arrives. */
import type { Post } from './environment.ts';

/** Bodies up to this size may outlive the page (`keepalive`, WHATWG fetch §4.5: 64 KiB in all). */
const KEEPALIVE_BYTES = 64 * 1024;

export const fetchPost =
  (request: typeof fetch): Post =>
  ({ url, body, last }, handler) => {
    const controller = new AbortController();
    const { signal } = controller;
    const run = async (): Promise<void> => {
      // `fetch` takes no URL that has credentials in it, as a WebSocket's may have (RFC 7617).
      const address = new URL(url);
      const { username, password } = address;
      address.username = address.password = '';
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- what it gives are bytes, which is what `btoa` takes
      const authorization = username && `Basic ${btoa(unescape(`${username}:${password}`))}`;
      const response = await request.call(globalThis, address.href, {
        method: 'POST',
        // A type of the CORS safelist, so that no preflight is needed.
        headers: { 'content-type': 'text/plain', ...(authorization && { authorization }) },
        body: body as BodyInit,
        cache: 'no-store',
        credentials: 'include',
        redirect: 'error',
        // As in the handshake of a WebSocket, which tells the origin alone.
        referrerPolicy: 'no-referrer',
        keepalive: last && body.length <= KEEPALIVE_BYTES,
        signal,
      });
      signal.throwIfAborted();
      handler.head(response.status, response.headers.get('retry-after'));
      const reader = response.body?.getReader();
      for (;;) {
        const result = await reader?.read();
        signal.throwIfAborted();
        if (!result || result.done) break;
        handler.chunk(result.value);
      }
      handler.done();
    };
    run().catch((error: unknown) => {
      if (!signal.aborted) handler.done(String(error));
    });
    return () => {
      controller.abort();
    };
  };
