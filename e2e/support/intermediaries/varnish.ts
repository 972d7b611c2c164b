/** Varnish with its built-in rules: POSTs pass, and an upgrade that nobody pipes is a plain request. */

import type { Configuration } from './intermediary.ts';

export const withoutPipe: Configuration = {
  proxy: 'varnish',
  configure: ({ dir, port, targets: [target] }) => ({
    files: { 'rules.vcl': `vcl 4.1;\nbackend server { .host = "127.0.0.1"; .port = "${target}"; }\n` },
    args: [
      ...['-F', '-j', 'none', '-n', `${dir}/work`, '-s', 'malloc,16m'],
      ...['-a', `127.0.0.1:${port}`, '-f', `${dir}/rules.vcl`],
    ],
  }),
};
