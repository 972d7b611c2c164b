/** What comes along with our packages is counted, and held. */
import { expect, it } from 'vitest';
import { dependencies } from '../lib/dependencies.mjs';

it('installs nothing with the client', () => {
  expect([...dependencies('@holdfast/client')]).toEqual([]);
});

it('installs ws with the server, and nothing else', () => {
  expect([...dependencies('@holdfast/server')]).toEqual([expect.stringMatching(/^ws@8\./)]);
});

it('finds what comes with what comes along, wherever it stands', () => {
  const names = [...dependencies('socket.io')].map((one) => one.replace(/@[^@]*$/, ''));
  expect(names).toEqual(expect.arrayContaining(['engine.io', 'engine.io-parser', 'mime-db', 'ws']));
  expect(names).not.toContain('socket.io');
});

it('does not count what is not installed', () => {
  expect(() => dependencies('no-such-package')).toThrow('no-such-package is not installed');
});
