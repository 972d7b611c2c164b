/** What a test does in a page that is loaded from a recipe's server. */
import { createRequire } from 'node:module';
import type * as Client from '@holdfast/client';
import type { Page } from '@playwright/test';

declare const Holdfast: typeof Client;

const module = createRequire(import.meta.url).resolve('@holdfast/client');

/** The file of `<script>`, which the package does not export: CDNs find it by its `unpkg` and `jsdelivr`. */
export const scriptFile = module.replace('.mjs', '.min.js');

export interface Heard {
  readonly messages: unknown[];
  readonly code: number;
  readonly wasClean: boolean;
}

/** Says something over one transport, waits for as many answers, and closes. */
export async function talk(
  page: Page,
  transport: Client.TransportName,
  url = '/live',
  sayings: readonly (string | readonly number[])[] = ['text ✓', [0, 16, 255]],
): Promise<Heard> {
  await page.addScriptTag({ path: scriptFile });
  return page.evaluate(
    async ([at, name, sent]) => {
      const socket = new Holdfast.HoldfastSocket(at, [], { transports: [name] });
      socket.binaryType = 'arraybuffer';
      const messages: unknown[] = [];
      await new Promise<void>((done) => {
        socket.onmessage = ({ data }) => {
          messages.push(data instanceof ArrayBuffer ? [...new Uint8Array(data)] : data);
          if (messages.length === sent.length) done();
        };
        for (const data of sent) socket.send(typeof data === 'string' ? data : Uint8Array.from(data));
      });
      while (socket.transport !== name) {
        await new Promise((changed) => socket.addEventListener('transportchange', changed, { once: true }));
      }
      const closed = new Promise<CloseEvent>((done) => (socket.onclose = done));
      socket.close(1000);
      const { code, wasClean } = await closed;
      return { messages, code, wasClean };
    },
    [url, transport, sayings] as const,
  );
}

export const echoed: Heard = { messages: ['text ✓', [0, 16, 255]], code: 1000, wasClean: true };
