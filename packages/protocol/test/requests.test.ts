import {
  ATTACH_TOKEN,
  formatRequest,
  offerAttach,
  parseRequest,
  readOffer,
  SUBPROTOCOL,
  type AttachFrame,
  type RequestFrame,
} from '@holdfast/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeUnits,
  commonFrames,
  ids,
  malformedNumbers,
  nearLines,
  numbers,
  prototypeNames,
} from './arbitraries.ts';

const ID = 'a-session-of-22-chars_';
const WORDS = ['attach', 'send', 'poll', 'seen', 'ack', 'ping', 'pong', 'close', 'from'];

const subprotocolNames = fc
  .stringMatching(/^[!#$%&'*+.^_`|~\w-]{1,20}$/)
  .filter((name) => !name.startsWith('holdfast.'));

const attaches: fc.Arbitrary<AttachFrame> = fc.record({
  type: fc.constant('attach' as const),
  id: ids,
  attempt: numbers,
  received: fc.oneof(numbers, fc.constant('new' as const)),
  auth: fc.string({ unit: 'grapheme' }),
  protocols: fc.array(subprotocolNames, { maxLength: 4 }),
});

const requests: fc.Arbitrary<RequestFrame> = fc.oneof(
  attaches,
  fc.record(
    { type: fc.constant('send' as const), id: ids, attempt: numbers, key: ids },
    { requiredKeys: ['type', 'id', 'attempt'] },
  ),
  fc.record(
    {
      type: fc.constant('poll' as const),
      id: ids,
      attempt: numbers,
      number: numbers,
      hold: numbers,
      mode: fc.constantFrom('stream' as const, 'poll' as const),
      key: ids,
    },
    { requiredKeys: ['type', 'id', 'attempt', 'number', 'hold', 'mode'] },
  ),
  fc.record({ type: fc.constant('seen' as const), number: numbers }),
);

describe('what a client says', () => {
  it('is readable lines', () => {
    const attach: AttachFrame = {
      type: 'attach',
      id: ID,
      attempt: 1,
      received: 'new',
      auth: '',
      protocols: [],
    };
    expect(formatRequest(attach)).toBe(`attach ${ID} 1 new -`);
    expect(
      formatRequest({ ...attach, attempt: 2, received: 17, auth: 'é?', protocols: ['chat', 'v2'] }),
    ).toBe(`attach ${ID} 2 17 w6k_ chat v2`);
    expect(formatRequest({ type: 'send', id: ID, attempt: 3 })).toBe(`send ${ID} 3`);
    expect(formatRequest({ type: 'poll', id: ID, attempt: 3, number: 1, hold: 25000, mode: 'poll' })).toBe(
      `poll ${ID} 3 1 25000 poll`,
    );
    expect(formatRequest({ type: 'seen', number: 4 })).toBe('seen 4');
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.oneof(requests, commonFrames), (frame) => {
        expect(parseRequest(formatRequest(frame))).toEqual(frame);
      }),
    );
  });

  it.each([
    `attach ${ID} # new -`,
    `attach ${ID} 1 # -`,
    `send ${ID} #`,
    `poll ${ID} # 1 1 poll`,
    `poll ${ID} 1 # 1 poll`,
    `poll ${ID} 1 1 # poll`,
    'seen #',
    'ack #',
  ])('is malformed without a canonical number: %s', (line) => {
    for (const field of malformedNumbers) expect(parseRequest(line.replace('#', field))).toBeUndefined();
  });

  it.each(['attach # 1 new -', 'send # 1', 'poll # 1 1 1 poll'])(
    'is malformed without a good id: %s',
    (line) => {
      const wrong = [
        '',
        'short',
        'x'.repeat(21),
        'x'.repeat(65),
        `${ID}+`,
        `${ID}\n`,
        `${ID}é`,
        '__proto__',
        'constructor',
      ];
      for (const id of wrong) expect(parseRequest(line.replace('#', id))).toBeUndefined();
      for (const id of ['x'.repeat(22), 'x'.repeat(64)])
        expect(parseRequest(line.replace('#', id))).toMatchObject({ id });
    },
  );

  it.each(['', ' ', ' STREAM', ' streams', ' toString'])(
    'is malformed with another way of polling:%j',
    (mode) => {
      expect(parseRequest(`poll ${ID} 1 1 1${mode}`)).toBeUndefined();
    },
  );

  it.each(['*', '%', 'a', 'é', '_w', '=', '____'])(
    'is malformed with a token that is no UTF-8 in base64url: %s',
    (token) => {
      expect(parseRequest(`attach ${ID} 1 new ${token}`)).toBeUndefined();
      expect(readOffer([`${ATTACH_TOKEN}${ID}.1.new.${token}`])).toBeUndefined();
    },
  );

  it.each(['welcome {}', 'gone', 'superseded', 'refused 3000 no', 'batch 1', 'hello', '', ...prototypeNames])(
    'is unknown if it is not the word of a client: %j',
    (line) => {
      expect(parseRequest(line)).toEqual({ type: 'unknown' });
    },
  );

  it('is read without throwing, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(codeUnits, nearLines(WORDS)), (line) => {
        const frame = parseRequest(line);
        if (frame && frame.type !== 'unknown') expect(parseRequest(formatRequest(frame))).toEqual(frame);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('an offer of subprotocols', () => {
  it('names the version first, then the attach, then those of the application', () => {
    const frame: AttachFrame = {
      type: 'attach',
      id: ID,
      attempt: 4,
      received: 2,
      auth: '',
      protocols: ['chat'],
    };
    expect(offerAttach(frame)).toEqual(['holdfast.1', `holdfast.attach.${ID}.4.2.-`, 'chat']);
  });

  it('is made of HTTP tokens', () => {
    fc.assert(
      fc.property(attaches, (frame) => {
        for (const name of offerAttach(frame)) expect(name).toMatch(/^[!#$%&'*+.^_`|~\w-]+$/);
      }),
    );
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(attaches, (frame) => {
        expect(readOffer(offerAttach(frame))).toEqual(frame);
      }),
    );
  });

  it('holds no attach, or a malformed one', () => {
    expect(readOffer([])).toBeUndefined();
    expect(readOffer([SUBPROTOCOL, 'chat'])).toBeUndefined();
    expect(readOffer([SUBPROTOCOL, ATTACH_TOKEN])).toBeUndefined();
    expect(readOffer([SUBPROTOCOL, `${ATTACH_TOKEN}${ID}.01.new.-`])).toBeUndefined();
    expect(readOffer([SUBPROTOCOL, `${ATTACH_TOKEN}${ID}.1.old.-`])).toBeUndefined();
  });

  it('is read without throwing, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            codeUnits,
            codeUnits.map((rest) => ATTACH_TOKEN + rest),
          ),
        ),
        (offered) => {
          readOffer(offered);
        },
      ),
    );
  });
});
