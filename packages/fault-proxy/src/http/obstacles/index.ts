/** All the obstacles, in the order in which a request meets them; its answer meets them the other way round. */

import type { Deliver } from '../message.ts';
import { answersAsPortal } from './answers-as-portal.ts';
import { answersWithStatus } from './answers-with-status.ts';
import { cachesAnswers } from './caches-answers.ts';
import { demandsLength } from './demands-length.ts';
import { endsLongRequests } from './ends-long-requests.ts';
import { holdsResponses } from './holds-responses.ts';
import { losesAnswers } from './loses-answers.ts';
import type { Circumstances, Obstacle } from './obstacle.ts';
import { refusesLargeBodies } from './refuses-large-bodies.ts';
import { repeatsRequests } from './repeats-requests.ts';
import { stripsHeaders } from './strips-headers.ts';

const allObstacles = (): readonly Obstacle[] => [
  answersAsPortal,
  cachesAnswers(),
  endsLongRequests,
  holdsResponses,
  stripsHeaders,
  demandsLength,
  refusesLargeBodies,
  answersWithStatus,
  losesAnswers,
  repeatsRequests,
];

/** The way through all of them to the server. */
export function throughObstacles(deliver: Deliver, circumstances: Circumstances): Deliver {
  return allObstacles().reduceRight<Deliver>(
    (next, obstacle) => (request) => obstacle(request, next, circumstances),
    deliver,
  );
}
