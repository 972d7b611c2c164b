import { ConnectionReset, plainAnswer } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `maxRequestTime`: a limit on the whole exchange, which a response that is still streaming does not survive. */
export const endsLongRequests: Obstacle = async (request, deliver, { weather }) => {
  const { maxRequestTime, maxRequestTimeAnswer } = weather.faults;
  if (maxRequestTime === false) return deliver(request);

  const over = new AbortController();
  const timeIsUp = new Promise<'up'>((resolve) => {
    over.signal.addEventListener('abort', () => resolve('up'));
  });
  const timer = setTimeout(() => over.abort(), maxRequestTime);
  request.gone.addEventListener('abort', () => clearTimeout(timer), { once: true });

  const answer = await Promise.race([
    timeIsUp,
    deliver({ ...request, gone: AbortSignal.any([request.gone, over.signal]) }),
  ]);
  if (answer !== 'up') return answer;
  if (maxRequestTimeAnswer === 'reset') throw new ConnectionReset();
  return plainAnswer(504, 'Gateway Timeout');
};
