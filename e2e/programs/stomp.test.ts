import { Client, StompHeaders } from '@stomp/stompjs';
import { expect, onTestFinished } from 'vitest';
import { serveStomp } from './support/stomp-broker.ts';
import { everyWay } from './support/ways.ts';

everyWay('@stomp/stompjs gets each message once', async ({ WebSocket, wss, url, flow }) => {
  serveStomp(wss);
  const events: string[] = [];
  const join = async (): Promise<Client> => {
    const client = new Client();
    client.webSocketFactory = () => new WebSocket(url, ['v12.stomp']);
    client.reconnectDelay = 0;
    client.onWebSocketClose = () => events.push('close');
    onTestFinished(() => void client.deactivate());
    await new Promise<void>((resolve) => {
      client.onConnect = () => resolve();
      client.activate();
    });
    return client;
  };
  const sender = await join();
  const receiver = await join();

  await new Promise<void>((resolve) => {
    const headers = new StompHeaders();
    headers['receipt'] = 'subscribed';
    receiver.watchForReceipt('subscribed', () => resolve());
    receiver.subscribe('/numbers', ({ body }) => flow.see(Number(body)), headers);
  });
  for await (const number of flow.numbers()) {
    sender.publish({ destination: '/numbers', body: String(number) });
  }
  await flow.arrived();
  expect(events).toEqual([]);
});
