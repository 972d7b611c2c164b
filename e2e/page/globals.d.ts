/** What a function that a test evaluates in the page finds there: see `index.html`. */

import type * as client from '@holdfast/client';
import type * as messages from './messages.js';
import type * as peer from './peer.js';
import type { run } from './programs.js';

declare global {
  const Holdfast: typeof client;
  const Peer: typeof peer.Peer;
  const someBytes: typeof messages.someBytes;
  const holds: typeof messages.holds;
  const everyCodePoint: typeof messages.everyCodePoint;
  const oddTexts: typeof messages.oddTexts;
  const wellFormed: typeof messages.wellFormed;
  const runProgram: typeof run;
}
