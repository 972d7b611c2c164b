/** The grammar of control frames, by example: what is one, and what is none (PROTOCOL.md §3.2). */
import { isCloseCode, parseAnswer, parseCommon, parseRequest, readOffer } from '@holdfast/protocol';
import { describe, expect, it } from 'vitest';

const ID = 'a-session-of-22-chars_';

describe('a number', () => {
  it('is decimal, canonical, and has fifteen digits at most', () => {
    expect(parseCommon('ack 0')).toEqual({ type: 'ack', received: 0 });
    expect(parseCommon('ack 999999999999999')).toEqual({ type: 'ack', received: 999_999_999_999_999 });
    for (const wrong of ['1000000000000000', '01', '00', '', '-1', '1.0', '1e3', '0x1', ' 1'])
      expect(parseCommon(`ack ${wrong}`)).toBeUndefined();
  });
});

describe('an id', () => {
  it('has 22 to 64 characters of base64url', () => {
    for (const id of ['x'.repeat(22), 'x'.repeat(64), ID])
      expect(parseRequest(`send ${id} 1`)).toMatchObject({ id });
    for (const id of ['x'.repeat(21), 'x'.repeat(65), `${ID}=`, `${ID}é`, '__proto__'])
      expect(parseRequest(`send ${id} 1`)).toBeUndefined();
  });
});

describe('a close code', () => {
  it('is one that may travel', () => {
    for (const code of [1000, 1003, 1005, 1014, 3000, 4999]) {
      expect(isCloseCode(code)).toBe(true);
      expect(parseCommon(`close ${code} so long`)).toEqual({ type: 'close', code, reason: 'so long' });
    }
    for (const code of [0, 999, 1004, 1006, 1015, 2999, 5000, NaN]) {
      expect(isCloseCode(code)).toBe(false);
      expect(parseCommon(`close ${code} so long`)).toBeUndefined();
    }
  });
});

describe('a frame', () => {
  it('is none if a number of it is none', () => {
    for (const line of ['ping one', 'from 1', 'from 1 x']) expect(parseCommon(line)).toBeUndefined();
    for (const line of [`attach ${ID} x new -`, `attach ${ID} 1 old -`, `poll ${ID} 1 1 x poll`, 'seen'])
      expect(parseRequest(line)).toBeUndefined();
    for (const line of ['go-away 1', 'batch', 'stream x']) expect(parseAnswer(line)).toBeUndefined();
  });

  it('has no place before the first message', () => {
    expect(parseCommon('from 1 0')).toEqual({ type: 'from', seq: 1, offset: 0 });
    expect(parseCommon('from 0 0')).toBeUndefined();
  });

  it('polls in one of two modes', () => {
    expect(parseRequest(`poll ${ID} 1 2 3 stream`)).toMatchObject({ mode: 'stream' });
    for (const mode of ['push', '', 'Stream'])
      expect(parseRequest(`poll ${ID} 1 2 3 ${mode}`)).toBeUndefined();
  });

  it('has a token that can be read', () => {
    expect(parseRequest(`attach ${ID} 1 new dG9rZW4 chat`)).toMatchObject({
      auth: 'token',
      protocols: ['chat'],
    });
    expect(parseRequest(`attach ${ID} 1 new -`)).toMatchObject({ auth: '' });
    for (const token of ['dG9r*', '_w']) expect(parseRequest(`attach ${ID} 1 new ${token}`)).toBeUndefined();
  });
});

describe('an offer', () => {
  it('keeps our subprotocols from the application', () => {
    const offered = ['holdfast.1', 'holdfast.2', `holdfast.attach.${ID}.1.new.-`, 'chat'];
    expect(readOffer(offered)).toMatchObject({ id: ID, attempt: 1, received: 'new', protocols: ['chat'] });
  });
});

describe('a welcome', () => {
  it('is none if its JSON is none', () => {
    expect(
      parseAnswer('welcome {"received":1,"protocol":"","heartbeat":2,"maxPayload":3,"later":{}}'),
    ).toEqual({ type: 'welcome', received: 1, offset: 0, protocol: '', heartbeat: 2, maxPayload: 3 });
    for (const json of ['', '{', 'null', '[]', '{}', '{"received":-1}'])
      expect(parseAnswer(`welcome ${json}`)).toBeUndefined();
  });
});
