import { connectAsync, type MqttClient } from 'mqtt';
import { expect, onTestFinished } from 'vitest';
import { serveMqtt } from './support/mqtt-broker.ts';
import { everyWay } from './support/ways.ts';

everyWay('MQTT.js and aedes lose nothing with QoS 0', async ({ WebSocket, wss, url, flow }) => {
  const broker = await serveMqtt(wss);
  onTestFinished(async () => new Promise<void>((resolve) => broker.close(resolve)));
  const events: string[] = [];
  const join = async (): Promise<MqttClient> => {
    const client = await connectAsync(url, {
      // With a W3C class, as in a page.
      forceNativeWebSocket: true,
      createWebsocket: (address, protocols) => new WebSocket(address, protocols),
    });
    client.on('reconnect', () => events.push('reconnect'));
    onTestFinished(() => void client.end(true));
    return client;
  };
  const publisher = await join();
  const subscriber = await join();
  await subscriber.subscribeAsync('numbers', { qos: 0 });

  subscriber.on('message', (_topic, payload) => flow.see(Number(payload)));
  for await (const number of flow.numbers()) publisher.publish('numbers', String(number), { qos: 0 });
  await flow.arrived();
  expect(events).toEqual([]);
});
