/** tinyproxy, as a forward proxy. */

import type { Configuration } from './intermediary.ts';

const tinyproxy = (...lines: string[]): Configuration => ({
  proxy: 'tinyproxy',
  configure: ({ dir, port }) => ({
    files: {
      'tinyproxy.conf': `
Port ${port}
Listen 127.0.0.1
Timeout 600
MaxClients 100
LogFile "${dir}/tinyproxy.log"
LogLevel Connect
${lines.join('\n')}
`,
    },
    args: ['-d', '-c', `${dir}/tinyproxy.conf`],
  }),
});

/** CONNECT, which browsers ask for `ws:` as well, goes to these ports only. */
export const asDelivered = tinyproxy('ConnectPort 443', 'ConnectPort 563');
export const withConnect = tinyproxy();
