import { plainAnswer } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `demandLength`. */
export const demandsLength: Obstacle = async (request, deliver, { weather }) => {
  if (weather.faults.demandLength && request.chunked) return plainAnswer(411, 'Length Required');
  return deliver(request);
};
