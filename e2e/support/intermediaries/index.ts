/** Every proxy in every configuration that the tests know, and the best transport that comes through it. */

import type { TransportName } from '../../page/peer.js';
import * as apache from './apache.ts';
import * as caddy from './caddy.ts';
import * as haproxy from './haproxy.ts';
import type { Configuration } from './intermediary.ts';
import * as lighttpd from './lighttpd.ts';
import * as nginx from './nginx.ts';
import * as privoxy from './privoxy.ts';
import * as squid from './squid.ts';
import * as tinyproxy from './tinyproxy.ts';
import * as varnish from './varnish.ts';

export interface Passage {
  readonly name: string;
  readonly configuration: Configuration;
  /** The first is what it comes to in the end; what passes in blocks is a stream while there is much to say. */
  readonly carries: readonly [TransportName, ...TransportName[]];
  /** A forward proxy is one that the browser is told to use; a reverse proxy is what it takes for the server. */
  readonly kind: 'reverse' | 'forward';
}

type Rows = Record<string, readonly [Configuration, ...Passage['carries']]>;

const passages = (kind: Passage['kind'], rows: Rows): Passage[] =>
  Object.entries(rows).map(([name, [configuration, ...carries]]) => ({ name, configuration, carries, kind }));

export const reverseProxies = passages('reverse', {
  'nginx, as delivered': [nginx.asDelivered, 'streaming'],
  'nginx, with gzip': [nginx.withGzip, 'streaming'],
  'nginx, holding every response': [nginx.holding, 'polling', 'streaming'],
  'nginx, 2 s timeouts': [nginx.impatientWithoutUpgrade, 'streaming'],
  'nginx, bodies up to 64 KiB': [nginx.withSmallBodies, 'streaming'],
  'nginx, with Upgrade': [nginx.withUpgrade, 'websocket'],
  'nginx, with Upgrade, 2 s timeouts': [nginx.impatient, 'websocket'],
  'HAProxy, as delivered': [haproxy.asDelivered, 'websocket'],
  'HAProxy, 2 s timeouts': [haproxy.impatient, 'websocket'],
  'HAProxy, no Upgrade': [haproxy.withoutUpgrade, 'streaming', 'polling'],
  'HAProxy, no Upgrade, http-no-delay': [haproxy.withoutDelay, 'streaming'],
  'Apache, without wstunnel': [apache.withoutTunnel, 'streaming'],
  'Varnish, without pipe': [varnish.withoutPipe, 'streaming'],
  'Caddy, with encode': [caddy.withEncode, 'websocket'],
  'Caddy, with encode, no Upgrade': [caddy.withEncodeWithoutUpgrade, 'streaming'],
  'Caddy, encoding everything, no Upgrade': [caddy.encodingEverything, 'polling'],
  'lighttpd, as delivered': [lighttpd.asDelivered, 'polling'],
  'lighttpd, streaming': [lighttpd.streaming, 'streaming'],
  'lighttpd, with upgrade': [lighttpd.withUpgrade, 'websocket'],
});

export const forwardProxies = passages('forward', {
  'Squid, as delivered': [squid.asDelivered, 'streaming'],
  'Squid, CONNECT to any port': [squid.withConnect, 'websocket'],
  'tinyproxy, as delivered': [tinyproxy.asDelivered, 'streaming'],
  'tinyproxy, CONNECT to any port': [tinyproxy.withConnect, 'websocket'],
  'Privoxy, CONNECT to any port': [privoxy.withConnect, 'websocket'],
  'Privoxy, with filters': [privoxy.withFilters, 'polling'],
});

export { haproxy, nginx, tinyproxy };
