/** Caddy, which passes upgrades by itself, with `encode`. */

import type { Configuration } from './intermediary.ts';

const caddy = (...lines: string[]): Configuration => ({
  proxy: 'caddy',
  configure: ({ dir, port, targets: [target] }) => ({
    files: {
      Caddyfile: `
        {
          admin off
          auto_https off
        }
        http://:${port} {
          bind 127.0.0.1
          ${lines.join('\n          ')}
          reverse_proxy 127.0.0.1:${target}
        }
      `,
    },
    args: ['run', '--config', `${dir}/Caddyfile`, '--adapter', 'caddyfile'],
  }),
});

const refuseUpgrades = ['@upgrade header Upgrade *', 'respond @upgrade 403'];

export const withEncode = caddy('encode gzip');
export const withEncodeWithoutUpgrade = caddy('encode gzip', ...refuseUpgrades);
/** Compresses whatever it can, and not only what pages are made of; Caddy 2.6 gives nothing away of that before its end. */
export const encodingEverything = caddy(
  'encode {',
  '  gzip',
  '  minimum_length 1',
  '  match {',
  '    header Content-Type *',
  '  }',
  '}',
  ...refuseUpgrades,
);
