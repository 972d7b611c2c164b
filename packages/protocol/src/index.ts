/** What both ends share: frames, codecs, the session, backoff. Pure: no I/O, no clock, no timer. */
export * from './answers.ts';
export * from './backoff.ts';
export * from './base64url.ts';
export * from './batches.ts';
export * from './close-codes.ts';
export { formatCommon, parseCommon, type ParseControl, type UnknownFrame } from './control.ts';
export { isCloseCode } from './fields.ts';
export * from './frames.ts';
export * from './inbox.ts';
export * from './outbox.ts';
export { concat } from './records.ts';
export * from './requests.ts';
export * from './session.ts';
export * from './websocket-codec.ts';
