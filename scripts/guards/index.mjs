// The guards, each with what breaks it and the scene that notices.

import { admissionGuards } from './admission.mjs';
import { batchGuards } from './batches.mjs';
import { boundGuards } from './bounds.mjs';
import { clientHttpGuards } from './client-http.mjs';
import { clientResponseGuards } from './client-responses.mjs';
import { clientWebSocketGuards } from './client-websockets.mjs';
import { connectionGuards } from './connection.mjs';
import { drainingGuards } from './draining.mjs';
import { endpointGuards } from './endpoint.mjs';
import { faceGuards } from './face.mjs';
import { flowGuards } from './flow.mjs';
import { hostileGuards } from './hostile.mjs';
import { lifeGuards } from './life.mjs';
import { lineGuards } from './lines.mjs';
import { metricGuards } from './metrics.mjs';
import { moveGuards } from './moves.mjs';
import { pageGuards } from './pages.mjs';
import { plainGuards } from './plain.mjs';
import { serverHttpGuards } from './server-http.mjs';
import { serverSocketGuards } from './server-socket.mjs';
import { serverStreamGuards } from './server-streams.mjs';
import { serverWebSocketGuards } from './server-websockets.mjs';
import { sessionGuards } from './session.mjs';
import { statsGuards } from './stats.mjs';
import { unansweredGuards } from './unanswered.mjs';

/**
 * @typedef {object} Damage
 * @property {string} file where the guard stands, under packages/
 * @property {string} find what stands exactly once in `file`
 * @property {string} [replace] what breaks it; left out: nothing in its place
 */

/**
 * @typedef {Damage & Held} Guard
 * @typedef {object} Held
 * @property {string} name what it holds
 * @property {readonly Damage[]} [also] where the same is held once more: it is broken at all of these places
 * @property {string} scene the test that notices: its file under packages/, then its titles, with ` > ` between
 */

/** @type {readonly Guard[]} */
export const guards = [
  ...sessionGuards,
  ...batchGuards,
  ...lineGuards,
  ...lifeGuards,
  ...moveGuards,
  ...connectionGuards,
  ...clientHttpGuards,
  ...clientResponseGuards,
  ...clientWebSocketGuards,
  ...unansweredGuards,
  ...plainGuards,
  ...endpointGuards,
  ...pageGuards,
  ...serverSocketGuards,
  ...serverHttpGuards,
  ...serverStreamGuards,
  ...serverWebSocketGuards,
  ...faceGuards,
  ...flowGuards,
  ...admissionGuards,
  ...boundGuards,
  ...drainingGuards,
  ...statsGuards,
  ...metricGuards,
  ...hostileGuards,
];

/** The file and the titles of a scene. @param {string} scene */
export function partsOf(scene) {
  const [file = '', ...titles] = scene.split(' > ');
  return { file, titles };
}
