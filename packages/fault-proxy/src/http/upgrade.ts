/** What becomes of a request to upgrade. */

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Weather } from '../weather.ts';
import { inPairs } from './message.ts';
import { stripped } from './obstacles/strips-headers.ts';
import { openTunnel } from './tunnel.ts';
import type { Target } from './upstream.ts';

export interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly browser: Socket;
  /** What the browser sent after the request, without waiting for its answer. */
  readonly head: Buffer;
  readonly target: Target;
  readonly weather: Weather;
}

export function serveUpgrade({ incoming, browser, head, target, weather }: Upgrade): void {
  switch (weather.faults.upgrade) {
    case 'refuse':
      browser.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    case 'swallow':
      // Read all the same, or nobody would notice that the browser has given up.
      browser.on('end', () => browser.end());
      browser.resume();
      return;
    case 'pass':
    case 'mute':
    case 'mute-up':
    case 'kill':
      openTunnel({
        request: Buffer.concat([requestHead(incoming, weather), head]),
        browser,
        target,
        weather,
      });
  }
}

/** As it came, `Connection: Upgrade` included: a tunnel is one connection from end to end. */
function requestHead({ method, url, rawHeaders }: IncomingMessage, { faults }: Weather): Buffer {
  const headers = inPairs(rawHeaders);
  const lines = (faults.stripHeaders ? stripped(headers) : headers).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${method ?? 'GET'} ${url ?? '/'} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}
