import { PassThrough, Readable } from 'node:stream';
import type { Answer } from '../message.ts';
import type { Obstacle } from './obstacle.ts';

/** The fault `cache`. Whatever was answered 200 and whole is the answer from then on; no more than so many, the oldest go first. */
const maxAnswers = 1000;

/** One cache, which is empty. */
export function cachesAnswers(): Obstacle {
  const cache = new Map<string, Omit<Answer, 'body'> & { readonly body: Buffer }>();
  return async (request, deliver, { weather }) => {
    if (!weather.faults.cache) return deliver(request);
    const known = cache.get(request.url);
    if (known) return { ...known, body: Readable.from([known.body]) };

    const answer = await deliver(request);
    if (answer.status !== 200) return answer;
    const chunks: Buffer[] = [];
    const body = new PassThrough();
    answer.body.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.body.on('end', () => {
      cache.set(request.url, { ...answer, body: Buffer.concat(chunks) });
      for (const oldest of cache.keys()) {
        if (cache.size <= maxAnswers) break;
        cache.delete(oldest);
      }
    });
    answer.body.on('error', (error) => body.destroy(error));
    body.on('close', () => answer.body.destroy());
    return { ...answer, body: answer.body.pipe(body) };
  };
}
