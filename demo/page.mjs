/** Serves the page's few files, each named here, under a policy that lets it reach nothing but what it needs. */

import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';

const html = 'text/html; charset=utf-8';
const css = 'text/css; charset=utf-8';
const javascript = 'text/javascript; charset=utf-8';

/** @type {Record<string, [file: string, type: string]>} */
const files = {
  '/': ['public/index.html', html],
  '/style.css': ['public/style.css', css],
  '/mark.svg': ['public/mark.svg', 'image/svg+xml'],
  '/main.js': ['public/main.js', javascript],
  '/figures.js': ['public/figures.js', javascript],
  '/conversation.js': ['public/conversation.js', javascript],
  '/ledger.js': ['public/ledger.js', javascript],
  '/log.js': ['public/log.js', javascript],
  '/reasons.js': ['public/reasons.js', javascript],
  '/timeline.js': ['public/timeline.js', javascript],
  '/weather.js': ['public/weather.js', javascript],
  '/doctor.html': ['public/doctor.html', html],
  '/doctor.css': ['public/doctor.css', css],
  '/doctor.js': ['public/doctor.js', javascript],
  '/doctor-core.js': ['../packages/doctor/dist/index.mjs', javascript],
  '/holdfast.min.js': ['../packages/client/dist/holdfast.min.js', javascript],
};

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {number} livePort Where the page's HoldfastSocket goes.
 */
export function servePage(request, response, livePort) {
  const found = files[new URL(request.url ?? '/', 'http://localhost').pathname];
  if (!found || (request.method !== 'GET' && request.method !== 'HEAD')) {
    response.writeHead(404).end();
    return;
  }
  const [file, type] = found;
  const stream = createReadStream(fileURLToPath(new URL(file, import.meta.url)));
  stream.on('open', () => {
    response.writeHead(200, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': [
        `default-src 'none'`,
        `script-src 'self'`,
        `style-src 'self'`,
        `img-src 'self'`,
        `connect-src 'self' ws://127.0.0.1:${livePort} http://127.0.0.1:${livePort}`,
        `base-uri 'none'`,
        `form-action 'none'`,
        `frame-ancestors 'none'`,
      ].join('; '),
    });
    stream.pipe(response);
  });
  stream.on('error', () => response.writeHead(404).end());
}
