/** Accepts requests and upgrades, and sends each on its way to the server. */

import { once } from 'node:events';
import { createServer, ServerResponse, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Stats } from '../stats.ts';
import type { Weather } from '../weather.ts';
import { deliverInHttp10, relayInHttp10 } from './http10.ts';
import { endToEnd, inPairs, type Answer, type Deliver } from './message.ts';
import { throughObstacles } from './obstacles/index.ts';
import { serveUpgrade } from './upgrade.ts';
import { deliverTo, type Target } from './upstream.ts';

export interface HttpLayerOptions {
  readonly target: Target;
  readonly weather: Weather;
  readonly stats: Stats;
  readonly random: () => number;
}

export interface HttpLayer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startHttpLayer({
  target,
  weather,
  stats,
  random,
}: HttpLayerOptions): Promise<HttpLayer> {
  const closing = new AbortController();
  const ask = deliverTo(target, closing.signal);
  const askInHttp10 = deliverInHttp10(target, closing.signal);
  const deliver = throughObstacles(
    (request) => (weather.faults.http10 ? askInHttp10(request) : ask(request)),
    { weather, random },
  );

  // No time limits of our own: those are faults, to be asked for.
  const server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The parser takes its own errors; once a connection is upgraded, nobody would.
    socket.on('error', () => undefined);
  });
  server.on('request', (incoming, outgoing) => {
    stats.requests++;
    void serveRequest({ incoming, outgoing, body: readWhole(incoming), deliver, weather });
  });
  server.on('upgrade', (incoming, browser: Socket, head) => {
    stats.upgrades++;
    if (knowsUpgrades(weather)) serveUpgrade({ incoming, browser, head, target, weather });
    else {
      const outgoing = lastResponse(incoming, browser);
      void serveRequest({ incoming, outgoing, body: Buffer.alloc(0), deliver, weather });
    }
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      closing.abort();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A proxy that does not know upgrades takes one for a plain request. */
const knowsUpgrades = ({ faults }: Weather): boolean => !faults.http10 && !faults.portal;

/** A response on a connection that Node has let go of, since an upgrade was asked for. */
function lastResponse(incoming: IncomingMessage, browser: Socket): ServerResponse {
  const outgoing = new ServerResponse(incoming);
  outgoing.shouldKeepAlive = false;
  outgoing.assignSocket(browser);
  outgoing.on('finish', () => browser.end());
  browser.on('end', () => browser.end());
  browser.resume();
  return outgoing;
}

interface Served {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer | Promise<Buffer>;
  readonly deliver: Deliver;
  readonly weather: Weather;
}

async function serveRequest({ incoming, outgoing, body, deliver, weather }: Served): Promise<void> {
  const { http10 } = weather.faults;
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  outgoing.on('error', () => undefined);
  try {
    const answer = await deliver({
      method: incoming.method ?? 'GET',
      url: incoming.url ?? '/',
      headers: endToEnd(inPairs(incoming.rawHeaders)),
      body: await body,
      chunked: incoming.headers['transfer-encoding'] !== undefined,
      gone: gone.signal,
    });
    if (http10) await relayInHttp10(answer, incoming.socket);
    else await relay(answer, outgoing);
  } catch {
    incoming.socket.resetAndDestroy();
  }
}

/** A request is read to its end before it goes on, as nginx does; what sends it twice needs it whole. */
async function readWhole(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function relay(answer: Answer, outgoing: ServerResponse): Promise<void> {
  outgoing.sendDate = false;
  outgoing.writeHead(answer.status, answer.reason, answer.headers.flat());
  outgoing.flushHeaders();
  for await (const chunk of answer.body) {
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
}

function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = (): void => {
      outgoing.off('close', onClose);
      resolve();
    };
    const onClose = (): void => {
      outgoing.off('drain', onDrain);
      reject(new Error('The browser is gone'));
    };
    outgoing.once('drain', onDrain);
    outgoing.once('close', onClose);
  });
}
