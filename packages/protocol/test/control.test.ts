import { formatCommon, parseCommon } from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeUnits,
  commonFrames,
  malformedNumbers,
  MAX_NUMBER,
  nearLines,
  prototypeNames,
} from './arbitraries.ts';

const WORDS = ['ack', 'ping', 'pong', 'close', 'from'];

describe('the words of both ends', () => {
  it('are readable lines', () => {
    expect(formatCommon({ type: 'ack', received: 7 })).toBe('ack 7');
    expect(formatCommon({ type: 'ping', id: 0 })).toBe('ping 0');
    expect(formatCommon({ type: 'pong', id: 3 })).toBe('pong 3');
    expect(formatCommon({ type: 'close', code: 4001, reason: 'so long, and thanks' })).toBe(
      'close 4001 so long, and thanks',
    );
    expect(formatCommon({ type: 'from', seq: 12, offset: 345 })).toBe('from 12 345');
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(commonFrames, (frame) => {
        expect(parseCommon(formatCommon(frame))).toEqual(frame);
      }),
    );
  });

  it('keep the spaces in a reason, at its ends as well', () => {
    for (const reason of ['', ' ', '  two  spaces  ', '\n', 'tab\there']) {
      expect(parseCommon(`close 1000 ${reason}`)).toEqual({ type: 'close', code: 1000, reason });
    }
    expect(parseCommon('close 1000')).toEqual({ type: 'close', code: 1000, reason: '' });
  });

  it.each(['ack #', 'ping #', 'pong #', 'close # x', 'from # 0', 'from 1 #'])(
    'are malformed without a canonical number: %s',
    (line) => {
      for (const field of malformedNumbers) expect(parseCommon(line.replace('#', field))).toBeUndefined();
    },
  );

  it.each(WORDS)('are malformed without their fields: %s', (word) => {
    expect(parseCommon(word)).toBeUndefined();
    expect(parseCommon(`${word} `)).toBeUndefined();
  });

  it('take numbers of fifteen digits, and none of sixteen', () => {
    expect(parseCommon(`ack ${MAX_NUMBER}`)).toEqual({ type: 'ack', received: MAX_NUMBER });
    expect(parseCommon(`ack ${MAX_NUMBER + 1}`)).toBeUndefined();
  });

  it('count messages from 1', () => {
    expect(parseCommon('from 0 0')).toBeUndefined();
    expect(parseCommon('from 1 0')).toEqual({ type: 'from', seq: 1, offset: 0 });
  });

  it.each([0, 1, 999, 1004, 1006, 1015, 1016, 1999, 2999, 5000, 65535])('know no close code %i', (code) => {
    expect(parseCommon(`close ${code} x`)).toBeUndefined();
  });

  it.each([1000, 1003, 1005, 1014, 3000, 4999])('know the close code %i', (code) => {
    expect(parseCommon(`close ${code} x`)).toEqual({ type: 'close', code, reason: 'x' });
  });
});

describe('other words', () => {
  it.each(['', ' ', 'hello', 'ACK 1', 'acknowledge 1', 'ack\t1', '\uFEFFack 1', ' ack 1', ...prototypeNames])(
    'are unknown: %j',
    (line) => {
      expect(parseCommon(line)).toEqual({ type: 'unknown' });
    },
  );
});

it('reads any string without throwing', () => {
  fc.assert(
    fc.property(fc.oneof(codeUnits, nearLines(WORDS)), (line) => {
      const frame = parseCommon(line);
      if (frame && frame.type !== 'unknown') expect(parseCommon(formatCommon(frame))).toEqual(frame);
    }),
    { numRuns: 1000 },
  );
});
