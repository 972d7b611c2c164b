import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressOf, blockOf } from '../src/address.ts';

const request = (remoteAddress: string | undefined, forwarded?: string): IncomingMessage =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['a customer', 'a customer'],
  ])('%s counts as %s', (address, block) => {
    expect(blockOf(address)).toBe(block);
  });
});

describe('with no word of proxies', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '169.254.1.1',
    '::1',
    '::ffff:10.0.0.1',
    'fc00::1',
    'fdff::1',
    'febf::1',
    'fe80::1',
  ])('%s is not counted: all clients may be behind it', (address) => {
    expect(addressOf(request(address), undefined)).toBeUndefined();
  });

  it.each([
    '192.0.2.7',
    '1.10.0.1',
    '128.0.0.1',
    '169.253.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '192.169.0.1',
    '11.0.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2001:db8::1',
    '1::1',
    'fe00::1',
    'fec0::1',
  ])('%s is counted', (address) => {
    expect(addressOf(request(address), undefined)).toBe(blockOf(address));
  });

  it('no header is believed, and none makes a client uncounted', () => {
    expect(addressOf(request('192.0.2.7', '198.51.100.1'), undefined)).toBe('192.0.2.7');
    expect(addressOf(request('192.0.2.7', '10.0.0.1'), undefined)).toBe('192.0.2.7');
  });

  it('a connection without an address is not counted', () => {
    expect(addressOf(request(undefined), undefined)).toBeUndefined();
  });
});

describe('without a proxy', () => {
  it.each([0, false] as const)('(%s) every connection counts, and no header does', (none) => {
    expect(addressOf(request('127.0.0.1', '198.51.100.1'), none)).toBe('127.0.0.1');
    expect(addressOf(request('10.0.0.1'), none)).toBe('10.0.0.1');
  });
});

describe('behind proxies', () => {
  it('the client is who the outermost of them saw', () => {
    expect(addressOf(request('10.0.0.1', '198.51.100.1'), 1)).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', '198.51.100.1, 10.0.0.2'), 2)).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', '198.51.100.1,10.0.0.3,10.0.0.2'), 3)).toBe('198.51.100.1');
  });

  it('what a client writes itself stands to the left, and is not believed', () => {
    expect(addressOf(request('10.0.0.1', '203.0.113.9, 198.51.100.1'), 1)).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', '203.0.113.9, 198.51.100.1, 10.0.0.2'), 2)).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', `${'203.0.113.9, '.repeat(999)}198.51.100.1`), 1)).toBe(
      '198.51.100.1',
    );
  });

  it('who comes past them is who connected, or whom the last of them saw', () => {
    expect(addressOf(request('198.51.100.1'), 1)).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', '198.51.100.1'), 2)).toBe('198.51.100.1');
  });

  it('what is no address ends the way: everything to the left of it is somebody’s invention', () => {
    expect(addressOf(request('10.0.0.1', '203.0.113.9, unknown'), 2)).toBe('10.0.0.1');
    expect(addressOf(request('10.0.0.1', '203.0.113.9, , 10.0.0.2'), 3)).toBe('10.0.0.2');
    expect(addressOf(request('10.0.0.1', ''), 1)).toBe('10.0.0.1');
    expect(addressOf(request('10.0.0.1', '<script>'), 1)).toBe('10.0.0.1');
  });

  it('ports are not part of an address', () => {
    expect(addressOf(request('10.0.0.1', '198.51.100.1:4711'), 1)).toBe('198.51.100.1');
    expect(addressOf(request('10.0.0.1', '[2001:db8::1]:4711'), 1)).toBe('2001:db8:0:0::/64');
    expect(addressOf(request('10.0.0.1', '[2001:db8::1]'), 1)).toBe('2001:db8:0:0::/64');
  });
});

describe('a function', () => {
  it('says by what a client is counted, or that it is not', () => {
    const from = request('10.0.0.1', '203.0.113.9');
    expect(addressOf(from, ({ headers }) => String(headers['x-forwarded-for']))).toBe('203.0.113.9');
    expect(addressOf(from, () => '2001:db8::1')).toBe('2001:db8:0:0::/64');
    expect(addressOf(from, () => 'customer 7')).toBe('customer 7');
    expect(addressOf(from, () => undefined)).toBeUndefined();
  });
});
