/** Privoxy, as a forward proxy. */

import type { Configuration } from './intermediary.ts';

const privoxy = (actions: string): Configuration => ({
  proxy: 'privoxy',
  configure: ({ dir, port }) => ({
    files: {
      config: `
confdir ${dir}
logdir ${dir}
logfile privoxy.log
listen-address 127.0.0.1:${port}
toggle 1
socket-timeout 300
keep-alive-timeout 5
actionsfile test.action
filterfile test.filter
debug 1
debug 512
debug 4096
debug 8192
`,
      'test.action': `${actions}\n/\n`,
      'test.filter': 'FILTER: nothing Changes nothing.\ns/^this is not in any page$//\n',
    },
    args: ['--no-daemon', `${dir}/config`],
  }),
});

export const withConnect = privoxy('{ }');
/** Reads every response to its end before it passes it on; CONNECT goes to 443 only. */
export const withFilters = privoxy('{ +limit-connect{443} +force-text-mode +filter{nothing} }');
