import { plainAnswer } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `maxBody`. */
export const refusesLargeBodies: Obstacle = async (request, deliver, { weather }) => {
  const { maxBody } = weather.faults;
  if (maxBody !== false && request.body.length > maxBody) return plainAnswer(413, 'Content Too Large');
  return deliver(request);
};
