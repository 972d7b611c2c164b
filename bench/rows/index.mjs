/** All rows, in the order in which they are measured and shown. */

import { broadcast, broadcastHttp } from './broadcast.mjs';
import { bytes, bytesHttp } from './bytes.mjs';
import { connections } from './connections.mjs';
import { dependenciesRow } from './dependencies.mjs';
import { echoPolling } from './echo-polling.mjs';
import { echo } from './echo.mjs';
import { growthSessions, growthSize } from './growth.mjs';
import { herd } from './herd.mjs';
import { memory, memoryHttp } from './memory.mjs';
import { messagesDown } from './messages-down.mjs';
import { oneInFlightHttp } from './one-in-flight-http.mjs';
import { oneInFlight } from './one-in-flight.mjs';
import { roundTrips, roundTripsHttp } from './round-trips.mjs';
import { manyMessages, slowUplink } from './slow-links.mjs';
import { throughput, throughputHttp } from './throughput.mjs';

export const rows = [
  echo,
  oneInFlight,
  echoPolling,
  oneInFlightHttp,
  broadcast,
  broadcastHttp,
  bytes,
  bytesHttp,
  roundTrips,
  roundTripsHttp,
  manyMessages,
  messagesDown,
  slowUplink,
  throughput,
  throughputHttp,
  connections,
  herd,
  memory,
  memoryHttp,
  dependenciesRow,
  growthSessions,
  growthSize,
];

/** Those of this name, or of this group. @param {string} name */
export function rowsOf(name) {
  const named = rows.filter((one) => one.name === name || one.group === name);
  return named.length > 0 ? named : [rowOf(name)];
}

/** @param {string} name */
export function rowOf(name) {
  const row = rows.find((one) => one.name === name);
  if (!row) throw new Error(`there is no row ${name}`);
  return row;
}
