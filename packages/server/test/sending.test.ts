import { expect, it } from 'vitest';
import { Copies } from '../src/sending.ts';

it('copies what is sent to one client after the other once', () => {
  const copies = new Copies();
  const bytes = Buffer.from('for all');
  const first = copies.of(bytes);
  expect(first).toEqual(bytes);
  expect(first).not.toBe(bytes);
  expect(copies.of(bytes)).toBe(first);
  bytes.write('changed');
  expect(copies.of(bytes)).toEqual(Buffer.from('changed'));
  expect(first).toEqual(Buffer.from('for all'));
});
