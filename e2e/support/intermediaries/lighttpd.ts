/** lighttpd with `mod_proxy`. */

import type { Configuration } from './intermediary.ts';

const lighttpd = (...lines: string[]): Configuration => ({
  proxy: 'lighttpd',
  configure: ({ dir, port, targets: [target] }) => ({
    files: {
      'lighttpd.conf': `
        server.modules = ("mod_proxy")
        server.document-root = "${dir}"
        server.bind = "127.0.0.1"
        server.port = ${port}
        server.errorlog = "${dir}/error.log"
        proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${target})))
        ${lines.join('\n        ')}
      `,
    },
    args: ['-D', '-f', `${dir}/lighttpd.conf`],
  }),
});

/** Holds every response to its end, and knows no upgrade. */
export const asDelivered = lighttpd();
export const streaming = lighttpd('server.stream-response-body = 1');
export const withUpgrade = lighttpd('proxy.header = ("upgrade" => "enable")');
