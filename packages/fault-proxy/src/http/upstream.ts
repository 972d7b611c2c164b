/** The last step: asks the server itself, on a connection of its own for every request. */

import { request as httpRequest } from 'node:http';
import { endToEnd, inPairs, plainAnswer, withLength, type Answer, type Deliver } from './message.ts';

/** Where the server is. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Gives the server's answer as soon as its head is there, or 502 when there is none. */
export function deliverTo(target: Target, closing: AbortSignal): Deliver {
  return (request) =>
    new Promise<Answer>((resolve) => {
      const upstream = httpRequest({
        host: target.host,
        port: target.port,
        method: request.method,
        path: request.url,
        headers: withLength(request.headers, request.body.length).flat(),
        // A kept connection can die just when it is used again: a fault that nobody asked for.
        agent: false,
        signal: AbortSignal.any([request.gone, closing]),
      });
      upstream.on('response', (response) => {
        // An answer that nobody reads (a doubled request's, a lost one) may fail all the same.
        response.on('error', () => undefined);
        resolve({
          status: response.statusCode ?? 502,
          reason: response.statusMessage ?? '',
          headers: endToEnd(inPairs(response.rawHeaders)),
          body: response,
        });
      });
      upstream.on('error', (error) => {
        resolve(plainAnswer(502, 'Bad Gateway', [['X-Fault-Proxy', error.message]]));
      });
      upstream.end(request.body);
    });
}
