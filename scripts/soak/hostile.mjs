/** Who means harm: garbage in every place, attaches without end, connections that say nothing, bodies that never come. */

import { seededRandom } from '@holdfast/fault-proxy';
import { ADDRESSES, ATTACHES, HOSTILE, SERVER_OPTIONS } from './plan.mjs';
import { newId, post, say, upgrade } from './wire.mjs';

/** What the server waits for is over after this, in ms. */
const WAIT = SERVER_OPTIONS.attachTimeout + 1000;
/** Attaches that are asked for at the same time. */
const AT_ONCE = 20;

/** @param {import('./plan.mjs').Where} where */
export async function beHostile({ port, seed }) {
  const random = seededRandom(seed);
  const integer = (/** @type {number} */ below) => Math.floor(random() * below);
  const bytes = () => Buffer.from(Array.from({ length: 1 + integer(2000) }, () => integer(256)));
  const address = () => `address ${integer(ADDRESSES)}`;
  /** A frame of a WebSocket whose header is right and masked, and whose content is not. */
  const frame = () => {
    const content = bytes().subarray(0, 125);
    return Buffer.concat([Buffer.from([0x81 + integer(2), 0x80 + content.length, 0, 0, 0, 0]), content]);
  };
  const attach = () => `holdfast.attach.${newId()}.1.new.-`;
  const line = () =>
    `${['send', 'poll', 'attach', 'ack', 'close'][integer(5)]} ${bytes().toString('base64')}`;

  /** @type {(() => Promise<unknown>)[]} */
  const kinds = [
    () => say(port, [bytes()], WAIT),
    () => say(port, [upgrade(['holdfast.1', attach()], address()), bytes()], WAIT),
    () => say(port, [upgrade(['holdfast.1', attach()], address()), frame(), frame()], WAIT),
    () => say(port, [upgrade([], address()), frame(), bytes()], WAIT),
    // It never attaches.
    () => say(port, [upgrade(['holdfast.1'], address())], WAIT),
    // Its body never comes.
    () => say(port, ['POST /?holdfast=1.x HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nxyz'], WAIT),
    () => post(port, [bytes()], address()),
    () => post(port, [line(), bytes()], address()),
  ];
  const attaching = Array.from({ length: AT_ONCE }, async () => {
    for (let i = 0; i < ATTACHES / AT_ONCE; i++)
      await post(port, [`attach ${newId()} 1 new - abandoned`], address());
  });
  await Promise.all([
    ...attaching,
    ...kinds.flatMap((kind) => Array.from({ length: HOSTILE }, () => kind())),
  ]);
}
