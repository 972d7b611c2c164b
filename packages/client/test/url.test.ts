import { afterEach, describe, expect, it, vi } from 'vitest';
import { subprotocols, webSocketUrl } from '../src/url.ts';

const syntaxError = expect.objectContaining({ name: 'SyntaxError' }) as Error;

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('a URL', () => {
  it.each([
    ['ws://host/path?q=1', 'ws://host/path?q=1'],
    ['wss://host', 'wss://host/'],
    ['http://host:80/path', 'ws://host/path'],
    ['https://host:8443/', 'wss://host:8443/'],
    ['HTTPS://Host/Path', 'wss://host/Path'],
    ['ws://host/a b%23', 'ws://host/a%20b%23'],
    ['ws://[::1]:80/', 'ws://[::1]/'],
  ])('becomes an absolute ws: or wss: URL: %s', (given, url) => {
    expect(webSocketUrl(given)).toBe(url);
  });

  it('is relative to the page', () => {
    vi.stubGlobal('location', { href: 'https://app.example/shop/cart?x' });
    expect(webSocketUrl('/live')).toBe('wss://app.example/live');
    expect(webSocketUrl('live')).toBe('wss://app.example/shop/live');
    expect(webSocketUrl('//api.example/live')).toBe('wss://api.example/live');
    expect(webSocketUrl('')).toBe('wss://app.example/shop/cart?x');
  });

  it('is relative to the base of the document, if that has another one', () => {
    vi.stubGlobal('location', { href: 'https://app.example/' });
    vi.stubGlobal('document', { baseURI: 'https://cdn.example/base/' });
    expect(webSocketUrl('live')).toBe('wss://cdn.example/base/live');
  });

  it.each([
    '/live',
    '',
    'ws://',
    'ws://host:99999',
    'ftp://host/',
    'file:///live',
    'javascript:alert(1)',
    'blob:https://host/1',
    'httpx://host/',
    'ws://host/#',
    'wss://host/live#part',
  ])('is refused: %j', (url) => {
    expect(() => webSocketUrl(url)).toThrow(syntaxError);
  });
});

describe('subprotocols', () => {
  it('are one or a list', () => {
    expect(subprotocols('chat')).toEqual(['chat']);
    expect(subprotocols([])).toEqual([]);
    expect(subprotocols(['chat', 'v2.chat', "!#$%&'*+-.^_`|~09azAZ"])).toHaveLength(3);
    expect(subprotocols(['Chat', 'chat'])).toEqual(['Chat', 'chat']);
  });

  it.each(['', ' ', 'a b', 'a,b', 'a/b', '(a)', '"a"', 'é', 'a\n', '\x7f'])(
    'are HTTP tokens, not %j',
    (name) => {
      expect(() => subprotocols(name)).toThrow(syntaxError);
      expect(() => subprotocols(['good', name])).toThrow(syntaxError);
    },
  );

  it('are a list if they can be iterated, and one name if not', () => {
    expect(subprotocols(new Set(['chat', 'v2']))).toEqual(['chat', 'v2']);
    expect(subprotocols(null as never)).toEqual(['null']);
    expect(subprotocols(7 as never)).toEqual(['7']);
    expect(() => subprotocols({ length: 1, 0: 'chat' } as never)).toThrow(syntaxError);
  });

  it('are converted to text, which symbols have none of', () => {
    expect(subprotocols([7, null] as never)).toEqual(['7', 'null']);
    for (const protocols of [Symbol('chat'), ['chat', Symbol('v2')]])
      expect(() => subprotocols(protocols as never)).toThrow(TypeError);
  });

  it('are named once each', () => {
    expect(() => subprotocols(['chat', 'other', 'chat'])).toThrow(syntaxError);
  });
});
