/** What clients say, written by hand: for those that are no Holdfast client. */

import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { ADDRESS_HEADER } from './plan.mjs';

export const newId = () => randomBytes(16).toString('base64url');

/** A control record (PROTOCOL.md §6.1). @param {string} line */
function record(line) {
  const bytes = Buffer.from(line);
  const header = [];
  let rest = bytes.length * 8 + 4;
  for (; rest > 127; rest = Math.floor(rest / 128)) header.push((rest % 128) + 128);
  return Buffer.concat([Buffer.from([...header, rest]), bytes]);
}

/**
 * @param {number} port
 * @param {readonly (string | Buffer)[]} records lines of control frames, or bytes as they are
 * @param {string} [address] whose the request is
 * @returns the status; 0 if there was none
 */
export async function post(port, records, address) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/?holdfast=1.${newId().slice(0, 6)}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', ...(address && { [ADDRESS_HEADER]: address }) },
      body: Buffer.concat(records.map((each) => (typeof each === 'string' ? record(each) : each))),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

/**
 * Sends bytes on a connection of their own, and waits until the server ends it, or for a while.
 *
 * @param {number} port
 * @param {readonly (string | Buffer)[]} parts each is sent once something has come for the one before
 * @param {number} wait in ms
 */
export function say(port, parts, wait) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => socket.destroy(), wait);
    let next = 0;
    const go = () => {
      const part = parts[next++];
      if (part !== undefined) socket.write(part);
    };
    socket.on('connect', go);
    socket.on('data', go);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}

/** An upgrade that offers these subprotocols. @param {string[]} protocols @param {string} [address] */
export const upgrade = (protocols, address) =>
  [
    'GET / HTTP/1.1',
    'Host: here',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []),
    ...(address ? [`${ADDRESS_HEADER}: ${address}`] : []),
    '',
    '',
  ].join('\r\n');
