/** What stands in headers: addresses, origins, and when a client may come again; and what other pages left in the storage. */
import type { IncomingMessage } from 'node:http';
import { Memo } from '../../../client/src/learned.ts';
import { request, type Outcome } from '../../../client/src/http-request.ts';
import type { Environment } from '../../../client/src/environment.ts';
import { addressOf } from '../../../server/src/address.ts';
import { isAllowed } from '../../../server/src/origin.ts';
import { VirtualClock } from '../clock.ts';
import { decoder, must, type Decoder } from './decoder.ts';
import { bytesOf, textOf } from './mutate.ts';

const asRequest = (headers: object, remoteAddress = '192.0.2.1'): IncomingMessage =>
  ({ headers, socket: { remoteAddress } }) as unknown as IncomingMessage;

const addresses = decoder(
  'addresses of X-Forwarded-For',
  ['192.0.2.7, 198.51.100.1', '2001:db8::1', '[2001:db8::1]:4711', '::ffff:192.0.2.1', 'fe80::1%eth0'],
  [',', ':', '::', '%', '[', ']', '.', '0', 'ffff'],
  (input) => {
    const text = textOf(input);
    const proxies = 1 + (input.length % 3);
    const address = addressOf(asRequest({ 'x-forwarded-for': text }), proxies) ?? '';
    // Nothing but an address, or the first half of one: whoever writes the header chooses no other key.
    const kind = /^[\d.]{7,15}$/.test(address)
      ? '4'
      : /^(?:[\da-f]{1,4}:){3}[\da-f]{1,4}::\/64$/.test(address)
        ? '6'
        : '';
    must(kind !== '', `an address that is none: ${address}`);
    const own = addressOf(asRequest({ 'x-forwarded-for': text }), undefined);
    must(own === '192.0.2.1', 'a header is believed though nobody said so');
    return `${kind} ${String(address === own)}`;
  },
);

const origins = decoder(
  'origins',
  [
    'https://app.example\napp.example',
    'http://[::1]:8080\n[::1]:8080',
    'null\napp.example',
    'https://a.app.example\nx',
  ],
  ['https://', 'app.example', ':443', '.', '@', '/', '#', '\\', '\n', 'null', 'evil.example'],
  (input) => {
    const [origin = '', host = ''] = textOf(input).split('\n');
    const own = isAllowed(undefined, asRequest({ origin, host }));
    const listed = isAllowed(
      ['https://app.example', /https:\/\/[\w-]+\.app\.example/],
      asRequest({ origin, host }),
    );
    if (listed === true)
      must(/^https:\/\/([\w-]+\.)?app\.example$/.test(origin), 'an origin that is not in the list is let in');
    if (own === true) {
      const { host: from } = new URL(origin);
      must(host.toLowerCase().startsWith(from), 'another origin than the server’s own is let in');
    }
    return [own === true, listed === true].join();
  },
);

const memories = decoder(
  'what the last page left',
  ['1000 2 25000 524288', '1000 0 20000 65536'],
  [' ', '1000', '-1', 'NaN', 'Infinity'],
  (input) => {
    const storage = {
      getItem: () => textOf(input),
      setItem: () => undefined,
      removeItem: () => undefined,
    };
    const { setbacks, hold, maxBatch } = new Memo({ storage }, 'ws://server/').read(1000);
    must(setbacks >= 0 && setbacks <= 3, `setbacks are ${setbacks}`);
    must(hold >= 1000 && hold <= 60_000, `a hold is ${hold}`);
    must(maxBatch >= 1024 && maxBatch <= 2 ** 20, `a batch is ${maxBatch}`);
    return String(setbacks);
  },
);

/** Statuses, and what a proxy or a server says of when to come again. */
const responses = decoder(
  'responses',
  ['200 |\x0aack', '503 7|', '429 Wed, 21 Oct 2015 07:28:00 GMT|', '413 |', '502 |<html>', '404 |'],
  ['200 ', '503 ', '|', '-1', 'Infinity', '1e9', '999999999999999', 'GMT', '2999'],
  (input) => {
    const text = textOf(input);
    const [, status = '', retryAfter = '', body = ''] = /^(\d*) ?([^|]*)\|?([^]*)$/.exec(text) ?? [];
    const clock = new VirtualClock();
    const { now, setTimeout, clearTimeout, defer } = clock;
    let outcome: Outcome | undefined;
    let items = 0;
    const env = {
      ...{ now, setTimeout, clearTimeout, defer, random: () => 0.5 },
      post: (_request: unknown, handler: Parameters<NonNullable<Environment['post']>>[1]) => {
        clock.defer(() => {
          handler.head(Number(status), retryAfter);
          if (body) handler.chunk(bytesOf(body));
          handler.done();
        });
        return () => undefined;
      },
    } as unknown as Environment;
    request(env, { url: 'http://server/', body: new Uint8Array(), last: false }, 1500, {
      items: (more) => void (items += more.length),
      done: (result) => {
        must(outcome === undefined, 'it ends twice');
        outcome = result;
      },
    });
    clock.run(10_000);
    must(outcome !== undefined, 'it does not end');
    must(clock.pending === 0, 'a timer is left');
    if (outcome.kind === 'busy' && outcome.retryAfter !== undefined)
      must(
        outcome.retryAfter >= 0 && outcome.retryAfter <= 120_000,
        `come again in ${outcome.retryAfter} ms`,
      );
    return `${outcome.kind} ${Math.min(3, items)}`;
  },
);

export const headerDecoders: readonly Decoder[] = [addresses, origins, memories, responses];
