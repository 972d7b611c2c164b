/** Squid, as a forward proxy. */

import type { Configuration } from './intermediary.ts';

const squid = (...rules: string[]): Configuration => ({
  proxy: 'squid',
  configure: ({ dir, port }) => ({
    files: {
      'squid.conf': `
${rules.join('\n')}
http_access allow localhost
http_access deny all
http_port 127.0.0.1:${port}
pid_filename none
access_log stdio:${dir}/access.log
cache_log ${dir}/cache.log
cache_mem 8 MB
netdb_filename none
pinger_enable off
visible_hostname localhost
`,
    },
    args: ['-N', '-f', `${dir}/squid.conf`],
  }),
});

/** Its own rules: CONNECT, which browsers ask for `ws:` as well, goes to 443 only. */
export const asDelivered = squid('acl SSL_ports port 443', 'http_access deny CONNECT !SSL_ports');
export const withConnect = squid();
