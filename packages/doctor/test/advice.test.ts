/** Advice names the proxy first that is seen to be there. */
import { describe, expect, test } from 'vitest';
import { adviceFor, proxyOf } from '../src/advice.ts';

describe('advice', () => {
  test('begins with the commonest where nothing is known', () => {
    expect(adviceFor('upgrade', '')[0]).toMatch(/^nginx: proxy_http_version 1\.1/);
  });

  test.each<[Record<string, string>, RegExp]>([
    [{ server: 'Caddy' }, /^Caddy: reverse_proxy/],
    [{ server: 'Apache/2.4.62 (Debian)' }, /^Apache: SetEnv no-gzip/],
    [{ via: '1.1 varnish (Varnish/7.1)' }, /^Varnish: set beresp\.do_stream/],
    [{ 'x-varnish': '32770' }, /^Varnish/],
    [{ server: 'lighttpd/1.4.69' }, /^lighttpd/],
    [{ server: 'openresty' }, /^nginx/],
  ])('begins with what shows itself by %j', (headers, first) => {
    const proxy = proxyOf(new Headers(headers));
    const lines = adviceFor('streaming', proxy);
    expect(lines[0]).toMatch(first);
    expect([...lines].sort()).toEqual([...adviceFor('streaming', '')].sort());
  });
});
