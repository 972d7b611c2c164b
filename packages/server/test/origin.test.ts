import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isAllowed, type Origins } from '../src/origin.ts';

const request = (origin: string | undefined, host?: string): IncomingMessage =>
  ({
    headers: { ...(origin !== undefined && { origin }), ...(host !== undefined && { host }) },
  }) as unknown as IncomingMessage;

describe('by default', () => {
  it.each([
    ['https://app.example', 'app.example'],
    ['http://app.example', 'app.example'],
    ['http://localhost:8080', 'localhost:8080'],
    ['https://app.example', 'App.Example'],
    ['http://[::1]:8080', '[::1]:8080'],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example'],
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
  expect(isAllowed(undefined, { headers } as unknown as IncomingMessage)).toBe(allowed);
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
