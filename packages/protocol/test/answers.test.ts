import { formatAnswer, parseAnswer, type AnswerFrame } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closeCodes,
  codeUnits,
  commonFrames,
  ids,
  malformedNumbers,
  nearLines,
  numbers,
  prototypeNames,
  texts,
} from './arbitraries.ts';

const WORDS = [
  'welcome',
  'superseded',
  'gone',
  'refused',
  'go-away',
  'batch',
  'probe',
  'stream',
  'ack',
  'close',
];

const answers: fc.Arbitrary<AnswerFrame> = fc.oneof(
  fc.record(
    {
      type: fc.constant('welcome' as const),
      received: numbers,
      offset: numbers,
      protocol: codeUnits,
      heartbeat: numbers,
      maxPayload: numbers,
      key: ids,
    },
    { requiredKeys: ['type', 'received', 'offset', 'protocol', 'heartbeat', 'maxPayload'] },
  ),
  fc.record({ type: fc.constantFrom('superseded' as const, 'gone' as const, 'drain' as const) }),
  fc.record({ type: fc.constant('refused' as const), code: closeCodes, reason: texts }),
  fc.record({ type: fc.constant('go-away' as const), delay: numbers, spread: numbers }),
  fc.record({
    type: fc.constantFrom('batch' as const, 'probe' as const, 'stream' as const, 'spread' as const),
    number: numbers,
  }),
);

describe('what a server says', () => {
  it('is readable lines', () => {
    const welcome = {
      type: 'welcome',
      received: 3,
      protocol: 'chat',
      heartbeat: 25000,
      maxPayload: 1024,
    } as const;
    expect(formatAnswer(welcome)).toBe(
      'welcome {"received":3,"protocol":"chat","heartbeat":25000,"maxPayload":1024}',
    );
    expect(formatAnswer({ type: 'superseded' })).toBe('superseded');
    expect(formatAnswer({ type: 'gone' })).toBe('gone');
    expect(formatAnswer({ type: 'refused', code: 3000, reason: 'who are you?' })).toBe(
      'refused 3000 who are you?',
    );
    expect(formatAnswer({ type: 'go-away', delay: 10, spread: 1000 })).toBe('go-away 10 1000');
    expect(formatAnswer({ type: 'probe', number: 2 })).toBe('probe 2');
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.oneof(answers, commonFrames), (frame) => {
        expect(parseAnswer(formatAnswer(frame))).toEqual(frame);
      }),
    );
  });

  it.each(['go-away # 1', 'go-away 1 #', 'batch #', 'probe #', 'stream #', 'refused # x', 'ack #'])(
    'is malformed without a canonical number: %s',
    (line) => {
      for (const field of malformedNumbers) expect(parseAnswer(line.replace('#', field))).toBeUndefined();
    },
  );

  it.each([999, 1004, 1006, 1015, 2999, 5000])('refuses with no close code %i', (code) => {
    expect(parseAnswer(`refused ${code} x`)).toBeUndefined();
  });

  it('takes new fields of a welcome for nothing', () => {
    const welcome = { type: 'welcome', received: 3, offset: 0, protocol: '', heartbeat: 1, maxPayload: 2 };
    const { type: _, ...fields } = welcome;
    expect(parseAnswer(`welcome ${JSON.stringify({ ...fields, type: 'gone', colour: 'red' })}`)).toEqual(
      welcome,
    );
  });

  it.each<[unknown, string | undefined]>([
    ['a-key-of-22-characters', 'a-key-of-22-characters'],
    [7, '7'],
    [['a', 'b'], 'a,b'],
    [{}, '[object Object]'],
    [null, undefined],
    ['', undefined],
    // What cannot even be written as text makes the whole of it malformed.
    [{ toString: 1 }, undefined],
  ])('has a key that is text, or none: %j', (key, text) => {
    const read = parseAnswer(
      `welcome ${JSON.stringify({ received: 3, protocol: '', heartbeat: 1, maxPayload: 2, key })}`,
    );
    expect((read as { key?: unknown } | undefined)?.key).toBe(text);
  });

  it.each([
    '',
    ' ',
    ' null',
    ' 7',
    ' "text"',
    ' []',
    ' {}',
    ' {',
    ' {"received":1,"protocol":"","heartbeat":1}',
    ' {"received":-1,"protocol":"","heartbeat":1,"maxPayload":1}',
    ' {"received":1.5,"protocol":"","heartbeat":1,"maxPayload":1}',
    ' {"received":1e21,"protocol":"","heartbeat":1,"maxPayload":1}',
    ' {"received":"01","protocol":"","heartbeat":1,"maxPayload":1}',
    ' {"received":null,"protocol":"","heartbeat":1,"maxPayload":1}',
    ' {"received":{"toString":1},"protocol":"","heartbeat":1,"maxPayload":1}',
    ' {"__proto__":{"received":1,"protocol":"","heartbeat":1,"maxPayload":1}}',
  ])('is malformed with this behind the welcome: %j', (rest) => {
    expect(parseAnswer(`welcome${rest}`)).toBeUndefined();
  });

  it.each(['attach', 'send', 'poll', 'seen 1', 'Welcome {}', 'hello', '', ...prototypeNames])(
    'is unknown if it is not the word of a server: %j',
    (line) => {
      expect(parseAnswer(line)).toEqual({ type: 'unknown' });
    },
  );

  it('is read without throwing, whatever it is', () => {
    const welcomes = fc.json().map((json) => `welcome ${json}`);
    fc.assert(
      fc.property(fc.oneof(codeUnits, welcomes, nearLines(WORDS)), (line) => {
        const frame = parseAnswer(line);
        if (frame && frame.type !== 'unknown') expect(parseAnswer(formatAnswer(frame))).toEqual(frame);
      }),
      { numRuns: 1000 },
    );
  });
});
