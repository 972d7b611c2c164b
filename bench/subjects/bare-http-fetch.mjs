/** The servers of `bare-http.mjs`, asked by Node's `fetch`: what stands beside a library whose client asks in the same way. */

import { barePolling, bareStreaming, lines } from './bare-http.mjs';

/** @typedef {import('../types.ts').Subject} Subject */

/** @type {Subject} */
export const barePollingFetch = {
  ...barePolling,
  label: 'bare `http`, held requests of `fetch`',
  async connector() {
    let clients = 0;
    return (port, listener) => {
      const url = `http://127.0.0.1:${port}/${clients++}`;
      const aborting = new AbortController();
      const poll = async () => (await fetch(url, { signal: aborting.signal })).text();
      const listen = async () => {
        // The first one is answered at once: from then on the server knows the client.
        await poll();
        let held = poll();
        listener.onopen();
        for (;;) {
          const text = await held;
          held = poll();
          listener.onmessage(text);
        }
      };
      listen().catch(() => listener.onclose());
      const say = async (/** @type {string} */ body) =>
        listener.onmessage(await (await fetch(url, { method: 'POST', body })).text());
      return {
        send: (text) => void say(text).catch(() => listener.onclose()),
        close: () => aborting.abort(),
      };
    };
  },
};

/** @type {Subject} */
export const bareStreamingFetch = {
  ...bareStreaming,
  label: 'bare `http`, a streamed response of `fetch`',
  async connector() {
    let clients = 0;
    return (port, listener) => {
      const url = `http://127.0.0.1:${port}/${clients++}`;
      const aborting = new AbortController();
      const listen = async () => {
        const { body } = await fetch(url, { signal: aborting.signal });
        listener.onopen();
        const take = lines(listener);
        const decoder = new TextDecoder();
        for await (const piece of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (body)))
          take(decoder.decode(piece, { stream: true }));
        listener.onclose();
      };
      listen().catch(() => listener.onclose());
      return {
        send: (body) => void fetch(url, { method: 'POST', body }).catch(() => listener.onclose()),
        close: () => aborting.abort(),
      };
    };
  },
};
