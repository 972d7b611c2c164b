import { ConnectionReset } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `loseAnswers`. The server has begun its answer by then, so that the request has taken effect. */
export const losesAnswers: Obstacle = async (request, deliver, { weather, random }) => {
  const answer = await deliver(request);
  const { loseAnswers } = weather.faults;
  if (loseAnswers === 0 || random() >= loseAnswers) return answer;
  answer.body.resume();
  throw new ConnectionReset();
};
