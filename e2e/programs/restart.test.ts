/**
 * A server that restarts, or waits no longer for its client, has lost the session. Programs that reconnect and subscribe
 * anew after a `close` do so then, if the class that they are handed closes (`support/ways.ts`).
 */

import { EventEmitter, once } from 'node:events';
import { Client } from '@stomp/stompjs';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { getYDoc, setupWSConnection } from '@y/websocket-server/utils';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql/index.js';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { connect } from 'mqtt';
import { Socket } from 'phoenix';
import ReconnectingWebSocket from 'reconnecting-websocket';
import { repeat, retry } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { onTestFinished } from 'vitest';
import { WebsocketProvider } from 'y-websocket';
import { Doc } from 'yjs';
import { serveMqtt } from './support/mqtt-broker.ts';
import { serveStomp } from './support/stomp-broker.ts';
import { serveChannels } from './support/phoenix-server.ts';
import { everyWay, type Way } from './support/ways.ts';

/** @param program lets the server begin a subscription each time that its client comes, and tells what the client hears */
function everyRestart(
  name: string,
  program: (way: Way, begin: () => number, hear: (n: unknown) => void) => Promise<void> | void,
): void {
  const run = async (way: Way): Promise<void> => {
    let begun = 0;
    const heard = new EventEmitter();
    const first = once(heard, '1');
    const second = once(heard, '2');
    await program(
      way,
      () => ++begun,
      (n) => heard.emit(String(n)),
    );
    await first;
    for (const client of way.wss.clients) client.terminate();
    await second;
  };
  everyWay(`${name} subscribes anew when the session is lost`, run, ['websocket', 'polling']);
}

/** Ends only with its subscriber. */
async function* only(n: number): AsyncGenerator<number, void, undefined> {
  yield n;
  await new Promise(() => {});
}

everyRestart('graphql-ws', ({ WebSocket, wss, url }, begin, hear) => {
  const query = new GraphQLObjectType({ name: 'Query', fields: { number: { type: GraphQLInt } } });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: {
      number: { type: GraphQLInt, subscribe: () => only(begin()), resolve: (number: number) => number },
    },
  });
  useServer({ schema: new GraphQLSchema({ query, subscription }) }, wss);
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    shouldRetry: () => true,
    retryWait: async () => {},
  });
  onTestFinished(() => void client.dispose());
  client.subscribe(
    { query: 'subscription { number }' },
    { next: ({ data }) => hear(data?.['number']), error: hear, complete: () => {} },
  );
});

everyRestart('tRPC', ({ WebSocket, wss, url }, begin, hear) => {
  const t = initTRPC.create();
  const router = t.router({ numbers: t.procedure.subscription(() => only(begin())) });
  applyWSSHandler({ wss, router });
  const wsClient = createWSClient({ url, WebSocket, retryDelayMs: () => 0 });
  onTestFinished(() => void wsClient.close());
  const client = createTRPCClient<typeof router>({ links: [wsLink({ client: wsClient })] });
  client.numbers.subscribe(undefined, { onData: hear });
});

everyRestart('y-websocket', ({ WebSocket, wss, url }, begin, hear) => {
  const room = `restarts-${Math.random()}`;
  wss.on('connection', (socket, request) => {
    setupWSConnection(socket, request);
    getYDoc(room).getArray('numbers').push([begin()]);
  });
  const doc = new Doc();
  const provider = new WebsocketProvider(url, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  onTestFinished(() => provider.destroy());
  const numbers = doc.getArray('numbers');
  numbers.observe(() => numbers.forEach(hear));
});

everyRestart('MQTT.js', async ({ WebSocket, wss, url }, begin, hear) => {
  const broker = await serveMqtt(wss);
  onTestFinished(async () => new Promise<void>((resolve) => broker.close(resolve)));
  broker.on('subscribe', () => {
    const packet = { cmd: 'publish', topic: 'numbers', qos: 0, dup: false, retain: false } as const;
    broker.publish({ ...packet, payload: String(begin()) }, () => {});
  });
  const client = connect(url, {
    forceNativeWebSocket: true,
    createWebsocket: (address, protocols) => new WebSocket(address, protocols),
    reconnectPeriod: 1,
  });
  onTestFinished(() => void client.end(true));
  client.on('message', (_topic, payload) => hear(payload));
  client.subscribe('numbers');
});

everyRestart('@stomp/stompjs', ({ WebSocket, wss, url }, begin, hear) => {
  serveStomp(wss);
  const client = new Client();
  client.webSocketFactory = () => new WebSocket(url);
  client.reconnectDelay = 1;
  client.onConnect = () => {
    client.subscribe('/numbers', ({ body }) => hear(body));
    client.publish({ destination: '/numbers', body: String(begin()) });
  };
  onTestFinished(() => void client.deactivate());
  client.activate();
});

everyRestart('Phoenix', ({ WebSocket, wss, url }, begin, hear) => {
  serveChannels(wss);
  wss.on('connection', begin);
  const socket = new Socket(url, { transport: WebSocket, reconnectAfterMs: () => 1, rejoinAfterMs: () => 1 });
  onTestFinished(() => socket.disconnect());
  socket.connect();
  let joined = 0;
  socket
    .channel('room:lobby')
    .join()
    .receive('ok', () => hear(++joined));
});

everyRestart("RxJS' multiplex", ({ WebSocket, wss, url }, begin, hear) => {
  wss.on('connection', (socket) => {
    socket.on('message', (data) => {
      if ((data as Buffer).toString() === '"subscribe"') socket.send(String(begin()));
    });
  });
  const subject = webSocket<unknown>({ url, WebSocketCtor: WebSocket });
  const subscription = subject
    .multiplex(
      () => 'subscribe',
      () => 'unsubscribe',
      () => true,
    )
    .pipe(retry({ delay: 1 }), repeat({ delay: 1 }))
    .subscribe(hear);
  onTestFinished(() => subscription.unsubscribe());
});

everyRestart('reconnecting-websocket', ({ WebSocket, wss, url }, begin, hear) => {
  wss.on('connection', (socket) => socket.once('message', () => socket.send(String(begin()))));
  const socket = new ReconnectingWebSocket(url, [], { WebSocket, minReconnectionDelay: 1 });
  onTestFinished(() => socket.close());
  socket.addEventListener('open', () => socket.send('subscribe'));
  socket.addEventListener('message', ({ data }) => hear(data));
});
