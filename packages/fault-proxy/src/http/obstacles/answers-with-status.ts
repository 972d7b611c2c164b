import { STATUS_CODES } from 'node:http';
import { plainAnswer } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `status`. */
export const answersWithStatus: Obstacle = async (request, deliver, { weather, random }) => {
  const { status } = weather.faults;
  if (status === false || random() >= status.share) return deliver(request);
  return plainAnswer(
    status.code,
    STATUS_CODES[status.code] ?? '',
    status.retryAfter === undefined ? [] : [['Retry-After', String(status.retryAfter)]],
  );
};
