/** All the obstacles, in the order in which a request meets them; its answer meets them the other way round. */

import type { Deliver } from '../message.ts';
import { answersWithStatus } from './answers-with-status.ts';
import { endsLongRequests } from './ends-long-requests.ts';
import { holdsResponses } from './holds-responses.ts';
import { losesAnswers } from './loses-answers.ts';
import type { Circumstances, Obstacle } from './obstacle.ts';
import { refusesLargeBodies } from './refuses-large-bodies.ts';
import { repeatsRequests } from './repeats-requests.ts';

const obstacles: readonly Obstacle[] = [
  endsLongRequests,
  holdsResponses,
  refusesLargeBodies,
  answersWithStatus,
  losesAnswers,
  repeatsRequests,
];

/** The way through all of them to the server. */
export function throughObstacles(deliver: Deliver, circumstances: Circumstances): Deliver {
  return obstacles.reduceRight<Deliver>(
    (next, obstacle) => (request) => obstacle(request, next, circumstances),
    deliver,
  );
}
