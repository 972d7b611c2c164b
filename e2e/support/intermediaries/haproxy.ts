/** HAProxy, which passes upgrades by itself. */

import type { Configuration } from './intermediary.ts';

interface Settings {
  readonly timeouts?: { readonly tunnel: string; readonly server: string };
  /** Lines of the frontend and of the backend. */
  readonly frontend?: string;
  readonly backend?: string;
}

const haproxy = ({ timeouts, frontend = '', backend = '' }: Settings): Configuration => ({
  proxy: 'haproxy',
  configure: ({ port, targets }) => ({
    files: {
      'haproxy.cfg': `
        global
          log stdout format raw local0
        defaults
          mode http
          log global
          option httplog
          timeout connect 5s
          timeout client 1m
          timeout server ${timeouts?.server ?? '1m'}
          timeout tunnel ${timeouts?.tunnel ?? '1h'}
        frontend page
          bind 127.0.0.1:${port}
          ${frontend}
          default_backend servers
        backend servers
          ${backend}
          ${targets.map((target, i) => `server node${i} 127.0.0.1:${target} cookie node${i}`).join('\n          ')}
      `,
    },
    args: ['-db', '-f', 'haproxy.cfg'],
  }),
});

const refuseUpgrades = 'http-request deny if { req.hdr(upgrade) -m found }';

export const asDelivered = haproxy({});
export const withoutUpgrade = haproxy({ frontend: refuseUpgrades });
/** Passes each chunk of a response at once. */
export const withoutDelay = haproxy({ frontend: `${refuseUpgrades}\n option http-no-delay` });
/** An idle tunnel or request ends soon. */
export const impatient = haproxy({ timeouts: { tunnel: '2s', server: '2s' } });
/** Each request goes to the next node. */
export const roundRobin = haproxy({ backend: 'balance roundrobin' });
/** Requests find their node by a cookie; no upgrade passes. */
export const sticky = haproxy({
  frontend: `${refuseUpgrades}\n option http-no-delay`,
  backend: 'balance roundrobin\n cookie NODE insert indirect nocache',
});
