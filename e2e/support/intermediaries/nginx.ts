/** nginx, as a reverse proxy. */

import type { Configuration } from './intermediary.ts';

/** As it is delivered, but for these lines: HTTP/1.0 to the server, no upgrade, its own `Host`, responses buffered. */
const nginx = (...lines: string[]): Configuration => ({
  proxy: 'nginx',
  configure: ({ dir, port, targets: [target] }) => ({
    files: {
      'nginx.conf': `
        daemon off;
        master_process off;
        pid nginx.pid;
        events {}
        http {
          access_log access.log;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:${port};
            location / {
              proxy_pass http://127.0.0.1:${target};
              ${lines.join('\n              ')}
            }
          }
        }
      `,
    },
    args: ['-p', dir, '-c', 'nginx.conf', '-e', 'error.log'],
  }),
});

const upgrade = [
  'proxy_http_version 1.1;',
  'proxy_set_header Upgrade $http_upgrade;',
  'proxy_set_header Connection "upgrade";',
];

export const withUpgrade = nginx(...upgrade);
export const asDelivered = nginx();
/** Compresses whatever passes. */
export const withGzip = nginx('gzip on;', 'gzip_types *;', 'gzip_proxied any;', 'gzip_min_length 0;');
/** Holds every response to its end, whatever the server asks for. */
export const holding = nginx('proxy_ignore_headers X-Accel-Buffering;');
/** An idle tunnel or request ends soon. */
export const impatient = nginx(...upgrade, 'proxy_read_timeout 2s;', 'proxy_send_timeout 2s;');
export const impatientWithoutUpgrade = nginx('proxy_read_timeout 2s;', 'proxy_send_timeout 2s;');
export const withSmallBodies = nginx('client_max_body_size 64k;');
