import { Readable } from 'node:stream';
import type { Obstacle } from './obstacle.ts';

const page = Buffer.from(
  '<!doctype html><title>Welcome</title><form method="post"><button>Accept and connect</button></form>\n',
);

/** The fault `portal`. */
export const answersAsPortal: Obstacle = async (request, deliver, { weather }) => {
  if (!weather.faults.portal) return deliver(request);
  return {
    status: 200,
    reason: 'OK',
    headers: [
      ['Content-Type', 'text/html'],
      ['Content-Length', String(page.length)],
    ],
    body: Readable.from([page]),
  };
};
