import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { checkOrigins, isAllowed, type Origins } from '../src/origin.ts';

const request = (
  origin: string | undefined,
  host?: string,
  more: Record<string, string> = {},
  socket: object = {},
): IncomingMessage =>
  ({
    socket,
    headers: {
      ...more,
      ...(origin !== undefined && { origin }),
      ...(host !== undefined && { host }),
    },
  }) as unknown as IncomingMessage;

describe('by default', () => {
  it.each([
    ['https://app.example', 'app.example'],
    ['http://app.example', 'app.example'],
    ['http://localhost:8080', 'localhost:8080'],
    ['https://app.example', 'App.Example'],
    ['http://[::1]:8080', '[::1]:8080'],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['HTTPS://APP.EXAMPLE', 'app.example'],
    ['https://app.example.', 'app.example.'],
    ['https://app.example:443', 'app.example'],
    ['https://app.example', 'app.example:443'],
    ['http://app.example', 'app.example:80'],
    ['http://[::1]', '[::1]:80'],
    ['https://[2001:DB8::0:1]:8443', '[2001:db8::1]:8443'],
  ])('the server’s own origin may come in: %s at %s', (origin, host) => {
    expect(isAllowed(undefined, request(origin, host))).toBe(true);
  });

  it.each([
    ['https://evil.example', 'app.example'],
    ['https://app.example.evil.example', 'app.example'],
    ['https://evil.example/app.example', 'app.example'],
    ['https://app.example@evil.example', 'app.example'],
    ['https://app.example', 'app.example:8443'],
    ['https://app.example:8443', 'app.example'],
    ['http://localhost:8080', 'localhost:3000'],
    ['http://localhost:8080', '127.0.0.1:8080'],
    ['https://app.example.', 'app.example'],
    ['https://app.example', 'app.example.'],
    ['http://app.example', 'app.example:443'],
    ['https://app.example', 'app.example:80'],
    ['https://app.example:8443', 'app.example:443'],
    ['http://[::1]:8080', '[::2]:8080'],
    ['https://evil.example', 'app.example, evil.example'],
    ['https://evil.example', 'evil.example@app.example'],
    ['https://app.example https://evil.example', 'app.example'],
    ['chrome-extension://abcdefgh', 'app.example'],
    ['null', 'app.example'],
    ['null', 'null'],
    ['', ''],
    ['app.example', 'app.example'],
    ['https://app.example', undefined],
    ['null', undefined],
    ['file://', ''],
  ])('others may not: %s at %s', (origin, host) => {
    expect(isAllowed(undefined, request(origin, host))).toBe(false);
  });
});

it.each([
  ['app.example', true],
  ['App.Example', true],
  ['evil.example', false],
])('knows its own name by HTTP/2’s pseudo-header: %s', (authority, allowed) => {
  const headers = { origin: 'https://app.example', ':authority': authority };
  expect(isAllowed(undefined, { headers, socket: {} } as unknown as IncomingMessage)).toBe(allowed);
});

it.each<[string, Origins | undefined]>([
  ['by default', undefined],
  ['for a list', ['https://app.example']],
  ['for an empty list', []],
  ['for a function that refuses', () => false],
])('lets in what does not come from a page, %s', (_, origins) => {
  expect(isAllowed(origins, request(undefined, 'app.example'))).toBe(true);
});

it('lets every page in for *', () => {
  for (const origin of ['https://evil.example', 'null'])
    expect(isAllowed('*', request(origin, 'a'))).toBe(true);
});

it('lets in what is in a list, letter for letter, and not the server’s own', () => {
  const origins = ['https://app.example', 'null'];
  expect(isAllowed(origins, request('https://app.example', 'api.example'))).toBe(true);
  expect(isAllowed(origins, request('null', 'api.example'))).toBe(true);
  for (const origin of [
    'http://app.example',
    'https://app.example:8443',
    'https://APP.example',
    'https://api.example',
  ]) {
    expect(isAllowed(origins, request(origin, 'api.example'))).toBe(false);
  }
});

it('asks a function, which may take its time', async () => {
  const asked: unknown[] = [];
  const asking = request('https://app.example', 'api.example');
  const origins: Origins = (...args) => {
    asked.push(...args);
    return Promise.resolve(true);
  };
  await expect(isAllowed(origins, asking)).resolves.toBe(true);
  expect(asked).toEqual(['https://app.example', asking]);
  expect(isAllowed(() => false, asking)).toBe(false);
});

it('knows its own name by Host alone, which no page can set', () => {
  const spoofed = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };
  expect(isAllowed(undefined, request('https://evil.example', 'app.example', spoofed))).toBe(false);
  expect(isAllowed(undefined, request('https://app.example', 'app.example', spoofed))).toBe(true);
});

it('takes no page that came in plain text for its own where it ends TLS itself', () => {
  const tls = { encrypted: true };
  expect(isAllowed(undefined, request('http://app.example', 'app.example', {}, tls))).toBe(false);
  expect(isAllowed(undefined, request('https://app.example', 'app.example', {}, tls))).toBe(true);
});

it.each<[string, Origins | undefined]>([
  ['by default', undefined],
  ['for a list', ['https://app.example']],
  ['for a function', () => true],
])(
  'does not let in what the browser calls cross-site, though its origin was taken away, %s',
  (_, origins) => {
    const from = (site: string): unknown =>
      isAllowed(origins, request(undefined, 'app.example', { 'sec-fetch-site': site }));
    expect(['cross-site', 'same-site', 'same-origin', 'none'].map(from)).toEqual([false, false, true, true]);
  },
);

describe('a pattern', () => {
  it.each([
    [/https:\/\/[\w-]+\.app\.example/, 'https://one.app.example', true],
    [/https:\/\/[\w-]+\.app\.example/g, 'https://two.app.example', true],
    [/https:\/\/app\.example/y, 'https://app.example', true],
    [/HTTPS:\/\/APP\.EXAMPLE/i, 'https://app.example', true],
    [/https:\/\/a|https:\/\/ab/, 'https://ab', true],
    [/https:\/\/[\w-]+\.app\.example/, 'https://one.app.example.evil.example', false],
    [/https:\/\/[\w-]+\.app\.example/, 'https://evil.example/https://one.app.example', false],
    [/app\.example/, 'https://app.example', false],
    [/.*/, 'null', false],
  ])('means the whole of an origin, and never null: %s, %s', (pattern, origin, allowed) => {
    for (let twice = 0; twice < 2; twice++)
      expect(isAllowed(['https://other.example', pattern], request(origin, 'api.example'))).toBe(allowed);
  });
});

describe('a list', () => {
  it.each([
    'https://App.example',
    'https://app.example/',
    'https://app.example/live',
    'https://app.example:443',
    'http://app.example:80',
    'https://bücher.example',
    'https://*.app.example',
    'app.example',
    '*',
    '',
  ])('has nothing in it that no browser sends: %j', (origin) => {
    expect(() => {
      checkOrigins(['https://app.example', origin]);
    }).toThrow(TypeError);
  });

  it.each([
    'https://app.example',
    'http://localhost:8080',
    'http://[::1]:8080',
    'https://app.example.',
    'null',
    'chrome-extension://abcdefgh',
    'capacitor://localhost',
  ])('may have what one sends: %j', (origin) => {
    expect(() => {
      checkOrigins([origin, /x/]);
    }).not.toThrow();
  });

  it('is all that is looked at', () => {
    for (const origins of [undefined, '*', () => true] as const)
      expect(() => {
        checkOrigins(origins);
      }).not.toThrow();
  });
});
