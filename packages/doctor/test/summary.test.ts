/** What a client would use, from what was found. */
import { describe, expect, test } from 'vitest';
import { inOrder, summarize, titles, type CheckName, type Finding, type Verdict } from '@holdfast/doctor';

const all = (changes: Partial<Record<CheckName, Verdict>>): Finding[] =>
  (Object.keys(titles) as CheckName[]).map((check) => ({
    check,
    verdict: changes[check] ?? 'ok',
    measured: {},
    words: check,
  }));

describe('a client would use', () => {
  test.each<[string, Partial<Record<CheckName, Verdict>>, string | undefined]>([
    ['a WebSocket where all is well', {}, 'websocket'],
    ['a WebSocket that is cut when idle', { idle: 'impaired' }, 'websocket'],
    ['a WebSocket where HTTP does not work', { server: 'broken', requests: 'skipped' }, 'websocket'],
    ['streaming where no WebSocket opens', { upgrade: 'broken', frames: 'skipped' }, 'streaming'],
    ['streaming where a WebSocket does not live', { idle: 'broken' }, 'streaming'],
    ['polling where responses are held', { frames: 'broken', streaming: 'broken' }, 'polling'],
    ['nothing where a page may not read', { upgrade: 'broken', cors: 'broken' }, undefined],
    ['nothing where requests go astray', { upgrade: 'broken', requests: 'broken' }, undefined],
  ])('%s', (_title, changes, transport) => {
    expect(summarize(all(changes)).transport).toBe(transport);
  });

  test('nothing that was not looked at', () => {
    expect(summarize([]).transport).toBeUndefined();
  });
});

test('what to mend begins with what is broken', () => {
  const { toMend } = summarize(all({ bodies: 'impaired', held: 'broken', cookies: 'skipped' }));
  expect(toMend.map(({ check }) => check)).toEqual(['held', 'bodies']);
});

test('findings are read in the order of their titles', () => {
  expect(inOrder(all({}).reverse()).map(({ check }) => check)).toEqual(Object.keys(titles));
});
