import type { Answer, Deliver, Request } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `requests`. */
export const repeatsRequests: Obstacle = async (request, deliver, { weather }) => {
  const { requests } = weather.faults;
  if (request.method !== 'POST') return deliver(request);
  switch (requests) {
    case 'pass':
      return deliver(request);
    case 'doubled':
      return double(request, deliver);
    case 'retried': {
      const lost = await deliver(request);
      lost.body.destroy();
      return deliver(request);
    }
  }
};

/** Both are under way at once, since the first answer may be one that takes minutes to begin. */
function double(request: Request, deliver: Deliver): Promise<Answer> {
  const first = deliver(request);
  // The copy must arrive even if the first answer is over before it does: it may only be given up once it is answered.
  const { gone } = request;
  void deliver({ ...request, gone: new AbortController().signal }).then(({ body }) => {
    body.resume();
    if (gone.aborted) body.destroy();
    else gone.addEventListener('abort', () => void body.destroy(), { once: true });
  });
  return first;
}
