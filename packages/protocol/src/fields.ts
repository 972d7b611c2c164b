/** The fields of a control frame's line: how each is checked, for all grammars alike (PROTOCOL.md §3.2). */

/** Fifteen digits stay below 2^53. */
const NUMBER = /^(0|[1-9]\d{0,14})$/;
const ID = /^[\w-]{22,64}$/;

/** A decimal number, or NaN. */
export const number = (field: string | undefined): number => (NUMBER.test(field ?? '') ? Number(field) : NaN);

/** A session's id: 22 to 64 characters of base64url. */
export const isId = (field: string | undefined): field is string => ID.test(field ?? '');

/** Close codes that may travel: RFC 6455 §7.4, and 1005 for "no code given". */
export const isCloseCode = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1006) || (code >= 3000 && code <= 4999);

/** The frame, if all its numbers are numbers. */
export function checked<F extends object>(frame: F): F | undefined {
  return Object.values(frame).some(Number.isNaN) ? undefined : frame;
}
