/**
 * The ways that each program is run: as it was written, over `ws` and nothing else, and then with our classes in the
 * place of those, over each transport and a network that is cut.
 */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HoldfastSocket, type TransportName } from '@holdfast/client';
import { HoldfastServer } from '@holdfast/server';
import { it, onTestFinished, vi } from 'vitest';
import { WebSocket as WsWebSocket, WebSocketServer } from 'ws';
import { Flow } from './flow.ts';
import { Stretch } from './stretch.ts';

type WebSocketClass = typeof globalThis.WebSocket;

/** What a program is given, and nothing else: where to connect, and the two classes. */
export interface Way {
  /** The class for the client, in the place of the W3C one. */
  readonly WebSocket: WebSocketClass;
  /** The server that it connects to, in the place of the one of `ws`. */
  readonly wss: WebSocketServer;
  /** ws://…, across the stretch that is cut. */
  readonly url: string;
  readonly flow: Flow;
}

const TRANSPORTS: readonly TransportName[] = ['websocket', 'streaming', 'polling'];

/**
 * A test for each way. The program connects to any path.
 *
 * @param over the transports; what is over at once gets no stream, since that has to be proven first
 */
export function everyWay(name: string, run: (way: Way) => Promise<void>, over = TRANSPORTS): void {
  it(`${name}, with ws`, async () => {
    const http = await listen();
    const wss = new WebSocketServer({ server: http });
    onTestFinished(() => {
      for (const client of wss.clients) client.terminate();
      wss.close();
    });
    await run({
      WebSocket: WsWebSocket as unknown as WebSocketClass,
      wss,
      url: `ws://127.0.0.1:${portOf(http)}`,
      flow: new Flow(),
    });
  });

  for (const transport of over) {
    it(`${name}, over ${transport}`, async ({ expect }) => {
      const http = await listen();
      const wss = new HoldfastServer({ server: http });
      const stretch = await Stretch.start(portOf(http));
      onTestFinished(async () => {
        wss.close();
        await stretch.close();
      });
      const carriers = new Set<TransportName | undefined>();
      class Socket extends HoldfastSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(url, protocols, {
            // Node 20 has none of its own.
            WebSocket: WsWebSocket,
            transports: [transport],
            // A cut may come while a connection is made: the next try is soon.
            reconnect: { minDelay: 10, maxDelay: 50 },
            // Programs do not expect a second `open`: what they have to do they do after a `close`.
            sessionLost: 'close',
          });
          this.addEventListener('transportchange', () => carriers.add(this.transport));
          onTestFinished(() => {
            this.close();
          });
        }
      }
      await run({
        WebSocket: Socket,
        // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- that is what is tested
        wss,
        url: `ws://127.0.0.1:${stretch.port}`,
        flow: new Flow(stretch),
      });
      expect(carriers, 'what carried the messages').toContain(transport);
    });
  }
}

/** For programs that look at the global class, be it only for the numbers of its states. */
export function asGlobal(WebSocket: WebSocketClass): void {
  vi.stubGlobal('WebSocket', WebSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
}

const portOf = (http: Server): number => (http.address() as AddressInfo).port;

async function listen(): Promise<Server> {
  const http = createServer((_request, response) => void response.writeHead(404).end());
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(async () => {
    http.close();
    http.closeAllConnections();
    if (http.listening) await once(http, 'close');
  });
  return http;
}
