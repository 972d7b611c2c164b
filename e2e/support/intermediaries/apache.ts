/** Apache httpd with `mod_proxy_http`, without `mod_proxy_wstunnel`. */

import type { Configuration } from './intermediary.ts';

export const withoutTunnel: Configuration = {
  proxy: 'apache',
  configure: ({ dir, port, targets: [target] }) => ({
    files: {
      'apache.conf': `
        ServerRoot ${dir}
        ServerName localhost
        Listen 127.0.0.1:${port}
        PidFile ${dir}/apache.pid
        ErrorLog ${dir}/error.log
        DefaultRuntimeDir ${dir}
        ${['mpm_event', 'authz_core', 'proxy', 'proxy_http']
          .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
          .join('\n        ')}
        # Who starts it as root must name another user.
        User www-data
        Group www-data
        ProxyPass / http://127.0.0.1:${target}/
      `,
    },
    args: ['-DFOREGROUND', '-f', `${dir}/apache.conf`],
  }),
};
