/** Which setting of which proxy usually causes what, the commonest first. */

export type Trouble =
  | 'upgrade'
  | 'mute'
  | 'subprotocol'
  | 'streaming'
  | 'lag'
  | 'idle'
  | 'held'
  | 'bodies'
  | 'nodes'
  | 'twice'
  | 'origin'
  | 'portal'
  | 'path';

const SCANNERS =
  'Antivirus "web shields" and company gateways that look into traffic (Zscaler, Sophos, Blue Coat, McAfee, Avast …): exempt the host, and serve over wss: on port 443';

const settings: Readonly<Record<Trouble, readonly string[]>> = {
  upgrade: [
    'nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";',
    'Apache (2.4.47 or later): ProxyPass "/live" "http://127.0.0.1:8080/live" upgrade=websocket',
    'HAProxy passes upgrades by itself: look for an http-request deny that meets the header Upgrade',
    'Caddy passes upgrades by itself: look for a respond or a matcher that meets the header Upgrade',
    'Varnish: in vcl_recv, if (req.http.upgrade ~ "(?i)websocket") { return (pipe); }, and in vcl_pipe copy req.http.upgrade and req.http.connection to bereq',
    'lighttpd: proxy.header = ("upgrade" => "enable")',
    'Cloudflare: Network, WebSockets: on. AWS: an Application Load Balancer, since a Classic one in HTTP mode passes none',
    'Squid, Privoxy and company proxies: browsers ask for CONNECT, which is mostly allowed to port 443 only: serve over wss: on 443',
    SCANNERS,
  ],
  mute: [
    SCANNERS,
    'A gateway that inspects TLS lets the 101 pass and holds the frames back: exempt the host from inspection',
  ],
  subprotocol: [
    'Something takes the header Sec-WebSocket-Protocol away, or the server is a plain WebSocket server: pass the header in both directions, and check the address',
  ],
  streaming: [
    'nginx: proxy_buffering off; (or do not ignore X-Accel-Buffering: no proxy_ignore_headers for it)',
    'Apache: SetEnv no-gzip 1 for the path (mod_deflate gathers), and flushpackets=on in ProxyPass',
    'HAProxy: option http-no-delay',
    'Caddy: reverse_proxy … { flush_interval -1 }, and leave the path out of encode',
    'Varnish: set beresp.do_stream = true; or return (pipe) for the path',
    'lighttpd: server.stream-response-body = 2',
    'Privoxy: no +filter and no +deanimate-gifs for the host. mitmproxy: --set stream_large_bodies=1',
    SCANNERS,
  ],
  lag: [
    'HAProxy: option http-no-delay (without it, each piece waits some 200 ms for more)',
    'Caddy: reverse_proxy … { flush_interval -1 }',
    'Apache: flushpackets=on in ProxyPass',
  ],
  idle: [
    'nginx: proxy_read_timeout 300s; proxy_send_timeout 300s; (60s by default)',
    'HAProxy: timeout tunnel 1h, and timeout client no shorter',
    'Apache: ProxyWebsocketIdleTimeout 300, or ProxyTimeout 300',
    'Varnish: -p pipe_timeout=300',
    'AWS ALB: idle_timeout.timeout_seconds=300 (60 by default). Azure Application Gateway: request timeout. Cloudflare: 100 s, fixed',
    'Where it cannot be raised: new HoldfastServer({ heartbeat }) below the limit, in ms',
  ],
  held: [
    'nginx: proxy_read_timeout 90s; (60s by default)',
    'HAProxy: timeout server 90s, timeout client 90s',
    'Apache: ProxyTimeout 90',
    'Varnish: .first_byte_timeout = 90s; .between_bytes_timeout = 90s; in the backend',
    'Caddy: no read_timeout, write_timeout or response_header_timeout below 90s',
    'AWS ALB: idle_timeout.timeout_seconds=90. API Gateway (29 s) and Heroku (30 s to the first byte) have fixed limits',
    'Nothing must be changed: Holdfast learns the limit, and asks for shorter ones',
  ],
  bodies: [
    'nginx: client_max_body_size 1m; (1m is its default)',
    'Apache: LimitRequestBody 1048576, and SecRequestBodyNoFilesLimit where ModSecurity is used (128 KiB by default)',
    'lighttpd: server.max-request-size = 1024 (in KiB)',
    'Caddy: request_body { max_size 1MB }',
    'IIS: maxAllowedContentLength and uploadReadAheadSize (48 KiB by default)',
    'Squid: request_body_max_size 1 MB. AWS WAF: inspects 8 to 64 KiB, and may refuse what is larger',
  ],
  nodes: [
    'Several servers behind a balancer, and none of them knows the sessions of the others: send a client always to the same one',
    'nginx: ip_hash; or hash $remote_addr consistent; in the upstream',
    'HAProxy: cookie NODE insert indirect nocache, and cookie <name> on each server line; or balance source',
    'AWS ALB: stickiness of the target group. Traefik: sticky cookie of the service',
    'Kubernetes (ingress-nginx): nginx.ingress.kubernetes.io/affinity: cookie',
  ],
  twice: [
    'nginx: no proxy_next_upstream … non_idempotent. HAProxy: no retry-on with L7 errors. Envoy: no retry_on for the route',
    'Browsers do it as well, on a kept connection that died',
    'Nothing must be changed: Holdfast takes each message once',
  ],
  origin: [
    "new HoldfastServer({ origins: ['https://app.example'] }): name the pages' origins",
    'Behind a proxy that changes Host the server does not know its own origin: nginx: proxy_set_header Host $host;',
  ],
  portal: [
    'A network that wants you to sign in first: open any http: page in a browser, sign in, and try again',
    'Or the address leads to pages instead of the server: look at its path, and at the location of the proxy',
  ],
  path: [
    'The path must be the one of new HoldfastServer({ path }), and the proxy must pass it on unchanged',
    'The proxy must pass POST to that path, and the query with it',
  ],
};

/** What usually causes a trouble; what is known to stand before the server comes first. */
export function adviceFor(trouble: Trouble, proxy: string): readonly string[] {
  const lines = settings[trouble];
  const names = NAMES.filter(([, sign]) => sign.test(proxy)).map(([name]) => name);
  const isMeant = (line: string): boolean => names.some((name) => line.startsWith(name));
  return [...lines.filter(isMeant), ...lines.filter((line) => !isMeant(line))];
}

/** How lines of advice begin, and how headers give the same proxy away. */
const NAMES: readonly (readonly [name: string, sign: RegExp])[] = [
  ['nginx', /nginx|openresty/],
  ['Apache', /apache/],
  ['HAProxy', /haproxy/],
  ['Varnish', /varnish|fastly/],
  ['lighttpd', /lighttpd/],
  ['Caddy', /caddy/],
  ['Cloudflare', /cloudflare/],
  ['AWS', /awselb|cloudfront|amazon/],
  ['IIS', /microsoft-iis|arr\//],
  ['Squid', /squid/],
  ['Privoxy', /privoxy/],
];

/** What headers say of who is in between, in lower case. */
export const proxyOf = (headers: Headers): string =>
  ['server', 'via', 'x-served-by', 'x-powered-by']
    .map((name) => headers.get(name) ?? '')
    .concat(headers.has('x-varnish') ? 'varnish' : '', headers.has('cf-ray') ? 'cloudflare' : '')
    .filter(Boolean)
    .join(', ')
    .toLowerCase();
