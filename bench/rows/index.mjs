/** All rows, in the order in which they are measured and shown. */

import { bytes, bytesHttp } from './bytes.mjs';
import { connections, resumes } from './connections.mjs';
import { echoPolling } from './echo-polling.mjs';
import { echo } from './echo.mjs';
import { memory, memoryPolling } from './memory.mjs';
import { oneInFlight } from './one-in-flight.mjs';
import { roundTrips, roundTripsHttp } from './round-trips.mjs';

export const rows = [
  echo,
  oneInFlight,
  echoPolling,
  bytes,
  bytesHttp,
  roundTrips,
  roundTripsHttp,
  connections,
  resumes,
  memory,
  memoryPolling,
];

/** @param {string} name */
export function rowOf(name) {
  const row = rows.find((one) => one.name === name);
  if (!row) throw new Error(`there is no row ${name}`);
  return row;
}
